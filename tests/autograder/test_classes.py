"""A class: what runs again, what is written again, and what ``--diff`` says before anything is."""

import json
import shutil
import sys
import zipfile
from functools import partial

import nbgrader.api
import pytest
from nbgrader.api import Gradebook

from autograder import cli
from autograder.course import find_course
from autograder.errors import UserError
from autograder.grading import Job
from autograder.intake import find_submissions
from autograder.programs import put_own_programs_on_path
from autograder.record import GradebookWriter
from autograder.results import SubmissionResult, without_run
from autograder.standing import Standing
from tests.autograder import mini
from tests.autograder.stubs import EXERCISE, InProcess, half

SCORES = {"ada": "012", "bob": "0", "cy": "02", "di": ""}


def scale(numbers: str) -> dict[str, str]:
    """A solution that passes the checks with these numbers, see ``stubs.half``."""
    return {"scale": f"def scale(x): return '{numbers}'"}


@pytest.fixture
def course(tmp_path):
    """Two exercises, and a submission of each by some students."""
    root = mini.write_course(tmp_path / "course")
    shutil.copytree(root / "source/mini", root / "source/maxi")
    (root / "source/maxi/mini.ipynb").rename(root / "source/maxi/maxi.ipynb")
    shutil.copy(root / "grading/mini.toml", root / "grading/maxi.toml")
    for student, numbers in SCORES.items():
        for exercise in ("mini", "maxi"):
            hand_in(root, student, numbers, exercise)
    return find_course(root)


def hand_in(root, student, numbers, exercise="mini"):
    notebook = mini.submission(scale(numbers))
    mini.write(root / "submitted" / student / exercise / f"{exercise}.ipynb", notebook)


@pytest.fixture(scope="module")
def alembic():
    """Of nbgrader's database; it asks a program for this, which takes a second."""
    put_own_programs_on_path()
    return nbgrader.api.get_alembic_version()


@pytest.fixture
def run(course, monkeypatch, capsys, alembic):
    """Runs a command with stubbed workers; gives exit code, output and how much ran of what."""
    monkeypatch.setattr(nbgrader.api, "get_alembic_version", lambda: alembic)

    def call(*arguments):
        stubs = InProcess()
        monkeypatch.setattr(cli, "LocalWorkers", lambda count: stubs)
        monkeypatch.setattr(
            "sys.argv", ["autograder", *map(str, arguments), "--course", str(course.root)]
        )
        code = 0
        try:
            cli.main()
        except SystemExit as end:
            code = end.code or 0
        streams = capsys.readouterr()
        return code, streams.out, streams.err, dict(stubs.ran)

    return call


@pytest.fixture
def grade(run):
    return partial(run, "grade", "mini", "--sandbox", "off")


