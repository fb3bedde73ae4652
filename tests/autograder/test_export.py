"""Points for other systems: what each of them documents that it takes, from a class with every kind of student."""

import csv
import io
import json
import xml.etree.ElementTree as ET

import pytest
from nbgrader.api import Gradebook
from typer.testing import CliRunner

from autograder.cli import app
from autograder.course import Course
from autograder.errors import UserError
from autograder.files import write_atomically
from autograder.record import GradebookWriter
from autograder.results import CheckResult, ExerciseReport, SubmissionResult
from tests.autograder import mini

GOOD, HALF, LATE = "Ana Silva_101", "silvaben_102", "=SUM(A1:A9)"


def result_of(
    exercise, student: str, lost: set[str] = frozenset(), reason: str | None = None
) -> SubmissionResult:
    checks = tuple(
        CheckResult(
            id=check.id,
            points=0.0 if check.manual or check.id in lost else check.max_points,
            max_points=check.max_points,
            status="manual" if check.manual else "failed" if check.id in lost else "passed",
            message="expected 4 < 5, got \x00 & 'é'" if check.id in lost else "",
        )
        for check in exercise.checks
    )
    return SubmissionResult(
        student=student, score=sum(check.points for check in checks), max_score=exercise.max_score,
        status="rejected" if reason else "graded", reason=reason, checks=() if reason else checks, seconds=2.5,
    )  # fmt: skip


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Course:
    """Four students: with all points, some of them by hand; with fewer; rejected; and not graded by a fault of ours."""
    root = mini.write_course(tmp_path_factory.mktemp("course"))
    course = Course(root, root)
    exercise = course.exercise("mini")
    first = exercise.checks[0].id
    results = (
        result_of(exercise, GOOD),
        result_of(exercise, HALF, lost={first}),
        result_of(exercise, LATE, reason="This is not a notebook."),
        SubmissionResult(student="nobody", score=0, max_score=exercise.max_score, status="failed"),
    )
    with GradebookWriter(course.gradebook_url, exercise) as gradebook:
        for result in results:
            gradebook.write(result)
    (by_hand,) = [check for check in exercise.checks if check.manual]
    with Gradebook(course.gradebook_url) as gradebook:
        gradebook.find_grade(by_hand.id, "mini", "mini", GOOD).manual_score = by_hand.max_points
        gradebook.db.commit()
    report = ExerciseReport(exercise="mini", results=results)
    write_atomically(course.report_path("mini"), report.model_dump_json())
    return course


@pytest.fixture
def export(course, tmp_path):
    def run(to: str, *options: object):
        command = [
            "export",
            "mini",
            "--to",
            to,
            "--course",
            course.root,
            "--output",
            course.output,
            *options,
        ]
        result = CliRunner().invoke(app, [*map(str, command)])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result

    return run


