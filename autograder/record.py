"""Record: the one writer into nbgrader's gradebook. Manual grades and comments are kept."""

import logging
import warnings
from types import TracebackType

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.preprocessors import SaveCells
from sqlalchemy.exc import SAWarning, SQLAlchemyError

from autograder.errors import UserError
from autograder.exercise import Exercise
from autograder.programs import put_own_programs_on_path
from autograder.results import SubmissionResult

# nbgrader links new rows before it adds them to the session, which is harmless.
warnings.filterwarnings("ignore", "Object of type", SAWarning)


class GradebookWriter:
    """Writes results of one exercise. Use as a context manager.

    Raises:
        UserError: the database cannot be opened, or holds submissions of an exercise whose cells have
            been added or removed since.
    """

    def __init__(self, url: str, exercise: Exercise):
        self.exercise = exercise
        put_own_programs_on_path()
        try:
            self._gradebook = Gradebook(url)
        except (SQLAlchemyError, ValueError) as error:
            raise UserError(f"the gradebook {url} cannot be opened: {_first_line(error)}") from None
        try:
            self._register(url)
        except BaseException:
            self._gradebook.close()
            raise

    def __enter__(self) -> "GradebookWriter":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._gradebook.close()

    def _register(self, url: str) -> None:
        """Makes the exercise and its cells known, as ``nbgrader generate_assignment`` does."""
        name = self.exercise.name
        resources = {"nbgrader": {"notebook": name, "assignment": name, "db_url": url}}
        preprocessor = SaveCells()
        preprocessor.log.setLevel(logging.ERROR)
        try:
            self._gradebook.update_or_create_assignment(name)
            preprocessor.preprocess(self.exercise.notebook, resources)
        except RuntimeError:
            raise UserError(
                f"the gradebook {url} holds submissions of {name} from before its cells changed; "
                "nbgrader cannot mix the two. Use another gradebook (--db), or restore the cells"
            ) from None
        except SQLAlchemyError as error:
            raise UserError(
                f"the gradebook {url} cannot be written: {_first_line(error)}"
            ) from None

    def write(self, result: SubmissionResult) -> None:
        """Records one submission: a rejected one with no points, a failed one not at all."""
        if result.status == "failed":
            return
        name = self.exercise.name
        self._gradebook.update_or_create_student(result.student)
        self._gradebook.update_or_create_submission(name, result.student)
        points = {check.id: check for check in result.checks}
        for check in self.exercise.checks:
            grade = self._gradebook.find_grade(check.id, name, name, result.student)
            if check.manual:
                grade.needs_manual_grade = grade.manual_score is None
            else:
                outcome = points.get(check.id)
                grade.auto_score = outcome.points if outcome else 0.0
                grade.needs_manual_grade = False
        self._gradebook.db.commit()

    def manual_scores(self, student: str) -> dict[str, float]:
        """Points that a person has given, by check; they take the place of automatic ones."""
        name = self.exercise.name
        try:
            submission = self._gradebook.find_submission_notebook(name, name, student)
        except MissingEntry:
            return {}
        return {
            grade.name: grade.manual_score
            for grade in submission.grades
            if grade.manual_score is not None
        }


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
