"""A stored result is found again for an equal job only."""

from dataclasses import replace

import pytest

from autograder import store
from autograder.exercise import Exercise
from autograder.grading import Job
from autograder.results import SubmissionResult, without_run
from autograder.store import ResultStore, key_of

JOB = Job(Exercise("mini", "{}", "title = 'x'"), "student-01", b"notebook", "sample", threads=1)
RESULT = SubmissionResult(student="student-01", score=1.0, max_score=2.0, status="graded")


@pytest.mark.parametrize(
    "other",
    [
        replace(JOB, content=b"another"),
        replace(JOB, student="student-02"),
        replace(JOB, profile="full"),
        replace(JOB, exercise=replace(JOB.exercise, source="{ }")),
        replace(JOB, exercise=replace(JOB.exercise, grading_toml="title = 'y'")),
        replace(JOB, exercise=replace(JOB.exercise, name="maxi")),
    ],
)
def test_whatever_decides_a_result_decides_its_key(other):
    assert key_of(other) != key_of(JOB)


def test_the_key_changes_with_the_software_but_not_with_the_threads(monkeypatch):
    assert key_of(replace(JOB, threads=2)) == key_of(JOB)
    before = key_of(JOB)
    monkeypatch.setattr(store, "running_software", lambda: "another version")
    assert key_of(JOB) != before


def test_parts_of_a_key_do_not_run_together():
    exercise = JOB.exercise
    one = replace(JOB, student="ab", exercise=replace(exercise, grading_toml="c"))
    two = replace(JOB, student="b", exercise=replace(exercise, grading_toml="ca"))
    assert key_of(one) != key_of(two)


def test_a_kept_result_is_found_and_marked(tmp_path):
    results = ResultStore(tmp_path)
    assert results.find(JOB) is None
    results.keep(JOB, RESULT)
    assert results.find(JOB) == RESULT.model_copy(update={"cached": True})


def test_a_fault_of_the_machines_is_not_kept(tmp_path):
    results = ResultStore(tmp_path)
    results.keep(JOB, without_run("student-01", 2.0, "failed", "no kernel"))
    assert results.find(JOB) is None


def test_a_damaged_result_runs_again(tmp_path):
    results = ResultStore(tmp_path)
    results.keep(JOB, RESULT)
    (path,) = tmp_path.rglob("*.json")
    path.write_text(path.read_text()[:20])
    assert results.find(JOB) is None
