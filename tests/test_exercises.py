"""Every exercise: its reference solution earns all points, and every sample submission its own."""

import ast
import json
import shutil
import subprocess
import sys
import tomllib

import nbformat
import pytest

from autograder.course import Course
from autograder.exercise import grade_id, is_check, without_hidden_tests

EXERCISES = ("mnist", "network-costs")


@pytest.fixture(scope="session")
def course(root) -> Course:
    return Course(root / "exercises", root / "exercises")


@pytest.fixture(scope="session")
def graded(course, root, tmp_path_factory, offline_environment) -> dict[str, dict]:
    """The sample class and the reference solutions, graded offline by the command line."""
    submissions = tmp_path_factory.mktemp("sample-class")
    shutil.copytree(root / "exercises" / "examples", submissions, dirs_exist_ok=True)
    for name in EXERCISES:
        reference = submissions / "reference" / name / f"{name}.ipynb"
        reference.parent.mkdir(parents=True)
        reference.write_text(course.exercise(name).source)
    output = tmp_path_factory.mktemp("output")
    reports = {}
    for name in EXERCISES:
        json_path = output / f"{name}.json"
        process = subprocess.run(
            [sys.executable, "-m", "autograder", "grade", name, "--course", str(course.root),
             "--submissions", str(submissions), "--output", str(output), "--sandbox", "off",
             "--json", str(json_path)],
            capture_output=True, text=True, env=offline_environment, check=False,
        )  # fmt: skip
        assert process.returncode == 0, process.stderr
        results = json.loads(json_path.read_text())["results"]
        reports[name] = {result["student"]: result for result in results}
    return reports


def expected(root, name: str) -> dict:
    path = root / "tests" / "expected_scores" / f"{name}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", EXERCISES)
def test_every_exercise_is_tested_here(course, name):
    assert tuple(course.exercise_names()) == EXERCISES


@pytest.mark.parametrize("name", EXERCISES)
def test_the_reference_solution_gets_full_marks(graded, root, name):
    result = graded[name]["reference"]
    lost = [check for check in result["checks"] if check["status"] != "passed"]
    assert not lost
    assert result["score"] == result["max_score"] == expected(root, name)["max_score"]


@pytest.mark.parametrize("name", EXERCISES)
def test_every_sample_submission_gets_its_expected_score(graded, root, name):
    wanted = {
        student: entry for student, entry in expected(root, name).items() if student != "max_score"
    }
    assert len(wanted) >= 8
    assert set(wanted) == set(graded[name]) - {"reference"}
    for student, entry in wanted.items():
        result = graded[name][student]
        lost = [c["id"] for c in result["checks"] if c["points"] < c["max_points"]]
        outcome = (student, result["status"], result["score"], lost)
        assert outcome == (student, entry["status"], entry["score"], entry.get("lost", [])), result


@pytest.mark.parametrize("name", EXERCISES)
def test_only_right_submissions_get_full_marks(graded, root, name):
    wanted = expected(root, name)
    for student, result in graded[name].items():
        if student != "reference" and result["score"] == result["max_score"]:
            assert wanted[student]["what"].startswith("right")
    assert sum(r["score"] == r["max_score"] for r in graded[name].values()) >= 3


@pytest.mark.parametrize("name", EXERCISES)
def test_a_never_ending_submission_costs_only_its_time_limit(graded, course, root, name):
    (student,) = [
        student
        for student, entry in expected(root, name).items()
        if student != "max_score" and entry["what"].startswith("never ending")
    ]
    grading = course.exercise(name).grading
    start_up = 40
    allowed = len(grading.variants) * (grading.limits.seconds + start_up)
    assert graded[name][student]["seconds"] < allowed
    assert "timeout" in {check["status"] for check in graded[name][student]["checks"]}


@pytest.mark.parametrize("name", EXERCISES)
def test_the_source_has_no_outputs_and_a_locked_parameters_cell(course, name):
    notebook = course.exercise(name).notebook
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


@pytest.mark.parametrize("name", EXERCISES)
def test_checks_reach_the_work_through_student_only(course, name):
    cells = [cell for cell in course.exercise(name).notebook.cells if cell.cell_type == "code"]
    solved = set().union(*(names_assigned(c.source) for c in cells if c.metadata.nbgrader.solution))
    assert solved
    for cell in cells:
        if is_check(cell):
            assert not names_used(cell.source) & solved, grade_id(cell)


@pytest.mark.parametrize("name", EXERCISES)
def test_what_students_get_gives_nothing_away(course, root, name, tmp_path):
    source = course.exercise(name).notebook
    visible, hidden = without_hidden_tests(source)
    assert hidden, "an exercise has hidden checks"
    assert "HIDDEN TESTS" not in nbformat.writes(visible)
    for cell in visible.cells:
        if grade_id(cell) in hidden:
            assert cell.source.strip().startswith("# Hidden check:")
