"""A tiny course, and notebooks that students might hand in, built in code so that tests show them."""

import copy
import json
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

GRADING = """
title = "Mini"
chapter = "chapters/02-convolution"

[limits]
seconds = 40
cell_seconds = 6

[[variants]]
name = "as handed out"

[[variants]]
name = "another factor"
parameters = { FACTOR = 5 }

[checker]
HIDDEN = 21
"""


def nbgrader_cell(kind: str, source: str, grade_id: str, **flags) -> NotebookNode:
    """A cell with nbgrader's metadata; a locked, ungraded one unless ``flags`` say otherwise."""
    cell = new_code_cell(source) if kind == "code" else new_markdown_cell(source)
    known = {
        "schema_version": 3,
        "grade_id": grade_id,
        "grade": False,
        "solution": False,
        "locked": True,
        "task": False,
    }
    cell.metadata["nbgrader"] = {**known, **flags}
    return cell


def solution_cell(name: str, body: str) -> NotebookNode:
    source = f"def {name}(x):\n    ### BEGIN SOLUTION\n    {body}\n    ### END SOLUTION"
    return nbgrader_cell("code", source, name, solution=True, locked=False)


def graded_cell(grade_id: str, source: str, points: int) -> NotebookNode:
    return nbgrader_cell("code", source, grade_id, grade=True, points=points)


def instructor_notebook() -> NotebookNode:
    """Two functions and a written answer; visible checks worth 4 points, a hidden one worth 3."""
    parameters = nbgrader_cell("code", 'PROFILE = "sample"\nFACTOR = 2', "parameters")
    parameters.metadata["tags"] = ["parameters"]
    hidden = (
        "# Hidden check: scale on another number (3 points)\n### BEGIN HIDDEN TESTS\n"
        'expect_equal(student.scale(HIDDEN), FACTOR * HIDDEN, "scale")\n### END HIDDEN TESTS'
    )
    return new_notebook(
        cells=[
            nbgrader_cell("markdown", "# Mini", "intro"),
            parameters,
            nbgrader_cell("code", "from convbook.checking import expect_equal, student", "imports"),
            solution_cell("scale", "return FACTOR * x"),
            solution_cell("same", "return x"),
            graded_cell(
                "check-scale",
                'expect_equal(student.scale(3), FACTOR * 3, "scale(3)", "multiply by FACTOR")',
                2,
            ),
            graded_cell("check-same", 'expect_equal(student.same(3), 3, "same(3)")', 2),
            graded_cell("check-scale-hidden", hidden, 3),
            nbgrader_cell(
                "markdown", "Why?", "why", grade=True, solution=True, points=1, locked=False
            ),
        ],
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}
        },
    )


RIGHT = {"scale": "def scale(x): return x * FACTOR", "same": "def same(x): return x"}


def submission(sources: dict[str, str], extra: dict[int, str] | None = None) -> NotebookNode:
    """The mini exercise with sources by grade_id, and code cells put in at positions."""
    notebook = copy.deepcopy(instructor_notebook())
    for cell in notebook.cells:
        cell.source = sources.get(cell.metadata.nbgrader.grade_id, cell.source)
    for position, source in (extra or {}).items():
        notebook.cells.insert(position, new_code_cell(source))
    return notebook


def write_course(root: Path) -> Path:
    """Writes the course folder with its one exercise, ``mini``."""
    write(root / "source/mini/mini.ipynb", instructor_notebook())
    (root / "grading").mkdir()
    (root / "grading/mini.toml").write_text(GRADING)
    (root / "nbgrader_config.py").write_text(
        'c = get_config()\nc.CourseDirectory.course_id = "mini"\n'
    )
    return root


def write(path: Path, notebook: NotebookNode) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook))
