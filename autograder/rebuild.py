"""Rebuild: the instructor's notebook with the student's sources pasted in, and nothing else of theirs.

No metadata, tags, kernelspec, outputs, attachments or cell ids of a submission survive, so nothing
that a student does to other cells can change what is tested.
"""

from copy import deepcopy

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.preprocessors import ClearSolutions

from autograder.exercise import grade_id, takes_student_source


def rebuild(instructor: NotebookNode, submission: NotebookNode) -> NotebookNode:
    """The notebook to execute.

    A student's cell replaces the instructor's cell with its grade_id where that is a solution cell; a
    solution cell that the student deleted becomes the empty stub. Cells of the student's own, and
    second cells with a grade_id that came before, follow the instructor's cell that they stand under.

    Args:
        instructor: source notebook; not changed.
        submission: a validated notebook, see :func:`autograder.intake.read_notebook`.
    """
    stubs, _ = ClearSolutions().preprocess(deepcopy(instructor), {"language": "python"})
    solution_ids = _solution_ids(instructor)
    sources, own_cells = taken_from(submission, instructor)

    rebuilt = deepcopy(instructor)
    rebuilt.cells = [_plain_cell(*own) for own in own_cells.get(None, [])]
    for cell, stub in zip(instructor.cells, stubs.cells, strict=True):
        cell = deepcopy(cell)
        cell_id = grade_id(cell)
        if cell_id in solution_ids:
            cell.source = sources.get(cell_id, stub.source)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        rebuilt.cells.append(cell)
        if cell_id is not None:
            rebuilt.cells += [_plain_cell(*own) for own in own_cells.get(cell_id, [])]
    return rebuilt


def taken_from(
    submission: NotebookNode, instructor: NotebookNode
) -> tuple[dict[str, str], dict[str | None, list[tuple[str, str]]]]:
    """All that the rebuilt notebook has of the student's.

    Returns:
        The sources of solution cells by grade_id, and the kinds and sources of the student's own cells by the id of
        the instructor's cell that they stand under.
    """
    solution_ids = _solution_ids(instructor)
    known_ids = {grade_id(cell) for cell in instructor.cells} - {None}
    sources: dict[str, str] = {}
    own_cells: dict[str | None, list[tuple[str, str]]] = {}
    seen: set[str] = set()
    above = None
    for cell in submission.cells:
        cell_id = grade_id(cell)
        if cell_id in known_ids and cell_id not in seen:
            seen.add(cell_id)
            above = cell_id
            if cell_id in solution_ids:
                sources[cell_id] = cell.source
        elif cell_id not in known_ids or cell_id in solution_ids:
            own_cells.setdefault(above, []).append((cell.cell_type, cell.source))
    return sources, own_cells


def _solution_ids(instructor: NotebookNode) -> set[str]:
    return {grade_id(cell) for cell in instructor.cells if takes_student_source(cell)}


def _plain_cell(cell_type: str, source: str) -> NotebookNode:
    return new_code_cell(source) if cell_type == "code" else new_markdown_cell(source)
