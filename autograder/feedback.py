"""Feedback: one self-contained page a student. Everything that comes from a student is escaped."""

from collections.abc import Mapping

import nbformat
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from autograder.exercise import Exercise, grade_id, takes_student_source
from autograder.results import SubmissionResult

STATUS_WORDS = {
    "passed": "passed",
    "failed": "not passed",
    "error": "stopped with an error",
    "timeout": "out of time",
    "missing": "did not run",
    "manual": "graded by hand",
}

_templates = Environment(
    loader=PackageLoader("autograder"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def feedback_page(
    exercise: Exercise, result: SubmissionResult, manual_scores: Mapping[str, float]
) -> str:
    """HTML of a feedback page: score, each check with its message, and the work that was graded.

    Sources of tests are not shown.
    """
    checks = [
        check.model_copy(update={"points": manual_scores.get(check.id, check.points)})
        for check in result.checks
    ]
    formatter = HtmlFormatter(nowrap=True)
    return _templates.get_template("feedback.html.j2").render(
        title=exercise.grading.title,
        exercise=exercise.name,
        chapter=exercise.grading.chapter,
        result=result,
        score=sum(check.points for check in checks),
        checks=checks,
        status_words=STATUS_WORDS,
        cells=[
            (name, Markup(highlight(source, PythonLexer(), formatter)))  # noqa: S704 - Pygments escapes
            for name, source in _student_cells(result)
        ],
        code_style=HtmlFormatter(style="friendly").get_style_defs(".code"),
    )


def _student_cells(result: SubmissionResult) -> list[tuple[str, str]]:
    if result.notebook is None:
        return []
    notebook = nbformat.reads(result.notebook, as_version=4)
    return [(grade_id(cell), cell.source) for cell in notebook.cells if takes_student_source(cell)]
