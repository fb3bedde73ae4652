"""The gradebook: one transaction a submission, one writer, and what people wrote into it is kept."""

import json
import re
import signal
import subprocess
import sys

import nbgrader.api
import pytest
from nbgrader.api import Gradebook
from sqlalchemy import event
from sqlalchemy.engine import Engine

from autograder.course import find_course
from autograder.errors import UserError
from autograder.programs import put_own_programs_on_path
from autograder.record import GradebookWriter
from autograder.results import CheckResult, SubmissionResult, without_run
from tests.autograder import mini
from tests.autograder.conftest import run_autograder
from tests.autograder.gradebook import content


@pytest.fixture(scope="module", autouse=True)
def alembic():
    """nbgrader asks a program for this, which takes a second for every new gradebook."""
    with pytest.MonkeyPatch.context() as patch:
        put_own_programs_on_path()
        version = nbgrader.api.get_alembic_version()
        patch.setattr(nbgrader.api, "get_alembic_version", lambda: version)
        yield


@pytest.fixture
def course(tmp_path):
    return find_course(mini.write_course(tmp_path / "course"))


@pytest.fixture
def exercise(course):
    return course.exercise("mini")


@pytest.fixture
def url(course):
    return course.gradebook_url


def result(exercise, student="ada", passed=("check-scale",)):
    checks = tuple(
        CheckResult(
            id=check.id,
            points=check.max_points if check.id in passed else 0.0,
            max_points=check.max_points,
            status="manual" if check.manual else "passed" if check.id in passed else "failed",
        )
        for check in exercise.checks
    )
    score = sum(check.points for check in checks)
    return SubmissionResult(
        student=student, score=score, max_score=8, status="graded", checks=checks
    )


def record(url, exercise, *results):
    with GradebookWriter(url, exercise) as writer:
        for each in results:
            writer.write(each)


def grades_of(url, student="ada"):
    """Automatic points, points given by hand, and whether a person has to look, by check."""
    grades = content(url)["grades"].items()
    return {name: (auto, manual, look) for (_, s, name), (auto, manual, _, look) in grades if s == student}  # fmt: skip


def grade_by_hand(url):
    with Gradebook(url) as gradebook:
        answer = gradebook.find_grade("why", "mini", "mini", "ada")
        answer.manual_score, answer.needs_manual_grade = 1.0, False
        overruled = gradebook.find_grade("check-same", "mini", "mini", "ada")
        overruled.manual_score, overruled.extra_credit = 1.5, 0.5
        gradebook.find_comment("why", "mini", "mini", "ada").manual_comment = "Well put."
        gradebook.db.commit()


def comments_of(url):
    return {name: text for (_, _, name), text in content(url)["comments"].items() if text}


def test_points_by_check_and_what_waits_for_a_person(url, exercise):
    record(url, exercise, result(exercise))
    assert grades_of(url) == {
        "check-scale": (2.0, None, False),
        "check-same": (0.0, None, False),
        "check-scale-hidden": (0.0, None, False),
        "why": (None, None, True),
    }


def test_a_rejected_submission_has_no_points_and_nobody_needs_to_look(url, exercise):
    record(url, exercise, result(exercise))
    record(url, exercise, without_run("ada", 8, "rejected", "empty"))
    assert set(grades_of(url).values()) == {(0.0, None, False)}
    record(url, exercise, result(exercise))
    assert grades_of(url)["why"] == (None, None, True)


def test_a_fault_of_the_machines_leaves_what_was_there(url, exercise):
    record(url, exercise, result(exercise))
    before = content(url)
    record(url, exercise, *(without_run(s, 8, "failed", "no kernel") for s in ("ada", "bob")))
    assert content(url) == before


