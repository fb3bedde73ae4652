"""The command line: ``autograder --help``."""

import sys
from contextlib import ExitStack
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.text import Text

from autograder.check import check_notebook
from autograder.classes import ClassGrading
from autograder.course import Course, find_course
from autograder.database import require_driver
from autograder.devices import find_devices
from autograder.doctor import examine
from autograder.errors import StoppedError, UserError
from autograder.export import (
    Form,
    as_canvas,
    as_csv,
    as_gradescope,
    as_junit,
    as_moodle,
    final_rows,
    read_roster,
)
from autograder.feedback import STATUS_WORDS, feedback_page
from autograder.files import write_atomically
from autograder.intake import Submissions, find_submissions
from autograder.isolation import isolates
from autograder.record import GradebookWriter
from autograder.release import release as release_exercise
from autograder.results import ExerciseReport, SubmissionResult
from autograder.standing import Standing
from autograder.store import ResultStore
from autograder.tables import print_changes, print_record, print_scores
from autograder.verify.claims import read_claims
from autograder.verify.notebooks import commit_of, find_notebooks
from autograder.verify.record import make_record
from autograder.verify.run import run_notebooks
from autograder.workers import ClusterWorkers, LocalWorkers, available_cores

EXIT_OUT_OF_BAND = 1
EXIT_USER_ERROR = 2
EXIT_INTERRUPTED = 130

app = typer.Typer(
    help="Grades a class of notebooks with one command.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


class Profile(StrEnum):
    """Size of the data."""

    sample = "sample"
    full = "full"


class Sandbox(StrEnum):
    """How much isolation of student code is asked for."""

    require = "require"
    best = "best"
    off = "off"


CourseOption = Annotated[
    Path | None, typer.Option(help="Course folder; default: the one at or above this folder.")
]
OutputOption = Annotated[
    Path | None,
    typer.Option(help="Folder for results, gradebook and feedback; default: the course."),
]
ProfileOption = Annotated[Profile, typer.Option(help="Small data that comes along, or full size.")]
DatabaseOption = Annotated[
    str | None,
    typer.Option("--db", help="Gradebook URL; default: gradebook.db in the output folder."),
]


@app.command()
def release(
    exercises: Annotated[list[str] | None, typer.Argument(help="Default: all.")] = None,
    course: CourseOption = None,
) -> None:
    """Makes the students' versions in the course's release folder."""
    found = find_course(course)
    for name in exercises or found.exercise_names():
        release_exercise(found, name)
        out.print(Text(f"released {found.release_folder / name}"))


@app.command()
def check(
    notebook: Annotated[Path, typer.Argument(help="Your notebook.")],
    course: CourseOption = None,
    profile: ProfileOption = Profile.sample,
) -> None:
    """Runs the visible checks on your notebook and tells the points so far."""
    report = check_notebook(notebook, course, profile.value, available_cores())
    for problem in report.problems:
        out.print(Text(f"error in {problem}", style="red"))
    for result in report.visible:
        mark = Text("✓ " if result.status == "passed" else "✗ ")
        mark.stylize("green" if result.status == "passed" else "red")
        out.print(mark + Text(f"{result.id} ({result.points:g} of {result.max_points:g})"))
        if result.status != "passed":
            out.print(Text(f"    {result.message or STATUS_WORDS[result.status]}"))
    left = f"hidden checks decide over {report.hidden_points:g} more"
    if report.manual_points:
        left += f", a person over {report.manual_points:g}"
    so_far = f"{report.points:g} of {report.visible_points:g} points in the visible checks"
    out.print(Text(f"\n{so_far} (against {report.against}); {left}."))


@app.command()
def grade(
    exercises: Annotated[list[str], typer.Argument(help="Exercises to grade.")],
    course: CourseOption = None,
    submissions: Annotated[
        Path | None,
        typer.Option(
            help="Folder of submissions, zip or tar of one, or a notebook; default: submitted in the course."
        ),
    ] = None,
    output: OutputOption = None,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Submissions at a time; default: the cores here.")
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(help="Grade on the Dask cluster with this address, e.g. tcp://host:8786."),
    ] = None,
    db: DatabaseOption = None,
    profile: ProfileOption = Profile.sample,
    json: Annotated[
        Path | None, typer.Option(help="Write results here, one JSON document an exercise.")
    ] = None,
    sandbox: Annotated[Sandbox, typer.Option(help="Isolation of student code.")] = Sandbox.require,
    diff: Annotated[
        bool,
        typer.Option("--diff", help="Only tell whose score would change, against the gradebook."),
    ] = False,
) -> None:
    """Grades submissions into the gradebook. Exit 0 when every one was processed, whatever the scores."""
    sandboxed, warning = isolates(sandbox.value)
    if warning:
        err.print(Text(f"note: {warning}", style="yellow"))
    if json is not None and (len(set(exercises)) > 1 or diff):
        raise UserError(
            "--json takes the results of one exercise; grade them one at a time, without --diff"
        )
    if jobs is not None and scheduler is not None:
        raise UserError("--jobs is for this machine; a cluster has as many as it has workers")
    found = find_course(course, output)
    loaded = [found.exercise(name) for name in dict.fromkeys(exercises)]
    folder = submissions or found.submissions_folder
    gradebook = _gradebook_url(found, db)
    with ExitStack() as stack:
        classes = [
            (exercise, stack.enter_context(_submissions(folder, exercise.name)))
            for exercise in loaded
        ]
        workers = stack.enter_context(
            ClusterWorkers(scheduler, sandboxed)
            if scheduler
            else LocalWorkers(min(jobs or available_cores(), max(len(c) for _, c in classes)))
        )
        failed = 0
        for exercise, handed_in in classes:
            grading = ClassGrading(
                found, exercise, handed_in, workers, gradebook, profile.value, sandboxed, err
            )
            failed += _tell_changes(grading) if diff else _grade_class(grading, json)
    if failed:
        raise UserError(
            f"{failed} submission(s) could not be graded; run the command again for them"
        )


