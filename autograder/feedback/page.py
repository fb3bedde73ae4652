"""Feedback: one self-contained page a student. What comes from a student is shown as text or pixels."""

import base64
import hashlib
from collections.abc import Mapping

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from pygments.formatters import HtmlFormatter

from autograder.exercise import Exercise
from autograder.feedback.work import as_text, student_work
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
_templates.filters["as_text"] = as_text


def feedback_page(
    exercise: Exercise, result: SubmissionResult, manual_scores: Mapping[str, float]
) -> str:
    """HTML of a feedback page: score, each check with its message, and the work that was graded.

    Sources and outputs of tests are not shown. The page's own policy forbids scripts, frames, forms, and
    everything that would be loaded from elsewhere.
    """
    checks = [
        check.model_copy(update={"points": manual_scores.get(check.id, check.points)})
        for check in result.checks
    ]
    style = _style()
    return _templates.get_template("feedback.html.j2").render(
        title=exercise.grading.title,
        exercise=exercise.name,
        chapter=exercise.grading.chapter,
        result=result,
        score=sum(check.points for check in checks),
        checks=checks,
        status_words=STATUS_WORDS,
        cells=student_work(exercise, result.notebook),
        style=Markup(style),  # noqa: S704 - ours
        policy=_policy(style),
    )


def _style() -> str:
    source, _, _ = _templates.loader.get_source(_templates, "feedback.css")
    return source + HtmlFormatter(style="friendly").get_style_defs(".code")


def _policy(style: str) -> str:
    """Only this style sheet and images within the page: the one sheet is known by its digest."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
