"""Every command: what it does for a user, and one clear line for a user's mistake."""

import json
import subprocess
import sys

import pytest

from autograder import cli, isolation
from autograder.sandbox import Report
from tests.autograder import mini
from tests.autograder.conftest import run_autograder


@pytest.fixture
def run(monkeypatch, capsys):
    """Runs the command line in this process, for commands that end before they start a kernel."""

    def call(*arguments: object) -> subprocess.CompletedProcess:
        monkeypatch.setattr(sys, "argv", ["autograder", *map(str, arguments)])
        code = 0
        try:
            cli.main()
        except SystemExit as end:
            code = end.code
        streams = capsys.readouterr()
        return subprocess.CompletedProcess(arguments, code or 0, streams.out, streams.err)

    return call


def assert_one_clear_line(process, *parts: str) -> None:
    lines = process.stderr.strip().splitlines()
    assert process.returncode == 2
    assert len(lines) == 1 and lines[0].startswith("autograder: "), process.stderr
    for part in parts:
        assert part in lines[0]


@pytest.fixture
def work(tmp_path):
    path = tmp_path / "mini.ipynb"
    mini.write(path, mini.submission({**mini.RIGHT, "same": "def same(x): return 4"}))
    return path


def test_mistakes_in_what_to_grade(mini_course, tmp_path, run):
    empty = tmp_path / "empty"
    empty.mkdir()
    cases = [
        (["grade", "maxi", "--course", mini_course], ["no exercise 'maxi'", "there are: mini"]),
        (["grade", "mini", "--course", tmp_path / "absent"], ["not a course folder"]),
        (
            ["grade", "mini", "--course", mini_course, "--submissions", tmp_path / "no"],
            ["no folder of"],
        ),
        (
            ["grade", "mini", "--course", mini_course, "--submissions", empty],
            ["no submission of mini"],
        ),
        (["feedback", "maxi", "--course", mini_course], ["no exercise 'maxi'"]),
        (["release", "maxi", "--course", mini_course], ["no exercise 'maxi'"]),
        (["check", tmp_path / "absent.ipynb"], ["cannot be read"]),
    ]
    before = sorted(tmp_path.rglob("*"))
    for arguments, parts in cases:
        sandbox = ["--sandbox", "off"] if arguments[0] == "grade" else []
        assert_one_clear_line(run(*arguments, *sandbox), *parts)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_gradebook_that_cannot_be_opened(graded, tmp_path, run):
    def grade(db):
        return run(
            "grade", "mini", "--course", graded.course, "--submissions", graded.submissions,
            "--sandbox", "off", "--db", db, "--output", tmp_path / "out",
        )  # fmt: skip

    assert_one_clear_line(grade("nonsense"), "cannot be opened")
    assert_one_clear_line(grade(f"sqlite:///{tmp_path}/absent/gradebook.db"), "cannot be opened")
    damaged = tmp_path / "damaged.db"
    damaged.write_text("this is not a database, and long enough to be sure of it " * 10)
    assert_one_clear_line(grade(f"sqlite:///{damaged}"), "gradebook")
    assert damaged.read_text().startswith("this is not a database")


def test_the_default_refuses_where_no_sandbox_can_be_made(graded, run, monkeypatch):
    monkeypatch.setattr(
        isolation, "available", lambda: Report(False, ("User namespaces are off.",))
    )
    process = run("grade", "mini", "--course", graded.course, "--submissions", graded.submissions)
    assert_one_clear_line(
        process, "cannot be isolated", "User namespaces are off", "--sandbox best"
    )


def test_best_says_what_is_missing_and_goes_on(graded, run, monkeypatch, tmp_path):
    monkeypatch.setattr(
        isolation, "available", lambda: Report(False, ("User namespaces are off.",))
    )
    (tmp_path / "nobody").mkdir()
    process = run(
        "grade", "mini", "--course", graded.course, "--submissions", tmp_path / "nobody",
        "--sandbox", "best",
    )  # fmt: skip
    assert "student code is not isolated" in process.stderr
    assert "User namespaces are off" in process.stderr
    assert "holds no submission" in process.stderr


def test_a_broken_grading_file_is_named_with_its_mistake(tmp_path, run):
    course = mini.write_course(tmp_path / "course")
    (course / "grading/mini.toml").write_text("title = 'x'\nchapter = 'y'\n[limits]\nsecond = 3\n")
    process = run("grade", "mini", "--course", course, "--sandbox", "off")
    assert_one_clear_line(process, "grading/mini.toml", "limits.second")
    (course / "grading/mini.toml").write_text("title = ")
    process = run("grade", "mini", "--course", course, "--sandbox", "off")
    assert_one_clear_line(process, "not valid TOML")
    (course / "grading/mini.toml").unlink()
    process = run("grade", "mini", "--course", course, "--sandbox", "off")
    assert_one_clear_line(process, "no grading file")


def test_feedback_before_grading(tmp_path, run):
    course = mini.write_course(tmp_path / "course")
    process = run("feedback", "mini", "--course", course)
    assert_one_clear_line(process, "has not been graded yet")


def test_release_makes_a_notebook_without_solutions_and_hidden_tests(tmp_path, run):
    course = mini.write_course(tmp_path / "course")
    process = run("release", "--course", course)
    assert process.returncode == 0, process.stderr
    text = (course / "release/mini/mini.ipynb").read_text()
    notebook = json.loads(text)
    assert "NotImplementedError" in text
    for secret in ("return FACTOR * x", "HIDDEN TESTS", "FACTOR * HIDDEN"):
        assert secret not in text
    locked = [
        c for c in notebook["cells"] if c["metadata"]["nbgrader"]["grade_id"] == "check-scale"
    ]
    assert locked[0]["metadata"]["editable"] is False


def test_check_runs_the_visible_checks_and_tells_the_points_so_far(mini_course, work):
    process = run_autograder("check", work, "--course", mini_course)
    assert process.returncode == 0, process.stderr
    assert "✓ check-scale (2 of 2)" in process.stdout
    assert "✗ check-same (0 of 2)" in process.stdout
    assert "same(3): expected 3, got 4." in process.stdout
    assert "2 of 4 points in the visible checks" in process.stdout
    assert "hidden checks decide over 3 more, a person over 1." in process.stdout
    assert "HIDDEN" not in process.stdout


def test_check_works_for_a_student_who_has_only_the_notebook(work):
    process = run_autograder("check", work)
    assert process.returncode == 0, process.stderr
    assert "the notebook's own checks" in process.stdout
    assert "✓ check-scale (2 of 2)" in process.stdout


def test_check_names_a_file_that_would_be_rejected(tmp_path, run):
    page = tmp_path / "mini.ipynb"
    page.write_text("<html>")
    assert_one_clear_line(run("check", page), "would not be accepted")


def test_doctor_examines_this_machine():
    process = run_autograder("doctor")
    assert process.returncode == 0, process.stdout
    for subject in ("Python", "tensorflow", "machine", "GPU", "sandbox", "full-size data"):
        assert subject in process.stdout


def test_help_names_every_command(run):
    text = run("--help").stdout
    for command in ("release", "check", "grade", "feedback", "doctor"):
        assert command in text