def test_what_a_person_gave_survives_grading_again(url, exercise):
    record(url, exercise, result(exercise))
    grade_by_hand(url)
    record(url, exercise, result(exercise, passed=("check-same",)))
    grades = grades_of(url)
    assert grades["check-scale"] == (0.0, None, False)
    assert grades["check-same"] == (2.0, 1.5, False)
    assert grades["why"] == (None, 1.0, False)
    assert comments_of(url) == {"why": "Well put."}
    assert content(url)["grades"]["mini", "ada", "check-same"][2] == 0.5
    with GradebookWriter(url, exercise) as writer:
        assert writer.manual_scores("ada") == {"check-same": 1.5, "why": 1.0}
        assert writer.manual_scores("nobody") == {}


def test_what_a_person_gave_survives_a_student_who_is_removed_or_rejected(url, exercise):
    record(url, exercise, result(exercise), result(exercise, "bob"))
    grade_by_hand(url)
    before = grades_of(url)
    record(url, exercise, result(exercise, "bob", passed=()))
    assert grades_of(url) == before
    record(url, exercise, without_run("ada", 8, "rejected", "empty"))
    assert grades_of(url)["why"] == (0.0, 1.0, False)
    assert comments_of(url) == {"why": "Well put."}


def change(course, edit):
    notebook = mini.instructor_notebook()
    edit(notebook)
    mini.write(course.source_path("mini"), notebook)
    return course.exercise("mini")


def test_what_a_person_gave_survives_a_change_of_tests_and_points(course, url, exercise):
    record(url, exercise, result(exercise))
    grade_by_hand(url)

    def edit(notebook):
        cell = notebook.cells[5]
        cell.source, cell.metadata.nbgrader.points = "assert student.scale(1)", 5

    changed = change(course, edit)
    record(url, changed, result(changed))
    assert grades_of(url)["check-scale"] == (5.0, None, False)
    assert grades_of(url)["why"] == (None, 1.0, False)
    assert comments_of(url) == {"why": "Well put."}
    assert ("check-scale", "GradeCell", 5.0) in content(url)["cells"]["mini"]


def remove_one(notebook):
    notebook.cells.pop(6)


def add_one(notebook):
    notebook.cells.append(mini.graded_cell("new", "1", 1))


@pytest.mark.parametrize("edit", [remove_one, add_one])
def test_added_and_removed_cells_are_refused_and_nothing_is_lost(course, url, exercise, edit):
    record(url, exercise, result(exercise))
    grade_by_hand(url)
    before = content(url)
    with pytest.raises(UserError, match="before its cells changed"):
        GradebookWriter(url, change(course, edit))
    assert content(url) == before
    record(url, exercise, result(exercise))
    assert content(url) == before


def test_a_second_grader_is_told_so_in_one_line(url, exercise):
    with GradebookWriter(url, exercise):
        with pytest.raises(UserError, match="another process grades into") as refused:
            GradebookWriter(url, exercise)
        assert "\n" not in str(refused.value)
    record(url, exercise, result(exercise))


HOLDS_ON = """
import sys, time
from pathlib import Path
from autograder.course import find_course
from autograder.record import GradebookWriter
course = find_course(Path(sys.argv[1]))
with GradebookWriter(course.gradebook_url, course.exercise("mini")):
    print("open", flush=True)
    time.sleep(600)
"""