def _submissions(folder: Path, exercise: str) -> Submissions:
    found = find_submissions(folder, exercise)
    if not found:
        raise UserError(
            f"{folder} holds no submission of {exercise}; expected "
            f"<student>/{exercise}/{exercise}.ipynb, or what Moodle or Canvas delivers"
        )
    return found


def _gradebook_url(course: Course, db: str | None) -> str:
    if db is None:
        return course.gradebook_url
    require_driver(db)
    return db


def _grade_class(grading: ClassGrading, json: Path | None) -> int:
    report = grading.record()
    if json is not None:
        write_atomically(json, report.to_json() + "\n")
    print_scores(out, report.exercise, report.results)
    return sum(result.status == "failed" for result in report.results)


def _tell_changes(grading: ClassGrading) -> int:
    changes, failed = grading.compare()
    number = f"{len(changes)} of {len(grading.submissions)} scores would change"
    print_changes(out, f"{grading.exercise.name}: {number}", changes)
    return failed


@app.command()
def feedback(
    exercises: Annotated[list[str], typer.Argument(help="Exercises that have been graded.")],
    course: CourseOption = None,
    output: OutputOption = None,
    db: DatabaseOption = None,
) -> None:
    """Writes a feedback page for each student, from the last grading and the manual grades."""
    found = find_course(course, output)
    url = _gradebook_url(found, db)
    for name in dict.fromkeys(exercises):
        exercise = found.exercise(name)
        report = _last_report(found, name)
        store = ResultStore(found.results_folder)
        with GradebookWriter(url, exercise) as gradebook:
            for result in report.results:
                result = _with_notebook(result, report, store)
                page = feedback_page(exercise, result, gradebook.manual_scores(result.student))
                write_atomically(found.feedback_path(result.student, name), page)
        out.print(
            Text(f"{len(report.results)} feedback pages for {name} in {found.output / 'feedback'}")
        )


def _last_report(course: Course, name: str) -> ExerciseReport:
    path = course.report_path(name)
    try:
        return ExerciseReport.model_validate_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UserError(
            f"{name} has not been graded yet: run `autograder grade {name}` first"
        ) from None
    except ValidationError:
        raise UserError(f"{path} is damaged: run `autograder grade {name}` again") from None


def _with_notebook(
    result: SubmissionResult, report: ExerciseReport, store: ResultStore
) -> SubmissionResult:
    if result.student not in report.stored:
        return result
    stored = store.read(report.exercise, report.stored[result.student])
    if stored is None:
        raise UserError(
            f"a stored result of {report.exercise} is gone or damaged: run `autograder grade {report.exercise}` again"
        )
    return result.model_copy(update={"notebook": stored.notebook})


