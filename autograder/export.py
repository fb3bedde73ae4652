"""Export: a class's points, those given by hand included, in the forms that other systems take.

Canvas and Moodle know their students by numbers of their own. So they are not given a new table: the one that they
export is filled in. A student is found in it by the number in the names of the files that it delivered, or by name.
"""

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from autograder.errors import UserError
from autograder.exercise import Exercise
from autograder.intake.names import alike
from autograder.results import CheckResult, ExerciseReport, SubmissionResult
from autograder.standing import Standing

NUMBER_AT_THE_END = re.compile(r"_([0-9]+)$")
NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")
A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
CANVAS_NAMES = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
CANVAS_POINTS_ROW = "Points Possible"
MOODLE_NUMBER = re.compile(r"([0-9]+)$")


class Form(StrEnum):
    """What takes the points."""

    csv = "csv"
    canvas = "canvas"
    moodle = "moodle"
    gradescope = "gradescope"
    junit = "junit"


@dataclass(frozen=True)
class Row:
    """One student: the final points of each check, and what was said about them."""

    result: SubmissionResult
    points: dict[str, float]
    score: float

    @property
    def student(self) -> str:
        return self.result.student

    def checks(self) -> Iterator[tuple[CheckResult, float]]:
        for check in self.result.checks:
            yield check, self.points.get(check.id, check.points)


def final_rows(report: ExerciseReport, standing: Standing) -> list[Row]:
    """The last grading's students with the gradebook's points; without those that could not be graded."""
    rows = []
    for result in report.results:
        if result.status != "failed":
            points = standing.points(result.student)
            score = standing.score(result.student)
            rows.append(Row(result, points, result.score if score is None else score))
    return rows


def as_csv(exercise: Exercise, rows: list[Row]) -> str:
    """A row for each student, a column for each check."""
    names = [check.id for check in exercise.checks]
    table = [["student", "status", "score", "max_score", *names]]
    for row in rows:
        student = f"'{row.student}" if row.student.startswith(A_FORMULA) else row.student
        points = [f"{row.points.get(name, 0.0):g}" for name in names]
        table.append(
            [student, row.result.status, f"{row.score:g}", f"{exercise.max_score:g}", *points]
        )
    return _csv(table)


def as_canvas(exercise: Exercise, rows: list[Row], roster: str) -> tuple[str, list[str]]:
    """Canvas's own gradebook file with a column for the exercise, and the students that are not in it.

    Raises:
        UserError: the roster is not what Canvas exports.
    """
    table = list(csv.DictReader(io.StringIO(roster)))
    header = [name for name in CANVAS_NAMES if table and name in table[0]]
    if not {"Student", "ID"} <= set(header):
        raise UserError(
            "this is no gradebook that Canvas exported: it has no columns Student and ID"
        )
    column = exercise.grading.title
    filled = [[*header, column]]
    students = []
    for line in table:
        if line["Student"].strip() == CANVAS_POINTS_ROW:
            filled.append([*(line[name] for name in header), f"{exercise.max_score:g}"])
        elif line["ID"]:
            students.append(line)
    if len(filled) == 1:
        filled.append(
            [f"    {CANVAS_POINTS_ROW}", *[""] * (len(header) - 1), f"{exercise.max_score:g}"]
        )
    keys = [
        lambda line: line["ID"],
        *(_column(name) for name in ("SIS Login ID", "SIS User ID", "Student")),
    ]
    matched, missing = _matched(rows, students, keys)
    for line in students:
        row = matched.get(id(line))
        filled.append([*(line[name] for name in header), "" if row is None else f"{row.score:g}"])
    return _csv(filled), missing


def as_moodle(exercise: Exercise, rows: list[Row], roster: str) -> tuple[str, list[str]]:
    """Moodle's own grading worksheet with grades and comments, and the students that are not in it.

    Raises:
        UserError: the roster is not what Moodle exports, or counts other points.
    """
    reader = csv.DictReader(io.StringIO(roster))
    students, header = list(reader), list(reader.fieldnames or ())
    if not {"Identifier", "Full name", "Grade"} <= set(header):
        raise UserError(
            "this is no grading worksheet of Moodle's: it has no columns Identifier, Full name and Grade "
            "(in the assignment's settings, tick Offline grading worksheet; then Download grading worksheet)"
        )
    for line in students:
        maximum = line.get("Maximum Grade") or f"{exercise.max_score:g}"
        if float(maximum.replace(",", ".")) != exercise.max_score:
            raise UserError(
                f"in Moodle the assignment has {maximum} points, the exercise {exercise.max_score:g}; "
                "set its maximum grade to those first"
            )
    keys = [
        lambda line: getattr(MOODLE_NUMBER.search(line["Identifier"]), "group", lambda _: "")(1),
        *(_column(name) for name in ("ID number", "Email address", "Full name")),
    ]
    matched, missing = _matched(rows, students, keys)
    for line in students:
        if row := matched.get(id(line)):
            line["Grade"] = f"{row.score:g}"
            if "Feedback comments" in header:
                line["Feedback comments"] = _comment(row)
    return _csv([header, *([line[name] for name in header] for line in students)]), missing