def test_the_lock_dies_with_its_process(course, url, exercise):
    command = [sys.executable, "-c", HOLDS_ON, str(course.root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "open\n"
        mini.write(course.submissions_folder / "ada/mini/mini.ipynb", mini.submission(mini.RIGHT))
        second = run_autograder("grade", "mini", "--course", course.root, "--sandbox", "off")
        assert second.returncode == 2
        assert re.fullmatch("autograder: another process grades into .+\n", second.stderr)
        other.send_signal(signal.SIGKILL)
        other.wait()
        record(url, exercise, result(exercise))
    assert grades_of(url)["check-scale"] == (2.0, None, False)


@pytest.fixture
def no_page_is_left():
    """SQLite finds the disk full as soon as a database has to grow."""

    def limit(connection, _):
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {max(pages, 8)}")

    event.listen(Engine, "connect", limit)
    yield
    event.remove(Engine, "connect", limit)


def one_line(caught, capfd, *parts):
    assert len(str(caught.value).splitlines()) == 1
    for part in parts:
        assert part in str(caught.value)
    assert capfd.readouterr() == ("", "")


def test_a_full_disk_is_told_in_one_line_and_loses_nothing(url, exercise, request, capfd):
    record(url, exercise, result(exercise))
    before = content(url)
    request.getfixturevalue("no_page_is_left")
    with GradebookWriter(url, exercise) as writer, pytest.raises(UserError) as caught:
        for number in range(500):
            writer.write(result(exercise, f"student-{number}"))
    one_line(caught, capfd, "cannot be written", "full")
    after = content(url)
    assert before["grades"].items() <= after["grades"].items()
    assert len(after["grades"]) == 4 * len(after["students"])


def test_a_full_disk_from_the_start(url, exercise, capfd, no_page_is_left):
    with pytest.raises(UserError) as caught:
        GradebookWriter(url, exercise)
    one_line(caught, capfd, "gradebook", "full")


def test_a_gradebook_that_may_not_be_written(url, exercise, capfd):
    record(url, exercise, result(exercise))
    path = url.removeprefix("sqlite:///")
    with pytest.raises(UserError) as caught:
        record(f"sqlite:///file:{path}?mode=ro&uri=true", exercise, result(exercise, passed=()))
    one_line(caught, capfd, "cannot be written", "readonly")


@pytest.mark.parametrize("damage", ["cut short", "overwritten", "empty"])
def test_a_damaged_gradebook(course, url, exercise, capfd, damage):
    record(url, exercise, *(result(exercise, f"student-{number}") for number in range(20)))
    path = course.output / "gradebook.db"
    whole = path.read_bytes()
    damaged = {
        "cut short": whole[: len(whole) // 2],
        "overwritten": whole[:4096] + b"\xa5" * (len(whole) - 4096),
        "empty": b"",
    }[damage]
    path.write_bytes(damaged)
    if damage == "empty":  # SQLite's own way of saying that there is nothing in it yet
        record(url, exercise, result(exercise))
        assert set(content(url)["students"]) == {"ada"}
        return
    with pytest.raises(UserError) as caught:
        record(url, exercise, result(exercise, "student-3"))
    one_line(caught, capfd, "gradebook", "malformed")


def test_nonsense_for_a_gradebook(exercise, tmp_path, capfd):
    absent = "sqlite:////no/such/folder/gradebook.db"
    for url in ("nonsense", absent, f"sqlite:///{tmp_path}", "mongodb://x/y"):
        with pytest.raises(UserError) as caught:
            GradebookWriter(url, exercise)
        one_line(caught, capfd, "cannot be opened", url)


def test_a_new_gradebook_is_whole_from_its_first_moment(course, url, exercise):
    """A run that was killed while it made one leaves these; they must not become part of the next."""
    (course.output / ".gradebook.db.new").write_bytes(b"half")
    (course.output / ".gradebook.db.new-journal").write_bytes(b"half of a journal")
    record(url, exercise, result(exercise))
    assert len(content(url)["version"]) == 1
    left = {path.name for path in course.output.iterdir() if "gradebook" in path.name}
    assert left == {"gradebook.db", "gradebook.db.lock"}


def killed(tmp_path, *arguments):
    command = [sys.executable, "-m", "tests.autograder.killed", arguments[0], str(tmp_path)]
    process = subprocess.run(
        [*command, *map(str, arguments[1:])], capture_output=True, text=True, check=False
    )
    assert process.returncode == 0, process.stderr
    return json.loads(process.stdout)


def test_killed_before_any_change_to_a_file_or_the_gradebook(tmp_path):
    found = killed(tmp_path, "steps", 11)
    assert found["kills"] >= 10
    assert (found["half"], found["different"]) == ([], [])


def test_killed_at_random_times(tmp_path):
    assert killed(tmp_path, "times", 8) == {"kills": 8, "half": 0, "equal": True}
