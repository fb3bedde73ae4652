"""Workers on other machines: the same function, run by a Dask cluster."""

import logging
from concurrent.futures import Future, ThreadPoolExecutor

from autograder.errors import UserError
from autograder.grading import Job, grade_submission
from autograder.results import SubmissionResult
from autograder.sandbox import available
from autograder.software import running_software

SECONDS_TO_CONNECT = 15
IN_FLIGHT_A_WORKER = 2
OTHER_SOFTWARE = (
    "its version of the course's software is another one than here; "
    "install the same on both and restart the worker"
)


class ClusterWorkers:
    """A connection to a Dask cluster. Use as a context manager.

    Dask itself gives the submissions of a worker that is lost to others, three times for each.

    Raises:
        UserError: there is no such cluster, it has no workers, or they are not fit to grade.
    """

    threads = 1

    def __init__(self, address: str, sandboxed: bool):
        try:
            from distributed import Client
        except ImportError:
            raise UserError(
                "--scheduler needs the package distributed: pip install distributed"
            ) from None
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        try:
            self._client = Client(address, timeout=SECONDS_TO_CONNECT, set_as_default=False)
        except (OSError, ValueError) as error:
            raise UserError(f"there is no Dask scheduler at {address}: {error}") from None
        try:
            self._examine(address, sandboxed)
        except BaseException:
            self._client.close()
            raise
        self.slots = IN_FLIGHT_A_WORKER * sum(self._client.nthreads().values())
        # Dask's own executor loses futures whose result was lost with a worker; one that waits does not.
        self._waiting = ThreadPoolExecutor(self.slots, thread_name_prefix="dask")

    def __enter__(self) -> "ClusterWorkers":
        return self

    def __exit__(self, *_: object) -> None:
        self._waiting.shutdown(wait=False, cancel_futures=True)
        self._client.close()

    def submit(self, job: Job) -> Future[SubmissionResult]:
        """Runs a job somewhere; at most ``slots`` at a time."""
        return self._waiting.submit(self._run, job)

    def _run(self, job: Job) -> SubmissionResult:
        return self._client.submit(grade_with, running_software(), job, pure=False).result()

    def renew(self) -> None:
        """Nothing: Dask has replaced what was lost."""

    def _examine(self, address: str, sandboxed: bool) -> None:
        found = self._client.run(why_not, running_software(), sandboxed, on_error="return")
        if not found:
            raise UserError(f"the Dask cluster at {address} has no workers")
        for worker, reason in found.items():
            if isinstance(reason, Exception):
                reason = f"the course's software cannot be used there ({reason})"
            if reason:
                raise UserError(f"the Dask worker {worker} cannot grade: {reason}")


def why_not(software: str, sandboxed: bool) -> str:
    """On a worker: why it cannot grade; empty where it can."""
    if running_software() != software:
        return OTHER_SOFTWARE
    if sandboxed and not available().ok:
        return f"it cannot isolate student code. {' '.join(available().missing)}"
    return ""


def grade_with(software: str, job: Job) -> SubmissionResult:
    """On a worker, which may have come after the others were asked. Raises UserError where it differs."""
    if running_software() != software:
        raise UserError(f"a Dask worker cannot grade: {OTHER_SOFTWARE}")
    return grade_submission(job)
