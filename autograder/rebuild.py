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
    solution_ids = {grade_id(cell) for cell in instructor.cells if takes_student_source(cell)}
    known_ids = {grade_id(cell) for cell in instructor.cells} - {None}
    sources, own_cells = _sort_out(submission, solution_ids, known_ids)

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


def _sort_out(
    submission: NotebookNode, solution_ids: set[str], known_ids: set[str]
) -> tuple[dict[str, str], dict[str | None, list[tuple[str, str]]]]:
    """The student's solution sources by grade_id, and their own cells by the id they stand under."""
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


def _plain_cell(cell_type: str, source: str) -> NotebookNode:
    return new_code_cell(source) if cell_type == "code" else new_markdown_cell(source)
