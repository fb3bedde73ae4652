"""``nbgrader autograde`` by this grader: the scores of ``autograder grade``, and the same stored results.

A course's ``nbgrader_config.py`` puts :class:`GradingExporter` in the place of nbgrader's reading, restoring
and executing; nbgrader itself then takes the points from the notebook, as it always does.
"""

from functools import cached_property
from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbformat.v4 import new_notebook
from nbgrader.converters.base import NbGraderException
from traitlets import Enum

from autograder.autograded import autograded_notebook
from autograder.course import find_course
from autograder.errors import UserError
from autograder.exercise import Exercise
from autograder.grading import Job, grade_submission
from autograder.intake import RejectedError, read_notebook
from autograder.intake.files import read_plain_file
from autograder.intake.names import student_id
from autograder.intake.notebook import LARGEST_FILE
from autograder.isolation import isolates
from autograder.results import SubmissionResult, without_run
from autograder.store import ResultStore
from autograder.workers import available_cores


class GradingExporter(NotebookExporter):
    """Makes the graded notebook of a submission; any other notebook passes as it is.

    ``nbgrader autograde`` converts twice, with its ``sanitize_preprocessors`` from the submitted to the
    autograded folder, and with its ``autograde_preprocessors`` in the autograded folder. The first conversion
    grades; the second has to save the points and to leave the notebook alone.
    """

    sandbox = Enum(("require", "best", "off"), "require", help="Isolation of student code.").tag(
        config=True
    )
    profile = Enum(
        ("sample", "full"), "sample", help="Small data that comes along, or full size."
    ).tag(config=True)

    def from_filename(
        self, filename: str, resources: Any = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """Grades a file in the submitted folder, which is not opened here: it may be anything.

        Raises:
            NbGraderException: the machine's or the course's fault; nbgrader goes on with the next student.
        """
        known, path = resources["nbgrader"], Path(filename)
        if path.parent != self._submitted_folder(known):
            return super().from_filename(filename, resources, **kw)
        resources["metadata"] = {"name": path.stem, "path": str(path.parent)}
        try:
            notebook = self._graded(path, known)
        except UserError as error:
            self.log.error("%s of %s: %s", path.stem, known["student"], error)
            raise NbGraderException(str(error)) from None
        return self.from_notebook_node(notebook, resources, **kw)

    def _submitted_folder(self, known: dict[str, str]) -> Path:
        course = self.parent.coursedir
        return Path(
            course.format_path(course.submitted_directory, known["student"], known["assignment"])
        )

    def _graded(self, path: Path, known: dict[str, str]) -> NotebookNode:
        if path.stem != known["assignment"]:
            self.log.warning("%s is not part of the exercise, and is not graded", path)
            return new_notebook()
        exercise = self._course.exercise(path.stem)
        result = self._result(path, exercise, student_id(known["student"]))
        if result.status == "failed":
            raise UserError(result.reason)
        if result.status == "rejected":
            self.log.warning("%s of %s: %s", path.stem, known["student"], result.reason)
        return autograded_notebook(exercise, result)

    def _result(self, path: Path, exercise: Exercise, student: str) -> SubmissionResult:
        try:
            content = read_plain_file(path, LARGEST_FILE)
            read_notebook(content)
        except RejectedError as rejected:
            return without_run(student, exercise.max_score, "rejected", str(rejected))
        job = Job(exercise, student, content, self.profile, available_cores(), self._sandboxed)
        store = ResultStore(self._course.results_folder)
        result = store.find(job)
        if result is None:
            result = grade_submission(job)
            store.keep(job, result)
        return result

    @cached_property
    def _course(self):
        return find_course(Path(self.parent.coursedir.root))

    @cached_property
    def _sandboxed(self) -> bool:
        sandboxed, warning = isolates(self.sandbox)
        if warning:
            self.log.warning(warning)
        return sandboxed
