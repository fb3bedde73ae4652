"""The schedule: what is known does not run, what runs is bounded, what a machine broke runs once more."""

from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from typing import Protocol

from autograder.errors import UserError
from autograder.grading import Job
from autograder.results import SubmissionResult, without_run
from autograder.store import ResultStore

MOST_SECOND_ATTEMPTS = 100  # where more is broken than that, another attempt does not mend it


class Workers(Protocol):
    """Where jobs run.

    Attributes:
        slots: jobs that may be under way.
        threads: for the numerical libraries in each kernel.
    """

    slots: int
    threads: int

    def submit(self, job: Job) -> Future[SubmissionResult]: ...

    def renew(self) -> None:
        """Starts anew what runs here. No job is under way."""


def grade_all(
    jobs: Iterable[Job], store: ResultStore, workers: Workers
) -> Iterator[SubmissionResult]:
    """Results in the order in which they are ready; those in the store do not run.

    Jobs are taken when there is room for them, and results are in the store before they come out: close the
    iteration at any time, and the next call goes on from there. A job that a worker's death or another fault of the
    machine's befell is tried again at the end, alone, so that it does not pay for its neighbours.

    Raises:
        UserError: the workers cannot be used any more.
    """
    faulty: list[Job] = []
    for job, result in _run(jobs, store, workers):
        if result.status == "failed" and len(faulty) < MOST_SECOND_ATTEMPTS:
            faulty.append(job)
        else:
            yield result
    if faulty:
        workers.renew()
    for job in faulty:
        for _, result in _run([job], store, workers):
            yield result


def _run(
    jobs: Iterable[Job], store: ResultStore, workers: Workers
) -> Iterator[tuple[Job, SubmissionResult]]:
    waiting = iter(jobs)
    running: dict[Future[SubmissionResult], Job] = {}
    finished: list[tuple[Job, SubmissionResult]] = []
    while True:
        # First give workers something to do, then let the results be written down.
        while len(running) < workers.slots and (job := next(waiting, None)):
            if known := store.find(job):
                yield job, known
            else:
                running[workers.submit(job)] = job
        yield from finished
        if not running:
            return
        done, _ = wait(running, return_when=FIRST_COMPLETED)
        finished = [_finish(future, running.pop(future), store) for future in done]


def _finish(
    future: Future[SubmissionResult], job: Job, store: ResultStore
) -> tuple[Job, SubmissionResult]:
    try:
        error = future.exception()
    except CancelledError:
        raise UserError(
            "the workers have gone; finished submissions are kept, run the command again to go on"
        ) from None
    if isinstance(error, UserError):
        raise error
    if error is not None:
        reason = f"the worker was lost while it graded this ({type(error).__name__}); run the command again"
        return job, without_run(job.student, job.exercise.max_score, "failed", reason)
    result = future.result()
    store.keep(job, result)
    return job, result
