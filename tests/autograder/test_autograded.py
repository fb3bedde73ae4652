"""The notebook that nbgrader shows: exactly our points, and nothing in it that a page could run."""

import nbformat
import pytest
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.utils import determine_grade, is_grade

from autograder.autograded import autograded_notebook, harmless_markdown
from autograder.exercise import Exercise, grade_id
from autograder.rebuild import rebuild
from autograder.results import CheckResult, SubmissionResult, without_run
from tests.autograder import mini

EXERCISE = Exercise("mini", nbformat.writes(mini.instructor_notebook()), mini.GRADING)
SCRIPT = "<script>alert('here')</script>"


def result(statuses, *own_cells, answer="Because."):
    work = mini.submission({**mini.RIGHT, "why": answer})
    work.cells += own_cells
    executed = rebuild(EXERCISE.notebook, work)
    for cell, own in zip(executed.cells[-len(own_cells) :], own_cells, strict=False):
        if cell.cell_type == "code":
            cell.outputs = own.outputs
    for cell in executed.cells:
        if cell.cell_type == "code" and is_grade(cell):  # what a checker may have left
            cell.outputs = [new_output("stream", name="stderr", text="warning")]
            cell.metadata["tags"] = ["remove-cell"]
    checks = tuple(
        CheckResult(
            id=check.id,
            points=check.max_points if status == "passed" else 0,
            max_points=check.max_points,
            status=status,
            message=f"{SCRIPT} was {status}",
        )
        for check, status in zip(EXERCISE.checks, statuses, strict=True)
    )
    return SubmissionResult(
        student="ada", score=0, max_score=8, status="graded", checks=checks,
        notebook=nbformat.writes(executed),
    )  # fmt: skip


def nbgraders_points(notebook):
    return {grade_id(c): determine_grade(c)[0] for c in notebook.cells if is_grade(c)}


@pytest.mark.parametrize("status", ["failed", "error", "timeout", "missing"])
def test_nbgrader_computes_our_points(status):
    notebook = autograded_notebook(EXERCISE, result(("passed", status, "passed", "manual")))
    assert nbgraders_points(notebook) == {
        "check-scale": 2, "check-same": 0, "check-scale-hidden": 3, "why": None,
    }  # fmt: skip
    (failed,) = [cell for cell in notebook.cells if grade_id(cell) == "check-same"]
    assert failed.outputs[0].traceback == [f"{status}: {SCRIPT} was {status}"]


def test_a_check_that_no_result_speaks_of_earns_nothing():
    graded = result(("passed",) * 3 + ("manual",))
    notebook = autograded_notebook(EXERCISE, graded.model_copy(update={"checks": ()}))
    assert set(nbgraders_points(notebook).values()) == {0, None}


def test_a_rejected_submission_is_the_blank_exercise_with_its_reason():
    rejected = without_run("ada", 8, "rejected", f"empty: {SCRIPT}")
    notebook = autograded_notebook(EXERCISE, rejected)
    assert set(nbgraders_points(notebook).values()) == {0}
    assert "Not graded" in notebook.cells[0].source and "empty" in notebook.cells[0].source
    assert not any("return FACTOR * x" in cell.source for cell in notebook.cells)
    assert SCRIPT not in page(notebook)


def page(notebook):
    html, _ = HTMLExporter(template_name="classic").from_notebook_node(notebook)
    return html


def test_no_output_of_a_student_is_more_than_text_and_pictures():
    bundle = {
        "text/plain": "seen",
        "image/png": f'"{SCRIPT}',
        **dict.fromkeys(("text/html", "image/svg+xml", "text/latex", "text/markdown"), SCRIPT),
        "application/javascript": "alert('here')",
    }
    outputs = [
        new_output("display_data", data=bundle, metadata={"image/png": {"width": f'"{SCRIPT}'}}),
        new_output("stream", name="stdout", text=SCRIPT),
        new_output("error", ename=SCRIPT, evalue=SCRIPT, traceback=[SCRIPT, f"\x1b[31m{SCRIPT}"]),
    ]
    own = new_code_cell(f"print({SCRIPT!r})", outputs=outputs)
    graded = result(("failed",) * 3 + ("manual",), own, new_markdown_cell(SCRIPT), answer=SCRIPT)
    notebook = autograded_notebook(EXERCISE, graded)
    shown = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    kinds = {kind for output in shown for kind in output.get("data", {})}
    assert kinds == {"text/plain", "image/png"}
    assert {key for cell in notebook.cells for key in cell.metadata} == {"nbgrader"}
    html = page(notebook)
    assert SCRIPT not in html
    assert html.count("here") >= 8  # shown, as text


def test_an_output_that_cannot_be_read_back_does_not_stop_the_class():
    deep = result(("passed",) * 3 + ("manual",))
    deep = deep.model_copy(update={"notebook": '{"cells": ' + "[" * 100_000 + "]" * 100_000 + "}"})
    assert nbgraders_points(autograded_notebook(EXERCISE, deep))["check-scale"] == 2


KEPT = [
    "A *well* written **answer** with `code`, $x < 3$ and $a &= b$",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "see [the chapter](https://example.org/x#y) or [above](#here), or <3",
    "```python\nfor x in y: pass\n```",
]
AS_TEXT = [
    SCRIPT,
    "<b>bold</b>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](javascript\\:alert(1))",
    "[x]( <javascript:alert(1)> )",
    "[x][1]\n\n[1]: javascript:alert(1)",
    "[x](data:text/html,hello)",
    "[x](//example.org:80/)",
    "![x](https://example.org/seen.png)",
    "![x](attachment:missing.png)",
    "$\\href{javascript:alert(1)}{x}$",
    "$\\require{html}$",
    "<!-- ``` -->\n```\n````",
    "x" * 60_000,
]


@pytest.mark.parametrize("source", KEPT)
def test_markdown_is_kept(source):
    assert harmless_markdown(source) == source


@pytest.mark.parametrize("source", AS_TEXT)
def test_markdown_that_is_more_is_shown_as_it_was_typed(source):
    shown = harmless_markdown(source)
    assert source in shown and shown != source
    html = page(new_notebook(cells=[new_markdown_cell(shown)]))
    body = html[html.index("<body") :]
    shown_part = body[body.index('class="highlight"') :] if 'class="highlight"' in body else body
    for active in ("<script>alert", "<img", "<b>", 'href="java', 'href="data', 'href="//'):
        assert active not in shown_part