def table(path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_csv_has_every_check_and_points_given_by_hand(course, export):
    export("csv")
    exercise = course.exercise("mini")
    good, half, late = table(course.root / "exports/mini-csv.csv")
    assert list(good) == [
        "student",
        "status",
        "score",
        "max_score",
        *(check.id for check in exercise.checks),
    ]
    assert float(good["score"]) == float(good["max_score"]) == exercise.max_score
    assert all(float(good[check.id]) == check.max_points for check in exercise.checks)
    first, by_hand = exercise.checks[0], next(check for check in exercise.checks if check.manual)
    assert float(half["score"]) == exercise.max_score - first.max_points - by_hand.max_points
    assert (half[first.id], late["status"], late["score"]) == ("0", "rejected", "0")
    assert late["student"] == f"'{LATE}"  # a spreadsheet would compute it


CANVAS = """\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Homework 1 (55)
    Points Possible,,,,,10
"Silva, Ana",101,,ana,One,7
"Silva, Ben",102,,ben,One,
"Silva, Cy",103,,cy,One,3
"""


def test_canvas_gets_its_own_file_with_one_column_for_the_exercise(course, export, tmp_path):
    roster = tmp_path / "canvas.csv"
    roster.write_text(CANVAS, encoding="utf-8")
    answer = export("canvas", "--roster", roster, "--file", tmp_path / "out.csv")
    exercise = course.exercise("mini")
    lines = list(csv.reader(io.StringIO((tmp_path / "out.csv").read_text(encoding="utf-8"))))
    assert lines[0] == [
        "Student",
        "ID",
        "SIS User ID",
        "SIS Login ID",
        "Section",
        exercise.grading.title,
    ]
    assert lines[1][0].strip() == "Points Possible" and float(lines[1][-1]) == exercise.max_score
    scores = {line[1]: line[-1] for line in lines[2:]}
    assert (
        float(scores["101"]) == exercise.max_score and 0 < float(scores["102"]) < exercise.max_score
    )
    assert scores["103"] == ""  # who handed in nothing keeps what Canvas has
    assert LATE in answer.stderr and "2 students" in answer.stdout


MOODLE = """Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,Feedback comments
Participant 101,Ana Silva,a@example.org,Submitted,,{maximum},Yes,
Participant 200,silvaben_102,b@example.org,Submitted,,{maximum},Yes,
Participant 201,Cy Silva,c@example.org,No submission,,{maximum},Yes,kept
"""


def test_moodle_gets_its_worksheet_filled_in(course, export, tmp_path):
    exercise = course.exercise("mini")
    roster = tmp_path / "moodle.csv"
    roster.write_text(MOODLE.format(maximum=f"{exercise.max_score:.2f}"), encoding="utf-8")
    export("moodle", "--roster", roster, "--file", tmp_path / "out.csv")
    ana, ben, cy = table(tmp_path / "out.csv")
    assert float(ana["Grade"]) == exercise.max_score and ana["Feedback comments"] == "all points"
    assert 0 < float(ben["Grade"]) < exercise.max_score
    assert exercise.checks[0].id in ben["Feedback comments"]
    assert (cy["Grade"], cy["Feedback comments"]) == ("", "kept")
    assert list(ana) == MOODLE.splitlines()[0].split(",")


def test_gradescope_gets_what_its_documentation_asks_for(course, export, tmp_path):
    export("gradescope", "--file", tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {GOOD, HALF, LATE}
    document = json.loads((tmp_path / HALF / "results.json").read_text(encoding="utf-8"))
    exercise = course.exercise("mini")
    assert document["score"] == sum(test["score"] for test in document["tests"])
    assert document["execution_time"] == 2.5
    first = document["tests"][0]
    assert first["name"] == exercise.checks[0].id and first["status"] == "failed"
    assert (first["score"], first["max_score"]) == (0, exercise.checks[0].max_points)
    assert first["output_format"] == "text" and "expected 4 < 5" in first["output"]
    assert all(test["status"] in ("passed", "failed") for test in document["tests"])
    rejected = json.loads((tmp_path / LATE / "results.json").read_text(encoding="utf-8"))
    assert (rejected["score"], rejected["tests"]) == (0, [])
    assert rejected["output"] == "This is not a notebook."


def test_junit_counts_what_it_lists(course, export, tmp_path):
    export("junit", "--file", tmp_path / "out.xml")
    root = ET.parse(tmp_path / "out.xml").getroot()  # noqa: S314 - our own file
    assert root.tag == "testsuites"
    suites = {suite.get("name"): suite for suite in root}
    assert set(suites) == {GOOD, HALF, LATE}
    for suite in suites.values():
        cases = suite.findall("testcase")
        assert int(suite.get("tests")) == len(cases)
        assert int(suite.get("failures")) == len(suite.findall("testcase/failure"))
        assert int(suite.get("errors")) == len(suite.findall("testcase/error"))
        assert float(suite.get("time")) >= 0
        assert all(case.get("name") and case.get("classname") == "mini" for case in cases)
    assert suites[GOOD].get("failures") == "0" and suites[LATE].get("errors") == "1"
    assert "expected 4 < 5, got ? & 'é'" in suites[HALF].find("testcase/failure").get("message")


@pytest.mark.parametrize(
    ("to", "roster", "message"),
    [
        ("canvas", None, "fills in the file that Canvas exports"),
        ("csv", CANVAS, "takes no --roster"),
        ("canvas", "a,b\n1,2\n", "no columns Student and ID"),
        ("moodle", "a,b\n1,2\n", "no columns Identifier"),
        ("moodle", MOODLE.format(maximum="100"), "set its maximum grade"),
        ("canvas", CANVAS.replace("10", "99"), "none of the graded students"),
    ],
)
def test_mistakes_are_told_and_nothing_is_written(export, tmp_path, to, roster, message):
    options = []
    if roster is not None:
        (tmp_path / "roster.csv").write_text(roster, encoding="utf-8")
        options = ["--roster", tmp_path / "roster.csv"]
    with pytest.raises(UserError, match=message):
        export(to, *options, "--file", tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


def test_two_people_of_one_name_are_not_guessed_apart(export, tmp_path):
    twins = CANVAS.replace("101", "111").replace("Silva, Ana", GOOD).replace("Silva, Cy", GOOD)
    (tmp_path / "roster.csv").write_text(twins, encoding="utf-8")
    answer = export("canvas", "--roster", tmp_path / "roster.csv", "--file", tmp_path / "out.csv")
    assert GOOD in answer.stderr
