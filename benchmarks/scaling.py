"""How grading scales: with workers, with the size of a class, and when nothing has changed.

    python -m benchmarks.scaling [--submissions 16] [--rounds 3] [--class-size 10000] [--memory 200]

1. The benchmark class with one worker, with two, and on a Dask cluster of two workers on this machine.
2. What a submission costs besides its execution: a large class whose execution takes no time.
3. The same command again, when nothing has changed, for the first 1,000 of them.
4. Memory of the grader and all its processes, over a class that is really executed.
"""

import argparse
import io
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
from rich.console import Console

from autograder.classes import ClassGrading
from autograder.course import find_course
from autograder.grading import Job
from autograder.intake import find_submissions
from autograder.results import CheckResult, SubmissionResult
from autograder.sandbox import available
from autograder.workers import LocalWorkers, local
from benchmarks.benchmark_class import EXERCISE, write_course

UNCHANGED = 1_000
MEBIBYTE = 2**20


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--submissions", type=int, default=16, help="of the class that is executed")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--class-size", type=int, default=10_000, help="without execution")
    parser.add_argument(
        "--memory", type=int, default=200, help="submissions executed to see memory"
    )
    options = parser.parse_args()
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    console = Console()
    with tempfile.TemporaryDirectory() as folder:
        for part in (with_workers, of_a_large_class, memory):
            part(Path(folder) / part.__name__, options, console)
    return 0


def with_workers(folder: Path, options: argparse.Namespace, console: Console) -> None:
    """Seconds a submission for one worker, two, and two on a Dask cluster."""
    course = write_course(folder, options.submissions)
    with dask_cluster(2) as address:
        ways = {"1 worker": ("--jobs", "1"), "2 workers": ("--jobs", "2")}
        ways["Dask, 2 workers"] = ("--scheduler", address)
        seconds = {name: [] for name in ways}
        for _ in range(options.rounds):
            for name, arguments in ways.items():
                output = folder / "output"
                seconds[name].append(_grade(course, output, *arguments) / options.submissions)
                shutil.rmtree(output)
    for name, values in seconds.items():
        median = statistics.median(values)
        spread = f"{min(values):.2f}-{max(values):.2f}"
        console.print(
            f"{name}: {median:.2f} s a submission ({spread}), {3600 / median:,.0f} an hour"
        )


def of_a_large_class(folder: Path, options: argparse.Namespace, console: Console) -> None:
    """Milliseconds a submission for reading, scheduling, storing and recording."""
    root = write_course(folder, options.class_size)
    course = find_course(root)
    local.grade_submission = instantly
    before = psutil.Process().memory_info().rss
    started = time.monotonic()
    with (
        LocalWorkers(2) as workers,
        find_submissions(course.submissions_folder, EXERCISE) as submissions,
    ):
        quiet = Console(file=io.StringIO())
        grading = ClassGrading(
            course,
            course.exercise(EXERCISE),
            submissions,
            workers,
            course.gradebook_url,
            "sample",
            available().ok,
            quiet,
        )
        grading.record()
        seconds = time.monotonic() - started
    grown = (psutil.Process().memory_info().rss - before) / MEBIBYTE
    cost = 1000 * seconds / options.class_size
    console.print(
        f"{options.class_size:,} submissions without execution: {cost:.1f} ms each, "
        f"{grown:.0f} MiB more memory in the grader"
    )
    for path in sorted(course.submissions_folder.iterdir())[UNCHANGED:]:
        shutil.rmtree(path)
    seconds = statistics.median(_grade(root, root) for _ in range(options.rounds))
    number = min(UNCHANGED, options.class_size)
    console.print(f"{number:,} unchanged submissions graded again: {seconds:.1f} s")


def instantly(job: Job) -> SubmissionResult:
    """Full marks, with a notebook, without running anything."""
    checks = tuple(
        CheckResult(
            id=check.id, points=check.max_points, max_points=check.max_points, status="passed"
        )
        for check in job.exercise.checks
    )
    return SubmissionResult(
        student=job.student,
        score=job.exercise.max_score,
        max_score=job.exercise.max_score,
        status="graded",
        checks=checks,
        notebook=job.content.decode(),
    )


def memory(folder: Path, options: argparse.Namespace, console: Console) -> None:
    """Memory of all processes together, early and late in a run; shared pages count once."""
    course = write_course(folder, options.memory)
    command = _command(course, folder / "output")
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    samples: list[tuple[int, float, float]] = []
    watcher = threading.Thread(target=_watch, args=(process, folder / "output", samples))
    watcher.start()
    failed = process.wait()
    watcher.join()
    if failed:
        raise RuntimeError("the class could not be graded")
    third = options.memory // 3
    for name, chosen in (
        ("first", [each for each in samples if 0 < each[0] <= third]),
        ("last", [each for each in samples if each[0] >= options.memory - third]),
    ):
        together = [whole for _, whole, _ in chosen]
        grader = [own for _, _, own in chosen]
        console.print(
            f"{name} third of {options.memory} submissions: all processes {statistics.median(together):.0f} MiB "
            f"(at most {max(together):.0f}), the grader itself {statistics.median(grader):.0f}"
        )


def _watch(
    process: subprocess.Popen, output: Path, samples: list[tuple[int, float, float]]
) -> None:
    grader = psutil.Process(process.pid)
    while process.poll() is None:
        with suppress(psutil.Error):
            done = len(list(output.glob("results/*/*.json")))
            own = grader.memory_full_info().pss / MEBIBYTE
            samples.append((done, own + _below(grader), own))
        time.sleep(0.5)


def _below(process: psutil.Process) -> float:
    """Proportional memory of what a process has started, in MiB."""
    total = 0.0
    for each in process.children(recursive=True):
        with suppress(psutil.Error):
            total += each.memory_full_info().pss / MEBIBYTE
    return total


def _grade(course: Path, output: Path, *arguments: str) -> float:
    started = time.monotonic()
    done = subprocess.run(
        [*_command(course, output), *arguments], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return time.monotonic() - started


def _command(course: Path, output: Path) -> list[str]:
    return [
        *(sys.executable, "-m", "autograder", "grade", EXERCISE),
        *("--course", str(course), "--output", str(output), "--sandbox", "best"),
    ]


@contextmanager
def dask_cluster(workers: int) -> Iterator[str]:
    """The address of a scheduler with worker processes on this machine."""
    with tempfile.TemporaryDirectory() as folder, _dask(folder, "scheduler", "--port", "0"):
        told = Path(folder) / "scheduler.json"
        while not (told.exists() and told.read_text(encoding="utf-8").endswith("}")):
            time.sleep(0.1)
        address = json.loads(told.read_text(encoding="utf-8"))["address"]
        options = ("--nworkers", str(workers), "--nthreads", "1", "--local-directory", folder)
        with _dask(folder, "worker", *options):
            from distributed import Client

            with Client(address, set_as_default=False) as client:
                client.wait_for_workers(workers, timeout=120)
            yield address


@contextmanager
def _dask(folder: str, program: str, *arguments: str) -> Iterator[None]:
    command = [
        *(sys.executable, "-m", "dask", program, "--host", "127.0.0.1"),
        *("--scheduler-file", f"{folder}/scheduler.json", *arguments),
    ]
    if program == "scheduler":
        command += ["--dashboard-address", "127.0.0.1:0"]
    else:
        command += ["--no-dashboard"]
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    sys.exit(main())
