"""Record: the one writer into nbgrader's gradebook. Manual grades and comments are kept.

A submission is one transaction: killed at any moment, the gradebook holds whole submissions, and the
next run goes on from there.
"""

import logging
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from types import TracebackType

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.preprocessors import SaveCells
from sqlalchemy.exc import SAWarning

from autograder.database import file_of, shown, told
from autograder.errors import UserError
from autograder.exercise import Exercise
from autograder.lock import only_process
from autograder.programs import put_own_programs_on_path
from autograder.results import SubmissionResult

# nbgrader links new rows before it adds them to the session, which is harmless.
warnings.filterwarnings("ignore", "Object of type", SAWarning)
# nbgrader prints the trace of a database's error, of which people get one line here.
logging.getLogger("tornado.application").setLevel(logging.CRITICAL)


class GradebookWriter:
    """Writes results of one exercise. Use as a context manager.

    Raises:
        UserError: the database cannot be opened or written, another process grades into it, or it holds
            submissions of an exercise whose cells have been added or removed since.
    """

    def __init__(self, url: str, exercise: Exercise):
        self.exercise = exercise
        self._url = url
        put_own_programs_on_path()
        with ExitStack() as opening, told(self._url, "opened"):
            if file := file_of(url):
                busy = f"another process grades into {file}; wait for it, or use another gradebook (--db)"
                opening.enter_context(only_process(file.with_name(f"{file.name}.lock"), busy))
                _make_whole(file)
            self._gradebook = opening.enter_context(closing(Gradebook(url)))
            with told(self._url, "written"):
                self._register()
            self._open = opening.pop_all()

    def __enter__(self) -> "GradebookWriter":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.close()

    def write(self, result: SubmissionResult) -> None:
        """Records one submission: a rejected one with no points, a failed one not at all.

        Raises:
            UserError: the database cannot be written; it holds this submission as it was before.
        """
        if result.status == "failed":
            return
        name = self.exercise.name
        points = {check.id: check.points for check in result.checks}
        with told(self._url, "written"), _one_transaction(self._gradebook):
            self._gradebook.update_or_create_student(result.student)
            self._gradebook.update_or_create_submission(name, result.student)
            for check in self.exercise.checks:
                grade = self._gradebook.find_grade(check.id, name, name, result.student)
                for_a_person = check.manual and result.status == "graded"
                grade.auto_score = None if for_a_person else points.get(check.id, 0.0)
                grade.needs_manual_grade = for_a_person and grade.manual_score is None

    def manual_scores(self, student: str) -> dict[str, float]:
        """Points that a person has given, by check; they take the place of automatic ones."""
        name = self.exercise.name
        with told(self._url, "read"):
            try:
                submission = self._gradebook.find_submission_notebook(name, name, student)
            except MissingEntry:
                return {}
            return {
                grade.name: grade.manual_score
                for grade in submission.grades
                if grade.manual_score is not None
            }

    def _register(self) -> None:
        """Makes the exercise and its cells known, as ``nbgrader generate_assignment`` does."""
        name = self.exercise.name
        resources = {"nbgrader": {"notebook": name, "assignment": name, "db_url": self._url}}
        preprocessor = SaveCells()
        preprocessor.log.setLevel(logging.ERROR)
        self._gradebook.update_or_create_assignment(name)
        try:
            preprocessor.preprocess(self.exercise.notebook, resources)
        except RuntimeError:
            raise UserError(
                f"the gradebook {shown(self._url)} holds submissions of {name} from before its cells changed; "
                "nbgrader cannot mix the two. Use another gradebook (--db), or restore the cells"
            ) from None


def _make_whole(file: Path) -> None:
    """A new gradebook appears with all its tables: one that nbgrader did not finish stays unfinished."""
    if file.exists():
        return
    new = file.with_name(f".{file.name}.new")
    for leftover in (new, new.with_name(f"{new.name}-journal")):
        leftover.unlink(missing_ok=True)
    Gradebook(f"sqlite:///{new}").close()
    new.replace(file)


@contextmanager
def _one_transaction(gradebook: Gradebook) -> Iterator[None]:
    """nbgrader's functions commit at every step; here their steps are committed together."""
    session = gradebook.db()
    session.commit = session.flush
    try:
        yield
    except BaseException:
        session.rollback()
        raise
    finally:
        del session.commit
    session.commit()
