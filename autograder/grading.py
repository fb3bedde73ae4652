"""Grading one submission: a pure function of bytes, so that any worker anywhere can run it."""

import time
from dataclasses import dataclass

import nbformat

from autograder.execute import Run, execute
from autograder.exercise import Exercise
from autograder.intake import RejectedError, notes_on, read_notebook
from autograder.ledger import Ledger, worst_of_runs
from autograder.rebuild import rebuild
from autograder.results import SubmissionResult, without_run


@dataclass(frozen=True)
class Job:
    """Everything that decides a result, and how it is come by (``threads``, ``warm``)."""

    exercise: Exercise
    student: str
    content: bytes
    profile: str
    threads: int
    sandboxed: bool = False
    warm: bool = True


def grade_submission(job: Job) -> SubmissionResult:
    """Runs one submission under every variant of its exercise.

    A fault that is not the student's gives the status "failed" and no score to record.
    """
    started = time.monotonic()
    try:
        submission = read_notebook(job.content)
    except RejectedError as rejected:
        return without_run(job.student, job.exercise.max_score, "rejected", str(rejected))
    grading = job.exercise.grading
    runs, problems, executed = [], [], None
    for variant in grading.variants:
        run = Run(Ledger(job.exercise.checks), grading.limits)
        try:
            notebook = execute(
                rebuild(job.exercise.notebook, submission),
                run,
                variant.parameters_for(job.student, job.profile),
                grading.checker,
                job.threads,
                sandboxed=job.sandboxed,
                warm=job.warm,
            )
        except (
            Exception
        ) as error:  # whatever breaks here is ours, and one fault must not stop a class
            reason = f"the grader failed: {type(error).__name__}: {error}"
            return without_run(job.student, job.exercise.max_score, "failed", reason)
        runs.append((variant.name, run.ledger.results()))
        problems += [problem for problem in run.problems if problem not in problems]
        executed = executed or nbformat.writes(notebook)
    checks = worst_of_runs(runs)
    return SubmissionResult(
        student=job.student,
        score=sum(check.points for check in checks),
        max_score=job.exercise.max_score,
        status="graded",
        seconds=round(time.monotonic() - started, 2),
        checks=checks,
        notes=notes_on(submission, job.exercise.notebook),
        problems=tuple(problems),
        notebook=executed,
    )
