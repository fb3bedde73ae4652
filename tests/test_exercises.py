"""Every exercise as a notebook: its source, its cells, and what students get of it."""

import ast

import nbformat
import pytest

from autograder.course import Course
from autograder.exercise import grade_id, is_check, without_hidden_tests
from tests.conftest import ROOT

COURSE = Course(ROOT / "exercises", ROOT / "exercises")
NAMES = COURSE.exercise_names()


@pytest.mark.parametrize("name", NAMES)
def test_the_source_has_no_outputs_and_a_locked_parameters_cell(name):
    notebook = COURSE.exercise(name).notebook
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert not [cell for cell in code if cell.outputs or cell.execution_count]
    (parameters,) = [cell for cell in code if "parameters" in cell.metadata.get("tags", [])]
    assert parameters.metadata.nbgrader.locked
    assert 'PROFILE = "sample"' in parameters.source
    ids = [grade_id(cell) for cell in notebook.cells]
    assert None not in ids and len(set(ids)) == len(ids)


def names_assigned(source: str) -> set[str]:
    tree = ast.parse(source)
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    targets = [
        target for node in tree.body if isinstance(node, ast.Assign) for target in node.targets
    ]
    return functions | {target.id for target in targets if isinstance(target, ast.Name)}


def names_used(source: str) -> set[str]:
    return {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}


@pytest.mark.parametrize("name", NAMES)
def test_checks_reach_the_work_through_student_only(name):
    cells = [cell for cell in COURSE.exercise(name).notebook.cells if cell.cell_type == "code"]
    solved = set().union(*(names_assigned(c.source) for c in cells if c.metadata.nbgrader.solution))
    assert solved
    for cell in cells:
        if is_check(cell):
            assert not names_used(cell.source) & solved, grade_id(cell)


@pytest.mark.parametrize("name", NAMES)
def test_what_students_get_gives_nothing_away(name):
    source = COURSE.exercise(name).notebook
    visible, hidden = without_hidden_tests(source)
    assert hidden, "an exercise has hidden checks"
    assert "HIDDEN TESTS" not in nbformat.writes(visible)
    for cell in visible.cells:
        if grade_id(cell) in hidden:
            assert cell.source.strip().startswith("# Hidden check:")
