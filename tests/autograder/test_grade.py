"""Grading a class from the command line: scores, limits, the gradebook, and a second run."""

import json
import os
import subprocess
import sys
import textwrap

import psutil
import pytest
from nbgrader.api import Gradebook

from autograder.course import find_course
from autograder.errors import UserError
from autograder.grading import Job, grade_submission
from autograder.record import GradebookWriter
from tests.autograder import mini
from tests.autograder.conftest import SUBMISSIONS, run_autograder

SCORES = {
    "right": 7, "other {way} é": 7, "noisy": 7, "half": 5, "blank": 0, "typed-in": 2, "syntax": 2,
    "never-ends": 5, "ignores-interrupts": 2, "kills-kernel": 2, "exits": 5, "exits-at-once": 2,
    "script": 5, "web-page": 0,
}  # fmt: skip


def test_every_submission_has_its_score(graded):
    assert {r["student"]: r["score"] for r in graded.report["results"]} == SCORES


def test_only_the_web_page_is_rejected_and_its_reason_is_for_its_student(graded):
    statuses = {r["student"]: r["status"] for r in graded.report["results"]}
    assert {s for s, status in statuses.items() if status != "graded"} == {"web-page"}
    assert statuses["web-page"] == "rejected"
    assert "Hand in the .ipynb file" in graded.result("web-page")["reason"]


def test_results_have_the_documented_shape(graded):
    assert set(graded.report) == {"exercise", "results"}
    for result in graded.report["results"]:
        assert set(result) == {
            "student", "score", "max_score", "status", "reason", "seconds", "cached", "checks",
        }  # fmt: skip
        assert result["max_score"] == 8
        for check in result["checks"]:
            assert set(check) == {"id", "points", "max_points", "status", "message"}


def test_failed_checks_say_what_was_expected_what_came_and_a_hint(graded):
    (message,) = [c["message"] for c in graded.result("half")["checks"] if c["id"] == "check-same"]
    assert message == "same(3): expected 3, got -3."
    (message,) = [
        c["message"] for c in graded.result("blank")["checks"] if c["id"] == "check-scale"
    ]
    assert message == "scale is not defined. Did you rename it, or not run the cell that makes it?"


def test_a_typed_in_answer_fails_under_the_other_variant(graded):
    messages = {c["id"]: c["message"] for c in graded.result("typed-in")["checks"]}
    assert "not with other values" in messages["check-scale"]
    assert "multiply by FACTOR" in messages["check-scale"]


def test_a_never_ending_cell_costs_its_limit_and_nothing_else(graded):
    assert graded.statuses("never-ends") == ["passed", "timeout", "passed", "manual"]
    limit, variants, start_up = 6, 2, 60
    assert limit * variants <= graded.result("never-ends")["seconds"] < limit * variants + start_up


def test_code_that_ignores_interrupts_loses_only_what_comes_after(graded):
    assert graded.statuses("ignores-interrupts") == ["passed", "timeout", "timeout", "manual"]


def test_a_dead_kernel_and_an_early_exit_earn_nothing_they_did_not_earn(graded):
    assert graded.statuses("kills-kernel") == ["passed", "error", "missing", "manual"]
    assert graded.statuses("exits") == ["passed", "error", "passed", "manual"]
    assert graded.statuses("exits-at-once") == ["failed", "passed", "failed", "manual"]


def test_no_kernel_outlives_its_run(mini_course):
    """A class of hundreds would fill the machine; a student's kernel would go on running."""
    exercise = find_course(mini_course).exercise("mini")
    for _ in range(2):
        content = json.dumps(mini.submission(mini.RIGHT)).encode()
        result = grade_submission(Job(exercise, "student-01", content, "sample", threads=1))
        assert result.score == 7
    children = psutil.Process().children(recursive=True)
    assert [child.cmdline() for child in children if "ipykernel_launcher" in child.cmdline()] == []


def test_temporary_files_may_lie_deeper_than_a_socket_may(mini_course, tmp_path):
    deep = tmp_path / ("a" * 60) / ("b" * 60)
    deep.mkdir(parents=True)
    mini.write(tmp_path / "class/ana/mini/mini.ipynb", mini.submission(mini.RIGHT))
    process = run_autograder(
        "grade", "mini", "--course", mini_course, "--submissions", tmp_path / "class",
        "--output", tmp_path / "out", "--sandbox", "off", env={**os.environ, "TMPDIR": str(deep)},
    )  # fmt: skip
    assert process.returncode == 0 and "7 of 8" in process.stdout, process.stderr


def test_a_message_of_any_size_does_not_fill_the_graders_memory():
    """A picture or text of a hundred megabytes is dropped where it comes in, and costs its student nothing."""
    huge = "display({'text/plain': 'x' * 150_000_000}, raw=True)"
    content = json.dumps(mini.submission(mini.RIGHT, extra={3: huge})).encode()
    code = """
        import json, resource, sys
        from autograder.grading import Job, grade_submission
        from tests.autograder import mini
        from tests.autograder.stubs import EXERCISE
        content = sys.stdin.buffer.read()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        result = grade_submission(Job(EXERCISE, "student-01", content, "sample", threads=1))
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        print(json.dumps([result.score, grown // 1024]))
    """
    said = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        input=content,
        capture_output=True,
        check=True,
    )
    score, megabytes = json.loads(said.stdout)
    assert score == 7
    assert megabytes < 100


def test_the_gradebook_holds_the_scores(graded):
    with Gradebook(find_course(graded.course).gradebook_url) as gradebook:
        scores = {s.student.id: s.score for s in gradebook.find_assignment("mini").submissions}
        assert scores == SCORES
        waiting = gradebook.find_grade("why", "mini", "mini", "right")
        assert waiting.needs_manual_grade
        assert not gradebook.find_grade("check-same", "mini", "mini", "right").needs_manual_grade


def test_executed_notebooks_lie_where_formgrader_looks_for_them(graded):
    for student in SUBMISSIONS:
        path = graded.course / "autograded" / student / "mini" / "mini.ipynb"
        assert json.loads(path.read_text())["nbformat"] == 4


def test_a_second_run_executes_nothing_and_keeps_manual_grades(graded, tmp_path):
    course = find_course(graded.course)
    with Gradebook(course.gradebook_url) as gradebook:
        gradebook.find_grade("why", "mini", "mini", "half").manual_score = 1.0
        gradebook.db.commit()
    json_path = tmp_path / "again.json"
    process = run_autograder(
        "grade", "mini", "--course", graded.course, "--submissions", graded.submissions,
        "--sandbox", "off", "--json", json_path,
    )  # fmt: skip
    assert process.returncode == 0, process.stderr
    again = json.loads(json_path.read_text())["results"]
    assert all(result["cached"] for result in again if result["status"] == "graded")
    assert {r["student"]: r["score"] for r in again} == SCORES
    with GradebookWriter(course.gradebook_url, course.exercise("mini")) as writer:
        assert writer.manual_scores("half") == {"why": 1.0}
        assert writer.manual_scores("right") == {}


def test_a_changed_exercise_cannot_mix_with_old_submissions(graded, tmp_path):
    changed = mini.write_course(tmp_path / "changed")
    notebook = mini.instructor_notebook()
    notebook.cells.append(mini.graded_cell("check-new", "pass", 1))
    mini.write(changed / "source/mini/mini.ipynb", notebook)
    url = find_course(graded.course).gradebook_url
    with pytest.raises(UserError, match="before its cells changed"):
        GradebookWriter(url, find_course(changed).exercise("mini"))
