"""Reading a notebook: its cells' kinds, sources and nbgrader marks, and nothing else of the file."""

import json
import math
import re
from functools import lru_cache
from itertools import accumulate
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_notebook

from autograder.intake.files import exceeds
from autograder.intake.rejection import RejectedError

LARGEST_FILE = 20_000_000
MOST_CELLS = 500
LONGEST_SOURCE = 200_000
MOST_PARTS = 2_000_000  # each of which may take a hundred bytes of memory
DEEPEST_NESTING = 100
LONGEST_INTEGER = 18  # digits; Python refuses to read numbers of many thousands

_CELL_TYPES = ("code", "markdown", "raw")
_FLAGS = ("grade", "solution", "locked", "task")
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_ALL_BUT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_GRADE_ID = re.compile("[^\0\ud800-\udfff]{1,200}")
_NOT_TEXT = re.compile("[\0\ud800-\udfff]")

_NO_NOTEBOOK = (
    "This file is not a Jupyter notebook: its content is not JSON. "
    "Hand in the .ipynb file that Jupyter saved, not a web page or an export."
)
_SAVE_AGAIN = "Open it in Jupyter, save it, and hand it in again."


@lru_cache(maxsize=1)  # intake and the store ask for the same one after the other
def read_notebook(content: bytes) -> NotebookNode:
    """A valid notebook in the current format from what a student handed in. Do not change it.

    Formats 4.0 and later are read alike: they differ in cell ids, outputs and attachments, which stay behind.

    Raises:
        RejectedError: it is not a notebook, or beyond the limits on size.
    """
    raw = _parse(content)
    version = raw.get("nbformat") if isinstance(raw, dict) else None
    if type(version) is not int:
        raise RejectedError(
            "This file is JSON, but not a Jupyter notebook: it has no format version."
        )
    if version != nbformat.current_nbformat:
        raise RejectedError(
            f"This notebook has the format version {version}; "
            f"{nbformat.current_nbformat} is needed. Open it in Jupyter and save it."
        )
    cells = raw.get("cells")
    if not isinstance(cells, list):
        raise RejectedError("This notebook is damaged: it has no list of cells.")
    if len(cells) > MOST_CELLS:
        raise RejectedError(f"This notebook has {len(cells)} cells; {MOST_CELLS} are allowed.")
    return new_notebook(cells=[_clean_cell(cell, number) for number, cell in enumerate(cells, 1)])


def _parse(content: bytes) -> Any:
    if len(content) > LARGEST_FILE:
        raise exceeds(len(content), LARGEST_FILE)
    if not content.strip(b" \t\r\n\0"):
        raise RejectedError("This file is not a Jupyter notebook: it is empty. Hand it in again.")
    try:
        text = content.decode(json.detect_encoding(content))
    except UnicodeDecodeError:
        raise RejectedError(_NO_NOTEBOOK) from None
    _check_structure(text.encode())
    try:
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=lambda name: None,
            parse_int=lambda digits: int(digits) if len(digits) <= LONGEST_INTEGER else None,
        )
    except ValueError:
        raise RejectedError(_NO_NOTEBOOK) from None


def _check_structure(text: bytes) -> None:
    """Bounds the memory that parsing takes, and its depth, before anything is built."""
    if sum(map(text.count, (b'"', b",", b"[", b"{"))) > MOST_PARTS:
        raise RejectedError(
            "This file is not a Jupyter notebook, or has too many outputs: it has more than "
            f"{MOST_PARTS:,} parts. Clear the outputs, save, and hand it in again."
        )
    brackets = _STRING.sub(b"", text).translate(None, _ALL_BUT_BRACKETS)
    if max(accumulate(1 if b in b"[{" else -1 for b in brackets), default=0) > DEEPEST_NESTING:
        raise RejectedError(
            "This file is not a Jupyter notebook, or is damaged: it is nested more than "
            f"{DEEPEST_NESTING} levels deep. Clear the outputs, save, and hand it in again."
        )


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise RejectedError(
            "This notebook is damaged: a part of it has two entries of the same name. "
            + _SAVE_AGAIN
        )
    return made


def _clean_cell(raw: Any, number: int) -> NotebookNode:
    damaged = RejectedError(
        f"This notebook is damaged: cell {number} is not a notebook cell. {_SAVE_AGAIN}"
    )
    if not isinstance(raw, dict) or not isinstance(raw.get("metadata", {}), dict):
        raise damaged
    source = raw.get("source", "")
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    cell_type = raw.get("cell_type")
    if not isinstance(source, str) or cell_type not in _CELL_TYPES:
        raise damaged
    if len(source) > LONGEST_SOURCE:
        raise RejectedError(
            f"Cell {number} has {len(source):,} characters; {LONGEST_SOURCE:,} are allowed."
        )
    if _NOT_TEXT.search(source):
        raise RejectedError(f"Cell {number} holds a character that is not text. Write it anew.")
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    # nbformat's own functions validate each cell, which takes six times as long as all of this.
    metadata = _clean_metadata(raw.get("metadata", {}))
    cell = NotebookNode(id=f"cell-{number}", cell_type=cell_type, source=source, metadata=metadata)
    if cell_type == "code":
        cell.update(outputs=[], execution_count=None)
    return cell


def _clean_metadata(raw: dict[str, Any]) -> NotebookNode:
    """nbgrader's marks and papermill's; a cell without an id that can be read is the student's own."""
    metadata = NotebookNode()
    marks = raw.get("nbgrader")
    cell_id = marks.get("grade_id") if isinstance(marks, dict) else None
    if isinstance(cell_id, str) and _GRADE_ID.fullmatch(cell_id):
        flags = {flag: marks.get(flag) is True for flag in _FLAGS}
        points = _points(marks.get("points"))
        metadata["nbgrader"] = NotebookNode(
            schema_version=3, grade_id=cell_id, points=points, **flags
        )
    tags = raw.get("tags")
    if isinstance(tags, list) and "parameters" in tags:
        metadata["tags"] = ["parameters"]
    return metadata


def _points(value: Any) -> float:
    sane = type(value) in (int, float) and math.isfinite(value) and value >= 0
    return float(value) if sane else 0.0
