"""What students could hand in: solutions of exercises, right and wrong, and how they are graded.

A solution is a file that holds only what differs from the reference solution:

``tests/solutions/<exercise>/right-*.py`` and ``wrong-*.py``: a docstring that says what is special, a line
``# loses: check-a, hidden-b`` (or ``nothing``), and the solution cells that differ, each begun by ``# %% <grade_id>``.
"""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import nbformat

from autograder.course import Course
from autograder.exercise import Exercise, grade_id

FOLDER = Path(__file__).parent / "solutions"
CELL = re.compile(r"^# %% (\S+)\n", re.MULTILINE)
LOSES = re.compile(r"^# loses: (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Solution:
    """One file: its cells by ``grade_id``, and the checks that it must lose."""

    name: str
    what: str
    loses: frozenset[str]
    cells: dict[str, str]

    @property
    def is_right(self) -> bool:
        return self.name.startswith("right-")

    def notebook(self, exercise: Exercise) -> str:
        """The exercise as handed in with this solution."""
        notebook = exercise.notebook.copy()
        cells = {grade_id(cell): cell for cell in notebook.cells}
        for name, source in self.cells.items():
            assert cells[name].metadata.nbgrader.solution, name
            cells[name].source = source
        return nbformat.writes(notebook)


def solutions_of(exercise: str) -> list[Solution]:
    """All of an exercise, by name."""
    return [_read(path) for path in sorted((FOLDER / exercise).glob("*.py"))]


def graded_by_command(
    course: Course,
    names: Iterable[str],
    submissions: Path,
    output: Path,
    environment: dict[str, str],
) -> dict[str, dict[str, dict]]:
    """Results by exercise and student, from the command line, without a sandbox."""
    process = subprocess.run(
        [sys.executable, "-m", "autograder", "grade", *names, "--course", str(course.root),
         "--submissions", str(submissions), "--output", str(output), "--sandbox", "off"],
        capture_output=True, text=True, env=environment, check=False,
    )  # fmt: skip
    assert process.returncode == 0, process.stderr
    reports = {
        name: json.loads(Course(course.root, output).report_path(name).read_text(encoding="utf-8"))
        for name in names
    }
    return {
        name: {result["student"]: result for result in report["results"]}
        for name, report in reports.items()
    }


def _read(path: Path) -> Solution:
    text = path.read_text(encoding="utf-8")
    head, *parts = CELL.split(text)
    names, sources = parts[::2], parts[1::2]
    (loses,) = LOSES.findall(head)
    return Solution(
        name=path.stem,
        what=ast.get_docstring(ast.parse(head)),
        loses=frozenset() if loses == "nothing" else frozenset(loses.split(", ")),
        cells={name: source.strip("\n") for name, source in zip(names, sources, strict=True)},
    )
