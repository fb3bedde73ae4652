"""Results by content: what runs again only where something has changed that decides it."""

import hashlib
import json
from functools import lru_cache
from pathlib import Path

from nbformat import NotebookNode
from pydantic import ValidationError

from autograder.exercise import Exercise
from autograder.files import write_atomically
from autograder.grading import Job
from autograder.intake import RejectedError, notes_on, read_notebook
from autograder.rebuild import taken_from
from autograder.results import SubmissionResult
from autograder.software import running_software


class ResultStore:
    """A folder of results, one JSON file each, named by what decided them.

    Attributes:
        names: of the results that were found or kept, by student.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self.names: dict[str, str] = {}

    def find(self, job: Job) -> SubmissionResult | None:
        """The result of an equal job, marked as cached; None where there is none to be trusted."""
        try:
            name = key_of(job)
        except RejectedError:
            return None
        known = self.read(job.exercise.name, name)
        if known is None:
            return None
        self.names[job.student] = name
        return known.model_copy(update={"student": job.student, "cached": True})

    def keep(self, job: Job, result: SubmissionResult) -> None:
        """Stores a result that depends on nothing but the job: a fault of the machine's is not one."""
        if result.status == "graded":
            name = self.names[job.student] = key_of(job)
            write_atomically(self._path(job.exercise.name, name), result.model_dump_json())

    def read(self, exercise: str, name: str) -> SubmissionResult | None:
        """A result by its name; None where it is gone or damaged."""
        try:
            text = self._path(exercise, name).read_text(encoding="utf-8")
            return SubmissionResult.model_validate_json(text)
        except (OSError, ValidationError):
            return None

    def _path(self, exercise: str, name: str) -> Path:
        return self.folder / exercise / f"{name}.json"


def key_of(job: Job) -> str:
    """SHA-256 over everything that decides a result.

    Of the submission that is what the rebuilt notebook takes and what its student is told of it: other outputs,
    metadata or cells of the instructor's are the same work. Students share results, unless a variant is made from
    the student's id.

    Raises:
        RejectedError: the submission is not a notebook.
    """
    exercise, submission = job.exercise, read_notebook(job.content)
    instructor = _instructor(exercise)
    sources, own_cells = taken_from(submission, instructor)
    is_of_student = any(variant.is_of_student for variant in exercise.grading.variants)
    parts = [
        exercise.name,
        exercise.source,
        exercise.grading_toml,
        job.student if is_of_student else "",
        job.profile,
        str(job.sandboxed),
        running_software(),
        json.dumps(sorted(sources.items())),
        json.dumps(list(own_cells.items())),
        json.dumps(notes_on(submission, instructor)),
    ]
    digest = hashlib.sha256()
    for part in map(str.encode, parts):
        digest.update(len(part).to_bytes(8))
        digest.update(part)
    return digest.hexdigest()


@lru_cache(maxsize=8)
def _instructor(exercise: Exercise) -> NotebookNode:
    return exercise.notebook
