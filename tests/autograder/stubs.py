"""In the place of grading: workers that do what a submission tells them, and count what runs."""

import json
import os
import signal
import time
from collections import Counter
from concurrent.futures import Future
from pathlib import Path

from autograder.exercise import Exercise, grade_id
from autograder.grading import Job
from autograder.intake import RejectedError, read_notebook
from autograder.results import CheckResult, SubmissionResult, without_run
from tests.autograder import mini

EXERCISE = Exercise("mini", json.dumps(mini.instructor_notebook()), mini.GRADING)


def told_job(log: Path, student: str, does: str = "", go: Path | None = None) -> Job:
    """A job for :func:`obey`: scores 1, waits for ``go``, scores nothing; kills its worker or fails, once or always."""
    told = {"log": str(log), "does": does, "go": str(go)}
    return Job(EXERCISE, student, json.dumps(told).encode(), "sample", threads=1)


def obey(job: Job) -> SubmissionResult:
    """Does what the job says, after a line in its log."""
    told = json.loads(job.content)
    log = Path(told["log"], job.student)
    with log.open("a") as file:
        file.write(f"{os.getpid()}\n")
    while told["does"] == "wait" and not Path(told["go"]).exists():
        time.sleep(0.05)
    is_first = len(log.read_text().split()) == 1
    if told["does"] == "kill always" or (told["does"] == "kill once" and is_first):
        os.kill(os.getpid(), signal.SIGKILL)
    if told["does"] == "fail always" or (told["does"] == "fail once" and is_first):
        return without_run(job.student, 1, "failed", "no kernel")
    score = 0.0 if told["does"] == "score nothing" else 1.0
    return SubmissionResult(student=job.student, score=score, max_score=1, status="graded")


def obey_with(software: str, job: Job) -> SubmissionResult:
    """As :func:`autograder.workers.cluster.grade_with`."""
    return obey(job)


def runs_of(log: Path) -> dict[str, int]:
    """How often each student's submission ran."""
    return {path.name: len(path.read_text().split()) for path in log.iterdir()}


class NoStore:
    """A store that never knows anything."""

    def find(self, job: Job) -> None:
        return None

    def keep(self, job: Job, result: SubmissionResult) -> None:
        pass


def half(job: Job) -> SubmissionResult:
    """A check passes where the student's first solution has its number in it; "fault" is a fault of the machine's."""
    try:
        notebook = read_notebook(job.content)
    except RejectedError as rejected:
        return without_run(job.student, job.exercise.max_score, "rejected", str(rejected))
    source = "".join(cell.source for cell in notebook.cells if grade_id(cell) == "scale")
    if "fault" in source:
        return without_run(job.student, job.exercise.max_score, "failed", "no kernel")
    checks = tuple(
        CheckResult(
            id=check.id,
            points=0.0 if check.manual or str(number) not in source else check.max_points,
            max_points=check.max_points,
            status="manual" if check.manual else "passed" if str(number) in source else "failed",
        )
        for number, check in enumerate(job.exercise.checks)
    )
    return SubmissionResult(
        student=job.student,
        score=sum(check.points for check in checks),
        max_score=job.exercise.max_score,
        status="graded",
        seconds=0.1,
        checks=checks,
        notebook=job.content.decode(),
    )


class InProcess:
    """Workers without processes; they count what runs, by exercise."""

    slots, threads = 2, 1

    def __init__(self) -> None:
        self.ran: Counter[str] = Counter()

    def __enter__(self) -> "InProcess":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def submit(self, job: Job) -> Future[SubmissionResult]:
        self.ran[job.exercise.name] += 1
        future: Future[SubmissionResult] = Future()
        future.set_result(half(job))
        return future

    def renew(self) -> None:
        pass
