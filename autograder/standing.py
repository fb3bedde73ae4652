"""What a gradebook holds of an exercise, read as a whole; and what a result would change in it."""

from dataclasses import dataclass

from nbgrader.api import (
    Assignment,
    BaseCell,
    Grade,
    Notebook,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import create_engine, select

from autograder.database import file_of, told
from autograder.exercise import Exercise
from autograder.results import SubmissionResult


@dataclass(frozen=True, slots=True)
class Entry:
    """One check of one student: points, those given by hand, and whether a person has to look."""

    auto: float | None
    manual: float | None
    extra: float | None
    waits: bool

    @property
    def points(self) -> float:
        return (self.auto or 0.0) if self.manual is None else self.manual


@dataclass(frozen=True)
class Change:
    """What a result does to a score, before any late penalty; ``before`` is None for a new student."""

    student: str
    before: float | None
    after: float
    checks: tuple[tuple[str, float, float], ...]


class Standing:
    """The entries of an exercise, by student and check. Reads the gradebook once, and changes nothing.

    Raises:
        UserError: the gradebook cannot be read.
    """

    def __init__(self, url: str, exercise: Exercise):
        self._exercise = exercise
        with told(url, "read"):
            self._entries = _read(url, exercise.name)

    def holds(self, result: SubmissionResult) -> bool:
        """The gradebook says what ``GradebookWriter.write`` would make it say."""
        return self._entries.get(result.student) == self._after(result)

    def points(self, student: str) -> dict[str, float]:
        """Final points by check; empty for a student whom the gradebook does not know."""
        return {check: entry.points for check, entry in self._entries.get(student, {}).items()}

    def score(self, student: str) -> float | None:
        """The sum, extra credit included; None for a student whom the gradebook does not know."""
        entries = self._entries.get(student)
        return None if entries is None else _score(entries)

    def change(self, result: SubmissionResult) -> Change | None:
        """None where no check's points change."""
        if result.status == "failed":
            return None
        before, after = self._entries.get(result.student), self._after(result)
        if before is None:
            return Change(result.student, None, _score(after), ())
        known = {check: before[check].points if check in before else 0.0 for check in after}
        checks = tuple(
            (check, known[check], entry.points)
            for check, entry in after.items()
            if known[check] != entry.points
        )
        if not checks:
            return None
        return Change(result.student, _score(before), _score(after), checks)

    def _after(self, result: SubmissionResult) -> dict[str, Entry]:
        before = self._entries.get(result.student, {})
        points = {check.id: check.points for check in result.checks}
        after = {}
        for check in self._exercise.checks:
            held = before.get(check.id)
            manual, extra = (held.manual, held.extra) if held else (None, None)
            for_a_person = check.manual and result.status == "graded"
            auto = None if for_a_person else points.get(check.id, 0.0)
            after[check.id] = Entry(auto, manual, extra, for_a_person and manual is None)
        return after


def _score(entries: dict[str, Entry]) -> float:
    return sum(entry.points + (entry.extra or 0.0) for entry in entries.values())


def _read(url: str, exercise: str) -> dict[str, dict[str, Entry]]:
    if (file := file_of(url)) and not file.exists():
        return {}
    of_exercise = (
        select(
            SubmittedAssignment.student_id,
            BaseCell.name,
            Grade.auto_score,
            Grade.manual_score,
            Grade.extra_credit,
            Grade.needs_manual_grade,
        )
        .select_from(Grade)
        .join(BaseCell, Grade.cell_id == BaseCell.id)
        .join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id)
        .join(Notebook, SubmittedNotebook.notebook_id == Notebook.id)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .where(Assignment.name == exercise, Notebook.name == exercise)
    )
    engine = create_engine(url)
    entries: dict[str, dict[str, Entry]] = {}
    try:
        with engine.connect() as connection:
            for student, check, *values in connection.execute(of_exercise):
                entries.setdefault(student, {})[check] = Entry(*values)
    finally:
        engine.dispose()
    return entries
