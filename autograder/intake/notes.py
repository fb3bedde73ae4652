"""Notes: what a student should know of how their cells were taken."""

from collections import Counter

from nbformat import NotebookNode

from autograder.exercise import grade_id, takes_student_source

MOST_NOTES = 20


def notes_on(submission: NotebookNode, instructor: NotebookNode) -> tuple[str, ...]:
    """Sentences about cells to be filled in that are missing or come twice, in the notebook's order.

    Args:
        submission: from :func:`read_notebook`.
        instructor: the exercise's source notebook.
    """
    found = Counter(grade_id(cell) for cell in submission.cells)
    notes = []
    for cell_id in (grade_id(cell) for cell in instructor.cells if takes_student_source(cell)):
        if found[cell_id] == 0:
            notes.append(
                f"{cell_id}: this cell is missing from your notebook, and counts as not filled in. Cells that are made "
                "anew lose their id: put your work into the cell that was handed out."
            )
        elif found[cell_id] > 1:
            notes.append(
                f"{cell_id}: your notebook has this cell {found[cell_id]} times. The first was taken as your work, and "
                "the others ran after it as cells of your own."
            )
    return tuple(notes[:MOST_NOTES])