@app.command()
def export(
    exercise: Annotated[str, typer.Argument(help="An exercise that has been graded.")],
    to: Annotated[Form, typer.Option(help="What takes the points.")],
    roster: Annotated[
        Path | None,
        typer.Option(help="For canvas: its exported gradebook. For moodle: its grading worksheet."),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(
            help="Write here; for gradescope a folder. Default: exports in the output folder."
        ),
    ] = None,
    course: CourseOption = None,
    output: OutputOption = None,
    db: DatabaseOption = None,
) -> None:
    """Writes a class's points, those given by hand included, for another system."""
    found = find_course(course, output)
    known = found.exercise(exercise)
    needs_roster = to in (Form.canvas, Form.moodle)
    if needs_roster != (roster is not None):
        raise UserError(
            f"--to {to.value} fills in the file that {to.value.capitalize()} exports: name it with --roster"
            if needs_roster
            else f"--to {to.value} takes no --roster"
        )
    rows = final_rows(_last_report(found, exercise), Standing(_gradebook_url(found, db), known))
    folder = found.output / "exports"
    missing: list[str] = []
    if to == Form.gradescope:
        place = file or folder / f"{exercise}-gradescope"
        for row in rows:
            write_atomically(place / row.student / "results.json", as_gradescope(row))
    else:
        place = file or folder / f"{exercise}-{to.value}.{'xml' if to == Form.junit else 'csv'}"
        if to == Form.csv:
            text = as_csv(known, rows)
        elif to == Form.junit:
            text = as_junit(known, rows)
        else:
            fill_in = as_canvas if to == Form.canvas else as_moodle
            text, missing = fill_in(known, rows, read_roster(roster))
        write_atomically(place, text)
    out.print(Text(f"{len(rows) - len(missing)} students in {place}"))
    if missing:
        err.print(Text(f"note: not in {roster}: {', '.join(missing)}", style="yellow"))


@app.command()
def verify(
    profile: ProfileOption = Profile.sample,
    only: Annotated[
        list[str] | None,
        typer.Option(
            help="A chapter or exercise by name; may be given several times. Default: all."
        ),
    ] = None,
    resume: Annotated[
        bool,
        typer.Option("--resume", help="Leave out what ran to its end and has not changed since."),
    ] = False,
    require_gpu: Annotated[
        bool, typer.Option("--require-gpu", help="Fail where Keras's backend sees no GPU.")
    ] = False,
    json: Annotated[Path | None, typer.Option(help="Write the record here.")] = None,
    book: Annotated[
        Path | None,
        typer.Option(help="Folder with _toc.yml and claims.toml; default: above the course."),
    ] = None,
    course: CourseOption = None,
) -> None:
    """Runs every chapter and every reference solution, and checks every claim of claims.toml."""
    found = find_course(course)
    root = book or found.root.parent
    claims = read_claims(root / "claims.toml")
    notebooks = find_notebooks(root, found, only or [])
    devices = find_devices()
    if devices is None:
        raise UserError("Keras does not import here; `autograder doctor` says more")
    if require_gpu and not devices.gpus:
        raise UserError(f"{devices.backend} sees no GPU here, and --require-gpu asks for one")
    folder = root / "_build" / "verify" / profile.value
    lines = run_notebooks(
        notebooks,
        profile.value,
        available_cores(),
        folder,
        resume,
        lambda line: err.print(Text(line)),
    )
    outcomes = list(lines)
    record = make_record(outcomes, claims, profile.value, commit_of(root), devices)
    write_atomically(json or folder / "record.json", record.model_dump_json(indent=1) + "\n")
    print_record(out, record, claims)
    if not record.is_good:
        raise typer.Exit(EXIT_OUT_OF_BAND)


@app.command()
def doctor() -> None:
    """Tells what this machine can do: versions, GPU, sandbox, data."""
    styles = {"good": "green", "note": "yellow", "bad": "red"}
    findings = examine()
    for finding in findings:
        line = Text(f"{finding.verdict:5}", style=styles[finding.verdict])
        out.print(line + Text(f"{finding.subject}: {finding.text}", style="default"))
    if any(finding.verdict == "bad" for finding in findings):
        raise typer.Exit(1)


def main() -> None:
    """Runs a command; a user's mistake ends in one line and exit code 2."""
    try:
        app()
    except UserError as error:
        err.print(Text(f"autograder: {error}"))
        sys.exit(EXIT_USER_ERROR)
    except OSError as error:
        err.print(Text(f"autograder: {error.filename or ''}: {error.strerror}"))
        sys.exit(EXIT_USER_ERROR)
    except StoppedError as stopped:
        kept = "what is finished is kept, run the command again to go on"
        err.print(Text(f"autograder: stopped ({stopped}); {kept}"))
        sys.exit(EXIT_INTERRUPTED)
