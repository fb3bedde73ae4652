"""Check: what a student runs while working. Visible checks only, points so far."""

from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from autograder.course import find_course
from autograder.errors import UserError
from autograder.execute import Run, execute
from autograder.exercise import Limits, checks_of, without_hidden_tests
from autograder.intake import RejectedError, read_notebook
from autograder.ledger import Ledger
from autograder.rebuild import rebuild
from autograder.results import CheckResult


@dataclass(frozen=True)
class CheckReport:
    """Outcome of the visible checks, and what is left for the hidden ones."""

    visible: tuple[CheckResult, ...]
    hidden_points: float
    manual_points: float
    problems: tuple[str, ...]
    against: str

    @property
    def points(self) -> float:
        return sum(result.points for result in self.visible)

    @property
    def visible_points(self) -> float:
        return sum(result.max_points for result in self.visible)


def check_notebook(
    path: Path, course_folder: Path | None, profile: str, threads: int
) -> CheckReport:
    """Runs the visible checks of the exercise that the notebook's file name names.

    The checks come from the course where one is found, so that a test cell changed by accident does not
    mislead; otherwise from the notebook itself.

    Raises:
        UserError: the file cannot be checked, with the reason.
    """
    try:
        submission = read_notebook(path.read_bytes())
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}") from None
    except RejectedError as rejected:
        raise UserError(f"{path} would not be accepted. {rejected}") from None
    instructor, limits, against = _exercise_for(path, submission, course_folder)
    visible, hidden_ids = without_hidden_tests(instructor)
    run = Run(Ledger(checks_of(visible)), limits)
    parameters = {"PROFILE": profile}
    notebook = rebuild(visible, submission)
    execute(notebook, run, parameters, {}, threads, apart=False, warm=False)  # one kernel only
    results = run.ledger.results()
    return CheckReport(
        visible=tuple(
            result
            for result in results
            if result.id not in hidden_ids and result.status != "manual"
        ),
        hidden_points=sum(result.max_points for result in results if result.id in hidden_ids),
        manual_points=sum(result.max_points for result in results if result.status == "manual"),
        problems=tuple(run.problems),
        against=against,
    )


def _exercise_for(
    path: Path, submission: NotebookNode, course_folder: Path | None
) -> tuple[NotebookNode, Limits, str]:
    try:
        exercise = find_course(course_folder).exercise(path.stem)
    except UserError:
        if course_folder is not None:
            raise
        if not checks_of(submission):
            raise UserError(
                f"{path} has no checks, and no course with an exercise {path.stem!r} is near; "
                "use --course DIR, or keep the file name that you were given"
            ) from None
        return submission, Limits(), "the notebook's own checks"
    return exercise.notebook, exercise.grading.limits, f"the exercise {exercise.name}"
