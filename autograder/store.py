"""Results by content: a submission whose bytes, exercise and software are unchanged runs once."""

import hashlib
from pathlib import Path

from pydantic import ValidationError

from autograder.files import write_atomically
from autograder.grading import Job
from autograder.results import SubmissionResult
from autograder.software import running_software


class ResultStore:
    """A folder of results, one JSON file each, named by what decided them."""

    def __init__(self, folder: Path):
        self.folder = folder

    def find(self, job: Job) -> SubmissionResult | None:
        """The result of an equal job, marked as cached; None where there is none to be trusted."""
        try:
            text = self._path(job).read_text(encoding="utf-8")
            return SubmissionResult.model_validate_json(text).model_copy(update={"cached": True})
        except (OSError, ValidationError):
            return None

    def keep(self, job: Job, result: SubmissionResult) -> None:
        """Stores a result that depends on nothing but the job: a fault of the machine's is not one."""
        if result.status == "graded":
            write_atomically(self._path(job), result.model_dump_json())

    def _path(self, job: Job) -> Path:
        return self.folder / job.exercise.name / f"{key_of(job)}.json"


def key_of(job: Job) -> str:
    """SHA-256 over everything that decides a result."""
    parts = [
        job.exercise.name,
        job.exercise.source,
        job.exercise.grading_toml,
        job.student,
        job.profile,
        str(job.sandboxed),
        running_software(),
    ]
    digest = hashlib.sha256()
    for part in [*(part.encode() for part in parts), job.content]:
        digest.update(len(part).to_bytes(8))
        digest.update(part)
    return digest.hexdigest()
