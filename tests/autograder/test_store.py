"""A stored result is found again wherever nothing has changed that decides it, and nowhere else."""

import copy
import json
from dataclasses import replace

import pytest
from nbformat.v4 import new_code_cell, new_output

from autograder import store
from autograder.exercise import Exercise
from autograder.grading import Job
from autograder.results import SubmissionResult, without_run
from autograder.store import ResultStore, key_of
from tests.autograder import mini

SOURCE = json.dumps(mini.instructor_notebook())
HALF = {**mini.RIGHT, "same": "def same(x): return -x"}
OF_STUDENT = mini.GRADING.replace("FACTOR = 5", 'FACTOR = 5, STUDENT = "{student}"')


def job(notebook, student="ada", source=SOURCE, grading=mini.GRADING) -> Job:
    content = notebook if isinstance(notebook, bytes) else json.dumps(notebook).encode()
    return Job(Exercise("mini", source, grading), student, content, "sample", threads=1)


RIGHT = mini.submission(mini.RIGHT)
JOB = job(RIGHT)
RESULT = SubmissionResult(student="ada", score=1.0, max_score=2.0, status="graded", notebook="{}")


def changed(edit) -> dict:
    notebook = copy.deepcopy(RIGHT)
    edit(notebook)
    return notebook


def cell_of(notebook, grade_id):
    return next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == grade_id)  # fmt: skip


@pytest.mark.parametrize(
    "other",
    [
        job(mini.submission(HALF)),
        job(mini.submission(mini.RIGHT, extra={3: "1"})),
        job(mini.submission({**mini.RIGHT, "why": "Because."})),
        job(changed(lambda n: n.cells.remove(cell_of(n, "same")))),
        job(changed(lambda n: n.cells.append(cell_of(n, "same")))),
        replace(JOB, profile="full"),
        replace(JOB, sandboxed=True),
        replace(JOB, exercise=replace(JOB.exercise, name="maxi")),
        job(RIGHT, source=SOURCE.replace("FACTOR * 3", "FACTOR * 4")),
        job(RIGHT, source=SOURCE.replace('"points": 2', '"points": 5')),
        job(RIGHT, grading=mini.GRADING.replace("FACTOR = 5", "FACTOR = 6")),
        job(RIGHT, grading=mini.GRADING.replace("cell_seconds = 6", "cell_seconds = 7")),
        job(RIGHT, grading=mini.GRADING.replace("HIDDEN = 21", "HIDDEN = 22")),
    ],
)
def test_whatever_decides_a_result_decides_its_key(other):
    assert key_of(other) != key_of(JOB)


def put_out(notebook):
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [new_output("stream", text="3")], 7


def tag(notebook):
    notebook.metadata["colab"] = {"provenance": []}
    for number, cell in enumerate(notebook.cells):
        cell.metadata["tags"], cell.id = ["skip-execution"], f"other-{number}"


def change_given_cells(notebook):
    for grade_id in ("intro", "imports", "check-scale"):
        cell_of(notebook, grade_id).source = "# mine now"


@pytest.mark.parametrize("edit", [put_out, tag, change_given_cells])
def test_what_decides_nothing_does_not_cost_a_run(edit):
    assert key_of(job(changed(edit))) == key_of(JOB)


def test_the_form_of_the_file_does_not_matter():
    assert key_of(job(json.dumps(RIGHT, indent=4).encode("utf-16"))) == key_of(JOB)


def test_students_share_results_unless_a_variant_is_made_for_each():
    assert key_of(replace(JOB, student="bob")) == key_of(JOB)
    ada, bob = (job(RIGHT, student, grading=OF_STUDENT) for student in ("ada", "bob"))
    assert key_of(ada) != key_of(bob)


def test_the_key_changes_with_the_software_but_not_with_how_it_runs(monkeypatch):
    assert key_of(replace(JOB, threads=2, warm=False)) == key_of(JOB)
    before = key_of(JOB)
    monkeypatch.setattr(store, "running_software", lambda: "another version")
    assert key_of(JOB) != before


def test_parts_of_a_key_do_not_run_together():
    def submission(where):
        notebook = mini.submission(mini.RIGHT)
        notebook.cells[where:where] = [new_code_cell("a"), new_code_cell("b")]
        return notebook

    assert len({key_of(job(submission(where))) for where in (0, 3, 5)}) == 3
    one = job(mini.submission({**mini.RIGHT, "scale": "ab", "same": "c"}))
    two = job(mini.submission({**mini.RIGHT, "scale": "a", "same": "bc"}))
    assert key_of(one) != key_of(two)


def test_a_kept_result_is_found_and_marked(tmp_path):
    results = ResultStore(tmp_path)
    assert results.find(JOB) is None
    results.keep(JOB, RESULT)
    assert results.find(JOB) == RESULT.model_copy(update={"cached": True})
    assert results.read("mini", results.names["ada"]) == RESULT


def test_a_shared_result_is_given_to_the_one_who_asks(tmp_path):
    results = ResultStore(tmp_path)
    results.keep(JOB, RESULT)
    found = results.find(replace(JOB, student="bob"))
    assert (found.student, found.score, found.cached) == ("bob", 1.0, True)
    assert results.names["bob"] == results.names["ada"]


def test_a_fault_of_the_machines_is_not_kept(tmp_path):
    results = ResultStore(tmp_path)
    results.keep(JOB, without_run("ada", 2.0, "failed", "no kernel"))
    assert results.find(JOB) is None and results.names == {}


def test_what_is_no_notebook_is_never_found(tmp_path):
    page = job(b"<html>")
    results = ResultStore(tmp_path)
    results.keep(page, without_run("ada", 2.0, "rejected", "no notebook"))
    assert results.find(page) is None


def test_a_damaged_result_runs_again(tmp_path):
    results = ResultStore(tmp_path)
    results.keep(JOB, RESULT)
    (path,) = tmp_path.rglob("*.json")
    path.write_text(path.read_text()[:20])
    assert results.find(JOB) is None
