"""What grading says: plain data that travels between the steps, and the ``--json`` format."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

CheckStatus = Literal["passed", "failed", "error", "timeout", "missing", "manual"]
SubmissionStatus = Literal["graded", "rejected", "failed"]


class CheckResult(BaseModel):
    """One graded cell."""

    model_config = ConfigDict(frozen=True)

    id: str
    points: float
    max_points: float
    status: CheckStatus
    message: str = ""


class SubmissionResult(BaseModel):
    """One student's submission of one exercise.

    ``notes`` (how the student's cells were taken), ``problems`` (errors in them) and ``notebook`` (the
    executed notebook, as JSON) serve the feedback page and formgrader, and stay out of ``--json``.
    """

    model_config = ConfigDict(frozen=True)

    student: str
    score: float
    max_score: float
    status: SubmissionStatus
    reason: str | None = None
    seconds: float = 0.0
    cached: bool = False
    checks: tuple[CheckResult, ...] = ()
    notes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    notebook: str | None = None


class ExerciseReport(BaseModel):
    """All results of one exercise.

    Executed notebooks stay in the store, so that a class of any size is a small file; ``stored`` has the names
    under which they are there, by student.
    """

    exercise: str
    results: tuple[SubmissionResult, ...]
    stored: dict[str, str] = {}

    def to_json(self) -> str:
        """The documented ``--json`` form."""
        hidden = {"stored": True, "results": {"__all__": {"notes", "problems", "notebook"}}}
        return self.model_dump_json(indent=2, exclude=hidden)


def without_run(
    student: str, max_score: float, status: SubmissionStatus, reason: str
) -> SubmissionResult:
    """The result of a submission that did not run: rejected (its own fault) or failed (ours)."""
    return SubmissionResult(
        student=student, score=0.0, max_score=max_score, status=status, reason=reason
    )