def as_gradescope(row: Row) -> str:
    """What a Gradescope autograder leaves as ``results.json``."""
    tests = [
        {
            "name": check.id,
            "score": points,
            "max_score": check.max_points,
            "status": "passed" if points >= check.max_points else "failed",
            "output": check.message,
            "output_format": "text",
        }
        for check, points in row.checks()
    ]
    reason = {"output": row.result.reason, "output_format": "text"} if row.result.reason else {}
    document = {"score": row.score, "execution_time": row.result.seconds, **reason, "tests": tests}
    return json.dumps(document, indent=1, ensure_ascii=False)


def as_junit(exercise: Exercise, rows: list[Row]) -> str:
    """A test suite for each student, a test case for each check."""
    suites = ET.Element("testsuites", name=exercise.name)
    for row in rows:
        checks = list(row.checks())
        lost = [check for check, points in checks if points < check.max_points]
        suite = ET.SubElement(
            suites, "testsuite", name=_xml(row.student), tests=str(max(len(checks), 1)),
            failures=str(len(lost)), errors="0" if checks else "1", time=f"{row.result.seconds:.3f}",
        )  # fmt: skip
        if not checks:
            case = ET.SubElement(
                suite, "testcase", classname=exercise.name, name="submission", time="0"
            )
            ET.SubElement(case, "error", message=_xml(row.result.reason or row.result.status))
        for check, points in checks:
            case = ET.SubElement(
                suite, "testcase", classname=exercise.name, name=check.id, time="0"
            )
            if check in lost:
                said = f"{points:g} of {check.max_points:g} points: {check.message or check.status}"
                ET.SubElement(case, "failure", message=_xml(said), type=check.status)
    ET.indent(suites)
    return ET.tostring(suites, encoding="unicode", xml_declaration=True) + "\n"


Key = Callable[[dict[str, str]], str]


def _column(name: str) -> Key:
    return lambda line: line.get(name) or ""


def _matched(
    rows: list[Row], lines: list[dict[str, str]], keys: list[Key]
) -> tuple[dict[int, Row], list[str]]:
    """Rows by the identity of the line that is theirs. The first key is the system's own number."""
    number, *names = keys
    by_number = {number(line): line for line in lines if number(line)}
    found: dict[int, Row] = {}
    missing = []
    for row in rows:
        ending = NUMBER_AT_THE_END.search(row.student)
        line = by_number.get(ending[1] if ending else row.student)
        if line is None:
            line = _only_one(lines, names, row.student)
        if line is None:
            missing.append(row.student)
        else:
            found[id(line)] = row
    if rows and not found:
        raise UserError("none of the graded students is in this file; is it of the same class?")
    return found, missing


def _only_one(lines: list[dict[str, str]], names: list[Key], student: str) -> dict[str, str] | None:
    """The line that one of the names fits, where it fits no other: two people may share a name."""
    for name in names:
        fitting = [line for line in lines if name(line) and alike(name(line)) == alike(student)]
        if len(fitting) == 1:
            return fitting[0]
    return None


def _comment(row: Row) -> str:
    if row.result.reason:
        return row.result.reason
    lost = [check.id for check, points in row.checks() if points < check.max_points]
    return f"points lost in: {', '.join(lost)}" if lost else "all points"


def _xml(text: str) -> str:
    return NOT_IN_XML.sub("?", text)


def _csv(table: list[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(table)
    return text.getvalue()


def read_roster(path: Path) -> str:
    """A CSV file as spreadsheets and learning management systems write it, with or without a byte order mark."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise UserError(f"there is no {path}") from None
    except UnicodeDecodeError:
        raise UserError(f"{path} is not UTF-8; export it as CSV (UTF-8)") from None