def everything_in(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def scores_in(course, exercise="mini"):
    with Gradebook(course.gradebook_url) as gradebook:
        return {s.student.id: s.score for s in gradebook.find_assignment(exercise).submissions}


def test_nothing_changed_nothing_runs_and_nothing_is_written_again(course, grade, monkeypatch):
    code, _, _, ran = grade("maxi")
    assert (code, ran) == (0, {"mini": 4, "maxi": 4})
    before = everything_in(course.root)
    monkeypatch.setattr(GradebookWriter, "write", None)
    code, out, _, ran = grade("maxi")
    assert (code, ran) == (0, {})
    assert out.count("cached") == 8
    after = everything_in(course.root)
    of_run = {course.report_path("mini"), course.report_path("maxi")}
    assert {path for path in after if before.get(path) != after[path]} <= of_run
    assert set(after) == set(before)


def test_a_changed_check_runs_just_its_exercise(course, grade):
    grade("maxi")
    path = course.source_path("maxi")
    path.write_text(path.read_text().replace("student.same(3), 3", "student.same(4), 4"))
    assert grade("maxi")[3] == {"maxi": 4}


def test_new_outputs_run_nothing_and_a_new_solution_runs_alone(course, grade):
    grade()
    path = course.root / "submitted/ada/mini/mini.ipynb"
    notebook = json.loads(path.read_text())
    notebook["metadata"]["colab"] = {}
    path.write_text(json.dumps(notebook, indent=2))
    hand_in(course.root, "bob", "01")
    assert grade()[3] == {"mini": 1}
    assert scores_in(course) == {"ada": 7, "bob": 4, "cy": 5, "di": 0}


def test_diff_says_who_would_change_by_how_much_and_writes_nothing(course, grade):
    grade()
    with Gradebook(course.gradebook_url) as gradebook:
        gradebook.find_grade("why", "mini", "mini", "cy").manual_score = 1.0
        gradebook.find_grade("check-same", "mini", "mini", "di").manual_score = 2.0
        gradebook.db.commit()
    hand_in(course.root, "bob", "12")
    hand_in(course.root, "cy", "0")
    hand_in(course.root, "di", "1")
    hand_in(course.root, "ed", "0")
    (course.root / "submitted/ada/mini/mini.ipynb").write_text("<html>")
    before = everything_in(course.root)
    code, out, _, ran = grade("--diff")
    after = everything_in(course.root)
    assert (code, ran) == (0, {"mini": 2})  # cy and ed now have what bob had
    assert {path.parent for path in set(after) - set(before)} == {course.results_folder / "mini"}
    assert {path: after[path] for path in before} == before
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert lines == [
        "mini: 4 of 5 scores would change",
        "student score by checks",
        "ada 7 to 0 -7 check-scale 2 to 0, check-same 2 to 0, check-scale-hidden 3 to 0",
        "bob 2 to 5 +3 check-scale 2 to 0, check-same 0 to 2, check-scale-hidden 0 to 3",
        "cy 6 to 3 -3 check-scale-hidden 3 to 0",
        "ed 2 new",
    ]
    assert grade()[3] == {}
    assert scores_in(course) == {"ada": 0, "bob": 5, "cy": 3, "di": 2, "ed": 2}
    assert grade("--diff")[1].strip() == "mini: 0 of 5 scores would change"


def test_diff_without_a_gradebook_makes_none(course, grade):
    code, out, _, _ = grade("--diff")
    assert code == 0 and out.count("new") == 4
    left = {path.name for path in course.root.iterdir()}
    assert left == {"source", "grading", "submitted", "results", "nbgrader_config.py"}


def test_diff_tells_what_could_not_be_graded(course, grade):
    hand_in(course.root, "ada", "fault")
    code, _, err, _ = grade("--diff")
    assert code == 2 and "1 submission(s) could not be graded" in err


def test_options_that_contradict_each_other(grade, tmp_path):
    for options in (["--diff", "--json", tmp_path / "x"], ["maxi", "--json", tmp_path / "x"]):
        code, _, err, _ = grade(*options)
        assert code == 2 and "--json" in err and len(err.splitlines()) == 1
    code, _, err, _ = grade("--jobs", "2", "--scheduler", "tcp://127.0.0.1:1")
    assert code == 2 and "--jobs" in err and len(err.splitlines()) == 1


def test_a_database_that_needs_another_package_is_told_so(grade, monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    code, _, err, _ = grade("--db", "postgresql+psycopg://ann:secret@127.0.0.1/x")
    assert code == 2 and "psycopg" in err and len(err.splitlines()) == 1
    assert "secret" not in err


def test_formgraders_notebooks_follow_the_last_result(course, grade):
    shown = course.autograded_path("ada", "mini")
    grade()
    first = shown.read_text()
    hand_in(course.root, "ada", "1")
    grade()
    assert "return '1'" in shown.read_text()
    hand_in(course.root, "ada", SCORES["ada"])
    grade()
    assert shown.read_text() == first
    shown.write_text("{}")
    grade()
    assert shown.read_text() == first


def test_formgraders_notebooks_hold_no_html(course, grade):
    notebook = mini.submission(scale("012"))
    display = {"output_type": "display_data", "metadata": {}, "data": {"text/html": "<script>"}}
    notebook.cells[3].outputs = [display]
    mini.write(course.root / "submitted/ada/mini/mini.ipynb", notebook)
    grade()
    stored = [path.read_text() for path in (course.results_folder / "mini").glob("*.json")]
    assert any("<script>" in text for text in stored)
    assert "<script>" not in course.autograded_path("ada", "mini").read_text()


def test_the_report_is_small_and_feedback_shows_the_work_all_the_same(course, run, grade):
    grade()
    report = course.report_path("mini")
    assert "def scale" not in report.read_text()
    assert run("feedback", "mini")[0] == 0
    page = course.feedback_path("bob", "mini").read_text()
    assert "BEGIN SOLUTION" in page
    for path in (course.results_folder / "mini").glob("*.json"):
        path.unlink()
    code, _, err, _ = run("feedback", "mini")
    assert code == 2 and "run `autograder grade mini` again" in err


def test_a_class_is_read_when_it_is_asked_for(course):
    path = course.root / "submitted/bob/mini/mini.ipynb"
    with find_submissions(course.root / "submitted", "mini") as submissions:
        assert len(submissions) == 4
        path.write_text("<html>")
        assert [bool(each.rejection) for each in submissions] == [False, True, False, False]


def test_an_archive_of_a_class_is_open_as_long_as_it_is_needed(course, tmp_path):
    place = tmp_path / "class.zip"
    with zipfile.ZipFile(place, "w") as archive:
        for path in (course.root / "submitted").rglob("mini.ipynb"):
            archive.write(path, path.relative_to(course.root / "submitted"))
    with find_submissions(place, "mini") as submissions:
        assert [each.rejection for each in submissions] == [None] * 4
    assert "damaged" in submissions[0].rejection


@pytest.fixture
def written(course, run):
    """A result in the gradebook; two students, so that one cannot be taken for the other."""
    with GradebookWriter(course.gradebook_url, EXERCISE) as writer:
        for student in ("ada", "bob"):
            writer.write(result(student, "01"))


def result(student: str, numbers: str) -> SubmissionResult:
    notebook = json.dumps(mini.submission(scale(numbers))).encode()
    return half(Job(EXERCISE, student, notebook, "sample", threads=1))


def test_the_gradebook_holds_what_was_written_and_nothing_else(course, written):
    standing = Standing(course.gradebook_url, EXERCISE)
    assert standing.holds(result("ada", "01"))
    assert not standing.holds(result("ada", "0"))
    assert not standing.holds(result("cy", "01"))
    assert not standing.holds(without_run("ada", 8, "rejected", "empty"))


def test_what_a_person_gave_decides_over_what_a_result_changes(course, written):
    with Gradebook(course.gradebook_url) as gradebook:
        overruled = gradebook.find_grade("check-scale", "mini", "mini", "ada")
        overruled.manual_score, overruled.extra_credit = 1.0, 0.5
        gradebook.db.commit()
    standing = Standing(course.gradebook_url, EXERCISE)
    assert standing.holds(result("ada", "01"))
    assert standing.change(result("ada", "1")) is None
    change = standing.change(result("ada", "02"))
    assert (change.before, change.after) == (3.5, 4.5)
    assert change.checks == (("check-same", 2.0, 0.0), ("check-scale-hidden", 0.0, 3.0))


def test_a_gradebook_that_cannot_be_read_is_told_without_its_password(tmp_path):
    (tmp_path / "damaged.db").write_text("this is not a database, and long enough for it " * 10)
    with pytest.raises(UserError, match="cannot be read"):
        Standing(f"sqlite:///{tmp_path}/damaged.db", EXERCISE)
    with pytest.raises(UserError, match="cannot be read") as told:
        Standing("postgresql+psycopg://ann:secret@127.0.0.1:1/x", EXERCISE)
    assert "secret" not in str(told.value) and len(str(told.value).splitlines()) == 1


def test_a_gradebook_that_cannot_be_written_is_told_without_its_password():
    with pytest.raises(UserError, match="cannot be opened") as told:
        GradebookWriter("postgresql+psycopg://ann:secret@127.0.0.1:1/x", EXERCISE)
    assert "secret" not in str(told.value) and len(str(told.value).splitlines()) == 1
