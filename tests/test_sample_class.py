"""The sample class: every submission earns its own score, and the reference solution all points."""

import shutil
import tomllib

import pytest

from autograder.course import Course
from tests.handed_in import graded_by_command

EXERCISES = (
    "mnist",
    "network-costs",
)  # as in exercises/examples; tests/test_solutions.py has the others


@pytest.fixture(scope="session")
def course(root) -> Course:
    return Course(root / "exercises", root / "exercises")


@pytest.fixture(scope="session")
def graded(course, root, tmp_path_factory, offline_environment) -> dict[str, dict[str, dict]]:
    """The sample class and the reference solutions, graded offline by the command line."""
    submissions = tmp_path_factory.mktemp("sample-class")
    shutil.copytree(root / "exercises" / "examples", submissions, dirs_exist_ok=True)
    for name in EXERCISES:
        reference = submissions / "reference" / name / f"{name}.ipynb"
        reference.parent.mkdir(parents=True)
        reference.write_text(course.exercise(name).source)
    output = tmp_path_factory.mktemp("output")
    return graded_by_command(course, EXERCISES, submissions, output, offline_environment)


def expected(root, name: str) -> dict:
    path = root / "tests" / "expected_scores" / f"{name}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


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
