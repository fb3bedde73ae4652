"""The notebook that nbgrader shows: what ran, and the ledger's verdict in the place of each check's output.

nbgrader's pages show Markdown and rich outputs as they are, in a browser that is signed in to Jupyter;
a script in a submission would run there as the instructor. So what is the student's becomes text and pictures.
"""

import re
from html import unescape
from typing import Any

import nbformat
from nbconvert.filters import markdown2html_mistune
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_output
from nbgrader.preprocessors import ClearSolutions
from nbgrader.utils import compute_checksum

from autograder.exercise import Exercise, grade_id, is_check, takes_student_source
from autograder.results import CheckResult, SubmissionResult

LONGEST_MARKDOWN = 50_000  # characters that are rendered

_SHOWN = ("text/plain", "image/png", "image/jpeg")
_HTML_OR_ACTIVE_TEX = re.compile(r"<[A-Za-z/!?]|\\(?:href|require|style|class|cssId|html)")
_ADDRESS = re.compile(r'(?:href|src)\s*=\s*"([^"]*)"')
_HARMLESS_ADDRESS = re.compile(r"https?://.*|mailto:.*|[^:]*", re.IGNORECASE | re.DOTALL)


def autograded_notebook(exercise: Exercise, result: SubmissionResult) -> NotebookNode:
    """A notebook from which nbgrader computes exactly the points of ``result``.

    Args:
        exercise: what the result is of.
        result: graded or rejected. A rejected submission becomes the empty exercise with the reason above.
    """
    notebook = _executed(result.notebook) or _blank(exercise)
    if result.status == "rejected":
        _mark_as_rejected(notebook, result.reason or "")
    theirs = {grade_id(cell) for cell in notebook.cells if takes_student_source(cell)} | {None}
    outcomes = {check.id: check for check in result.checks}
    for cell in notebook.cells:
        known = cell.metadata.get("nbgrader")
        cell.metadata = NotebookNode(nbgrader=known) if known else NotebookNode()
        if is_check(cell):
            cell.outputs = _verdict(outcomes.get(grade_id(cell)), result.reason)
        elif cell.cell_type == "code":
            cell.outputs = [_harmless_output(output) for output in cell.outputs]
        elif grade_id(cell) in theirs:
            cell.source = harmless_markdown(cell.source)
    return notebook


def _executed(text: str | None) -> NotebookNode | None:
    """What ran; None where nothing did, and where an output is nested deeper than can be read back."""
    try:
        notebook = nbformat.reads(text, as_version=4) if text else None
    except RecursionError:
        return None
    if notebook:
        kept = ("kernelspec", "language_info")
        notebook.metadata = {k: v for k, v in notebook.metadata.items() if k in kept}
    return notebook


def _blank(exercise: Exercise) -> NotebookNode:
    blank, _ = ClearSolutions().preprocess(exercise.notebook, {"language": "python"})
    return blank


def _mark_as_rejected(notebook: NotebookNode, reason: str) -> None:
    """An answer whose checksum is that of the blank one gets no points without anyone reading it."""
    for cell in notebook.cells:
        if takes_student_source(cell):
            cell.metadata.nbgrader["checksum"] = compute_checksum(cell)
    text = f"**Not graded.**\n\n{_as_text(reason)}"
    notebook.cells.insert(0, new_markdown_cell(text, id="not-graded"))


def _verdict(outcome: CheckResult | None, reason: str | None) -> list[NotebookNode]:
    """No output, which is nbgrader's full marks, for what passed; an error for anything else."""
    if outcome is not None and outcome.status == "passed":
        return []
    status = outcome.status if outcome else "missing"
    message = (outcome.message if outcome else reason) or ""
    return [new_output("error", ename=status, evalue=message, traceback=[f"{status}: {message}"])]


def _harmless_output(output: NotebookNode) -> NotebookNode:
    """Text and pictures, which nbgrader's pages escape; no HTML, SVG, script or metadata."""
    if output.output_type == "stream":
        return new_output("stream", name=_text(output.name), text=_text(output.text))
    if output.output_type == "error":
        lines = [_text(line) for line in output.traceback]
        return new_output(
            "error", ename=_text(output.ename), evalue=_text(output.evalue), traceback=lines
        )
    data = {kind: _text(output.data[kind]) for kind in _SHOWN if kind in output.data}
    return new_output("display_data", data=data)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else str(value)


def harmless_markdown(source: str) -> str:
    """Markdown as it is where no page can make more of it than text and links, and as plain text elsewhere."""
    if len(source) > LONGEST_MARKDOWN or _HTML_OR_ACTIVE_TEX.search(source):
        return _as_text(source)
    try:
        rendered = markdown2html_mistune(source)
    except Exception:  # a picture that is missing, for one; nbgrader's page would fail as well
        return _as_text(source)
    addresses = [unescape(address) for address in _ADDRESS.findall(rendered)]
    if "<img" in rendered or not all(map(_HARMLESS_ADDRESS.fullmatch, addresses)):
        return _as_text(source)
    return source


def _as_text(source: str) -> str:
    longest = max(map(len, re.findall("`+", source)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{source}\n{fence}"
