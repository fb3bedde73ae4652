"""Intake: finds submissions, and rejects what is not a sane notebook with a reason for its student."""

from autograder.intake.notebook import read_notebook
from autograder.intake.notes import notes_on
from autograder.intake.rejection import RejectedError
from autograder.intake.submissions import Submission, Submissions, find_submissions

__all__ = [
    "RejectedError",
    "Submission",
    "Submissions",
    "find_submissions",
    "notes_on",
    "read_notebook",
]
