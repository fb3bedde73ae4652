"""Intake: finds submissions, and rejects what is not a sane notebook with a reason for its student."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from autograder.errors import UserError

LARGEST_FILE = 20_000_000
MOST_CELLS = 500
LONGEST_SOURCE = 200_000

_NEW_CELL = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}


@dataclass(frozen=True)
class Submission:
    """What a student handed in, as bytes; or the reason why there is nothing to grade."""

    student: str
    content: bytes = b""
    rejection: str | None = None


class RejectedError(Exception):
    """A file that is no notebook we can grade; the message is written for the student."""


def find_submissions(folder: Path, exercise: str) -> Iterator[Submission]:
    """Submissions of one exercise, ``folder/<student>/<exercise>/<exercise>.ipynb``, by student.

    A student without a folder for the exercise has not submitted. Whatever is in the exercise's folder
    is either a notebook to grade or a rejection.

    Raises:
        UserError: ``folder`` does not exist.
    """
    if not folder.is_dir():
        raise UserError(f"there is no folder of submissions at {folder}")
    for student_folder in sorted(path for path in folder.iterdir() if path.is_dir()):
        exercise_folder = student_folder / exercise
        if exercise_folder.exists():
            yield _take_in(student_folder.name, exercise_folder, f"{exercise}.ipynb")


def _take_in(student: str, folder: Path, file_name: str) -> Submission:
    path = folder / file_name
    if path.is_symlink() or folder.is_symlink() or not folder.is_dir():
        return Submission(student, rejection=f"{file_name} is not a plain file in a folder.")
    if not path.is_file():
        others = sorted(other.name for other in folder.glob("*.ipynb"))
        found = f"it holds {', '.join(others)}" if others else "it holds no notebook"
        return Submission(
            student, rejection=f"{file_name} is missing from the folder: {found}. Rename the file."
        )
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise RejectedError(_too_large(path.stat().st_size))
        content = path.read_bytes()
        read_notebook(content)
    except OSError as error:
        return Submission(student, rejection=f"{file_name} cannot be read ({error.strerror}).")
    except RejectedError as rejected:
        return Submission(student, rejection=str(rejected))
    return Submission(student, content)


def read_notebook(content: bytes) -> NotebookNode:
    """A notebook in the current format from what a student handed in.

    Raises:
        RejectedError: it is not a notebook, or beyond the limits on size.
    """
    if len(content) > LARGEST_FILE:
        raise RejectedError(_too_large(len(content)))
    try:
        raw = json.loads(content.decode("utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise RejectedError(
            "This file is not a Jupyter notebook: its content is not JSON. "
            "Hand in the .ipynb file that Jupyter saved, not a web page or an export."
        ) from None
    if not isinstance(raw, dict) or not isinstance(raw.get("nbformat"), int):
        raise RejectedError(
            "This file is JSON, but not a Jupyter notebook: it has no format version."
        )
    if raw["nbformat"] != nbformat.current_nbformat:
        raise RejectedError(
            f"This notebook has the format version {raw['nbformat']}; "
            f"{nbformat.current_nbformat} is needed. Open it in Jupyter and save it."
        )
    cells = raw.get("cells")
    if not isinstance(cells, list):
        raise RejectedError("This notebook is damaged: it has no list of cells.")
    if len(cells) > MOST_CELLS:
        raise RejectedError(f"This notebook has {len(cells)} cells; {MOST_CELLS} are allowed.")
    return new_notebook(cells=[_clean_cell(cell, number) for number, cell in enumerate(cells, 1)])


def _clean_cell(raw: Any, number: int) -> NotebookNode:
    """Kind, source and metadata of a cell; its id, outputs and attachments stay behind."""
    damaged = RejectedError(
        f"This notebook is damaged: cell {number} is not a notebook cell. "
        "Open it in Jupyter, save it, and hand it in again."
    )
    if not isinstance(raw, dict) or not isinstance(raw.get("metadata", {}), dict):
        raise damaged
    source = raw.get("source", "")
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str) or raw.get("cell_type") not in _NEW_CELL:
        raise damaged
    if len(source) > LONGEST_SOURCE:
        raise RejectedError(
            f"Cell {number} has {len(source):,} characters; {LONGEST_SOURCE:,} are allowed."
        )
    return _NEW_CELL[raw["cell_type"]](source, metadata=nbformat.from_dict(raw.get("metadata", {})))


def _too_large(size: int) -> str:
    return (
        f"This file has {size / 1e6:.0f} MB; {LARGEST_FILE / 1e6:.0f} MB are allowed. "
        "Clear the outputs (Edit > Clear Outputs of All Cells), save, and hand it in again."
    )
