"""Workers: grades many submissions in local processes, and keeps every result as it comes."""

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool

from autograder.grading import Job, grade_submission
from autograder.results import SubmissionResult, without_run
from autograder.store import ResultStore


def available_cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def grade_all(jobs: Sequence[Job], store: ResultStore, workers: int) -> Iterator[SubmissionResult]:
    """Results in the order in which they are ready; those in the store come first, without running.

    At most two jobs a worker wait in memory. Stopping the iteration, as Ctrl-C does, cancels what has
    not started; finished results are in the store, and the next call goes on from there.
    """
    to_run = []
    for job in jobs:
        if (known := store.find(job)) is not None:
            yield known
        else:
            to_run.append(job)
    if to_run:
        yield from _run(to_run, store, min(workers, len(to_run)))


def _run(jobs: Sequence[Job], store: ResultStore, workers: int) -> Iterator[SubmissionResult]:
    context = multiprocessing.get_context("spawn")
    waiting = iter(jobs)
    running: dict[Future, Job] = {}
    pool = ProcessPoolExecutor(workers, mp_context=context)
    try:
        for job in waiting:
            running[pool.submit(grade_submission, job)] = job
            if len(running) >= 2 * workers:
                yield from _collect(running, store)
        while running:
            yield from _collect(running, store)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _collect(running: dict[Future, Job], store: ResultStore) -> Iterator[SubmissionResult]:
    done, _ = wait(running, return_when=FIRST_COMPLETED)
    for future in done:
        job = running.pop(future)
        try:
            result = future.result()
        except BrokenProcessPool:
            reason = "a worker process died; run the command again to grade this submission"
            result = without_run(job.student, job.exercise.max_score, "failed", reason)
        store.keep(job, result)
        yield result
