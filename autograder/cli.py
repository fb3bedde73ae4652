"""The command line: ``autograder --help``."""

import sys
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from autograder.check import check_notebook
from autograder.course import Course, find_course
from autograder.doctor import examine
from autograder.errors import UserError
from autograder.exercise import Exercise
from autograder.feedback import STATUS_WORDS, feedback_page
from autograder.files import write_atomically
from autograder.grading import Job
from autograder.intake import find_submissions
from autograder.record import GradebookWriter
from autograder.release import release as release_exercise
from autograder.results import ExerciseReport, SubmissionResult, without_run
from autograder.sandbox import available
from autograder.store import ResultStore
from autograder.workers import available_cores, grade_all

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
    jobs: Annotated[int, typer.Option(min=1, help="Submissions at a time.")] = available_cores(),
    db: DatabaseOption = None,
    profile: ProfileOption = Profile.sample,
    json: Annotated[
        Path | None, typer.Option(help="Write results here, one JSON document an exercise.")
    ] = None,
    sandbox: Annotated[Sandbox, typer.Option(help="Isolation of student code.")] = Sandbox.require,
) -> None:
    """Grades submissions into the gradebook. Exit 0 when every one was processed, whatever the scores."""
    sandboxed = _isolates(sandbox)
    found = find_course(course, output)
    loaded = [found.exercise(name) for name in dict.fromkeys(exercises)]
    if json is not None and len(loaded) > 1:
        raise UserError("--json takes the results of one exercise; grade them one at a time")
    folder = submissions or found.submissions_folder
    failed = 0
    for exercise in loaded:
        report = _grade_exercise(
            found, exercise, folder, jobs, db or found.gradebook_url, profile, sandboxed
        )
        if json is not None:
            write_atomically(json, report.to_json() + "\n")
        _print_scores(report)
        failed += sum(result.status == "failed" for result in report.results)
    if failed:
        raise UserError(
            f"{failed} submission(s) could not be graded; run the command again for them"
        )


def _isolates(asked: Sandbox) -> bool:
    """Whether student code runs in a sandbox; refuses where it must and cannot."""
    if asked is Sandbox.off:
        return False
    report = available()
    reasons = " ".join(report.missing)
    if not report.ok and asked is Sandbox.require:
        raise UserError(
            f"student code cannot be isolated here, and --sandbox require (the default) asks for it. {reasons} "
            "For code that you trust use --sandbox best or --sandbox off"
        )
    if not report.ok:
        warning = f"note: student code is not isolated, it runs with your rights. {reasons}"
        err.print(Text(warning, style="yellow"))
    return report.ok


def _grade_exercise(
    course: Course,
    exercise: Exercise,
    folder: Path,
    jobs: int,
    db: str,
    profile: Profile,
    sandboxed: bool,
) -> ExerciseReport:
    submissions = list(find_submissions(folder, exercise.name))
    if not submissions:
        raise UserError(
            f"{folder} holds no submission of {exercise.name}; expected "
            f"<student>/{exercise.name}/{exercise.name}.ipynb, or what Moodle or Canvas delivers"
        )
    workers = min(jobs, len(submissions))
    threads = max(1, available_cores() // workers)
    results = [
        without_run(each.student, exercise.max_score, "rejected", each.rejection)
        for each in submissions
        if each.rejection
    ]
    to_grade = [
        Job(exercise, each.student, each.content, profile.value, threads, sandboxed)
        for each in submissions
        if not each.rejection
    ]
    course.output.mkdir(parents=True, exist_ok=True)
    with GradebookWriter(db, exercise) as gradebook:
        for result in results:
            gradebook.write(result)
        for result in _with_progress(
            grade_all(to_grade, ResultStore(course.results_folder), workers),
            exercise.name,
            len(results),
            len(submissions),
        ):
            gradebook.write(result)
            if result.notebook is not None:
                write_atomically(
                    course.autograded_path(result.student, exercise.name), result.notebook
                )
            results.append(result)
    results.sort(key=lambda result: result.student)
    report = ExerciseReport(exercise=exercise.name, results=tuple(results))
    write_atomically(course.report_path(exercise.name), report.model_dump_json())
    return report


def _with_progress(
    results: Iterable[SubmissionResult], name: str, done: int, total: int
) -> Iterable[SubmissionResult]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err) as progress:
        task = progress.add_task(f"grading {name}", completed=done, total=total)
        for result in results:
            progress.advance(task)
            yield result


def _print_scores(report: ExerciseReport) -> None:
    table = Table(title=report.exercise, title_justify="left", box=None, pad_edge=False)
    for column, justify in (
        ("student", "left"),
        ("points", "right"),
        ("status", "left"),
        ("seconds", "right"),
        ("lost", "left"),
    ):
        table.add_column(column, justify=justify, overflow="fold")
    for result in report.results:
        lost = [check.id for check in result.checks if check.points < check.max_points]
        table.add_row(
            Text(result.student),
            f"{result.score:g} of {result.max_score:g}",
            result.status,
            "cached" if result.cached else f"{result.seconds:.1f}",
            Text(result.reason or ", ".join(lost)),
        )
    out.print(table)


@app.command()
def feedback(
    exercises: Annotated[list[str], typer.Argument(help="Exercises that have been graded.")],
    course: CourseOption = None,
    output: OutputOption = None,
    db: DatabaseOption = None,
) -> None:
    """Writes a feedback page for each student, from the last grading and the manual grades."""
    found = find_course(course, output)
    for name in dict.fromkeys(exercises):
        exercise = found.exercise(name)
        report = _last_report(found, name)
        with GradebookWriter(db or found.gradebook_url, exercise) as gradebook:
            for result in report.results:
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
    except KeyboardInterrupt:
        err.print(
            "autograder: stopped; finished submissions are kept, run the command again to go on"
        )
        sys.exit(EXIT_INTERRUPTED)
