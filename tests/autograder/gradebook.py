"""What a gradebook says, without the ids and times that differ from one making of it to the next."""

from nbgrader.api import Gradebook
from sqlalchemy import text


def content(url: str) -> dict:
    """Everything in a gradebook that a person could ask for, ready to be compared."""
    with Gradebook(url) as gradebook:
        return {
            "version": [*gradebook.db.execute(text("select version_num from alembic_version"))],
            "students": sorted(student.id for student in gradebook.students),
            "cells": {
                assignment.name: sorted(
                    (cell.name, type(cell).__name__, getattr(cell, "max_score", None))
                    for notebook in assignment.notebooks
                    for cell in (
                        *notebook.source_cells,
                        *notebook.solution_cells,
                        *notebook.grade_cells,
                    )
                )
                for assignment in gradebook.assignments
            },
            "grades": {
                (grade.assignment.name, grade.student.id, grade.name): (
                    grade.auto_score,
                    grade.manual_score,
                    grade.extra_credit,
                    grade.needs_manual_grade,
                )
                for submission in _submitted_notebooks(gradebook)
                for grade in submission.grades
            },
            "comments": {
                (comment.assignment.name, comment.student.id, comment.name): (
                    comment.manual_comment
                )
                for submission in _submitted_notebooks(gradebook)
                for comment in submission.comments
            },
        }


def _submitted_notebooks(gradebook: Gradebook) -> list:
    return [
        notebook
        for assignment in gradebook.assignments
        for submission in assignment.submissions
        for notebook in submission.notebooks
    ]
