"""Workers on this machine: processes that grade one submission at a time, and share one template for kernels."""

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from pathlib import Path

from autograder.grading import Job, grade_submission
from autograder.results import SubmissionResult
from autograder.warm.template import SOCKET_VARIABLE, NoTemplateError, Template

SECONDS_TO_STOP = 8
SECONDS_BETWEEN_LOOKS = 0.02


def available_cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class LocalWorkers:
    """Processes that are started when there is something to do. Use as a context manager.

    Each is a pool of its own, so that a process that dies takes no other's submission with it.
    """

    def __init__(self, count: int):
        self.slots = count
        self.threads = max(1, available_cores() // count)
        self._workers: list[_Worker] = []
        self._template: _SharedTemplate | None = None

    def __enter__(self) -> "LocalWorkers":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def submit(self, job: Job) -> Future[SubmissionResult]:
        """Runs a job; at most ``slots`` at a time."""
        if self._template is None:
            self._template = _SharedTemplate()
        return self._free_worker().submit(job)

    def renew(self) -> None:
        self.close()

    def close(self) -> None:
        """Ends the processes, within a few seconds where they are busy, and the template."""
        workers, self._workers = self._workers, []
        template, self._template = self._template, None
        try:
            for worker in workers:
                worker.stop()
            give_up = time.monotonic() + SECONDS_TO_STOP
            for worker in workers:
                worker.process.join(max(0, give_up - time.monotonic()))
        finally:
            for worker in workers:
                worker.process.kill()
            if template is not None:
                template.close()

    def _free_worker(self) -> "_Worker":
        for worker in list(self._workers):
            if worker.is_broken:
                self._workers.remove(worker)
            elif worker.is_free:
                return worker
        self._workers.append(_Worker())
        return self._workers[-1]


class _Worker:
    """One process, and what it does."""

    def __init__(self) -> None:
        others = set(multiprocessing.active_children())
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(1, mp_context=context, initializer=_become_worker)
        with _without_interrupts():
            self._last: Future = self._pool.submit(os.getpid)
        (self.process,) = set(multiprocessing.active_children()) - others
        self._is_new = True

    @property
    def is_free(self) -> bool:
        return self._is_new or self._last.done()

    @property
    def is_broken(self) -> bool:
        return self._last.done() and isinstance(self._last.exception(), BrokenProcessPool)

    def submit(self, job: Job) -> Future[SubmissionResult]:
        self._is_new = False
        self._last = self._pool.submit(grade_submission, job)
        return self._last

    def stop(self) -> None:
        """Ends the process; a submission under way is given up, and its kernels with it."""
        is_busy = not self._last.done()
        self._pool.shutdown(wait=False, cancel_futures=True)
        if is_busy:
            self.process.terminate()


class _SharedTemplate:
    """The template process for all workers, which find its socket in their environment.

    Without it (it died, or this machine cannot have one) each worker does as :func:`fork_kernel` does then.
    """

    def __init__(self) -> None:
        self._template: Template | None = None
        with suppress(NoTemplateError):
            self._template = Template()
            os.environ[SOCKET_VARIABLE] = self._template.socket_path
            threading.Thread(target=self._watch_start, daemon=True).start()

    def _watch_start(self) -> None:
        with suppress(NoTemplateError, ValueError):  # it is closed then, and its folder gone
            self._template.wait_until_ready()

    def close(self) -> None:
        if self._template is not None:
            del os.environ[SOCKET_VARIABLE]
            self._template.close()


def _become_worker() -> None:
    """In a new process: Ctrl-C is the grader's to deal with, and its death is this one's."""
    # A handler, since programs that are started from here would inherit that a signal is ignored.
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _wait_for_template()


def _wait_for_template() -> None:
    """Until kernels can be forked from it, or its folder is gone because they never will."""
    socket = Path(os.environ.get(SOCKET_VARIABLE, ""))
    while socket.name and socket.parent.exists() and not socket.exists():
        time.sleep(SECONDS_BETWEEN_LOOKS)


def _end_with_parent() -> None:
    multiprocessing.parent_process().join()
    signal.pthread_kill(threading.main_thread().ident, signal.SIGTERM)
    time.sleep(SECONDS_TO_STOP)
    os._exit(1)


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """A process that is started here does not print a trace where Ctrl-C comes before it is ready."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
