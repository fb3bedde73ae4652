"""Seconds a submission: this grader beside others, and beside the work itself.

The same small Keras exercise and the same submissions, one grader after the other, in rounds; medians over the
rounds, with the smallest and largest. The limit is the bare work: the notebook's cells in a fork of a process that
has imported everything, as many at a time as there are cores, without grading, isolation or limits.

    python -m benchmarks.grading [--submissions 8] [--rounds 3] [--write guides/tables/grading.md]

Otter-Grader is installed into an environment of its own in a temporary folder, which sees this one's Keras.
"""

import argparse
import json
import multiprocessing
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import papermill
from rich.console import Console
from rich.table import Table

from benchmarks.benchmark_class import CHECKS, EXERCISE, submission, write_course

CORES = len(os.sched_getaffinity(0))
QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONWARNINGS": "ignore"}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--submissions", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", type=Path, help="write the table here, as Markdown")
    options = parser.parse_args()
    os.environ.update(QUIET)
    console = Console()
    with tempfile.TemporaryDirectory() as folder:
        graders = {
            "bare work in a warm process (limit)": bare_work,
            "autograder, sandboxed": lambda where, n: ours(where, n, variants=False),
            "autograder, sandboxed, two variants": lambda where, n: ours(where, n, variants=True),
            "nbgrader autograde": stock_nbgrader,
            "papermill, cold kernels": cold_papermill,
        }
        otter = _install_otter(Path(folder) / "otter")
        if otter:
            graders["otter run"] = lambda where, n: otter_run(otter, where, n)
        seconds = {name: [] for name in graders}
        for number in range(options.rounds):
            for name, grade in graders.items():
                where = Path(folder) / f"{number}-{len(name)}"
                where.mkdir()
                seconds[name].append(grade(where, options.submissions) / options.submissions)
                shutil.rmtree(where)
                console.print(f"round {number + 1}: {name}: {seconds[name][-1]:.2f} s a submission")
    rows = _rows(seconds)
    _print(console, rows, options)
    if options.write:
        _write(options.write, rows, options)
    return 0


def _rows(seconds: dict[str, list[float]]) -> list[tuple[str, ...]]:
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    limit, stock = medians["bare work in a warm process (limit)"], medians["nbgrader autograde"]
    return [
        (
            name,
            f"{medians[name]:.2f}",
            f"{min(values):.2f}-{max(values):.2f}",
            f"{3600 / medians[name]:,.0f}",
            f"{medians[name] / limit:.2f}",
            f"{stock / medians[name]:.1f}",
        )
        for name, values in seconds.items()
    ]


HEADER = (
    *("grader", "seconds a submission", "from-to"),
    *("an hour", "of the bare work", "times nbgrader's pace"),
)


def _print(console: Console, rows: list[tuple[str, ...]], options: argparse.Namespace) -> None:
    table = Table(title=_told(options), box=None)
    for number, name in enumerate(HEADER):
        table.add_column(name, justify="right" if number else "left")
    for row in rows:
        table.add_row(*row)
    console.print(table)


def _write(path: Path, rows: list[tuple[str, ...]], options: argparse.Namespace) -> None:
    lines = ["| " + " | ".join(row) + " |" for row in (HEADER, *rows)]
    lines.insert(1, "|---|" + "---:|" * (len(HEADER) - 1))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([*lines, "", _told(options) + ".", ""]), encoding="utf-8")


def _told(options: argparse.Namespace) -> str:
    return f"{options.submissions} submissions, medians of {options.rounds} rounds, {CORES} cores"


# The graders: each takes an empty folder and a number of submissions, and returns seconds.


def ours(folder: Path, submissions: int, variants: bool) -> float:
    course = write_course(folder, submissions, variants)
    command = [
        "autograder",
        "grade",
        EXERCISE,
        "--course",
        str(course),
        "--json",
        str(folder / "r.json"),
    ]
    seconds = _timed(command, course)
    results = json.loads((folder / "r.json").read_text(encoding="utf-8"))["results"]
    _expect_full_marks([result["score"] for result in results], submissions)
    return seconds


def stock_nbgrader(folder: Path, submissions: int) -> float:
    course = write_course(folder, submissions)
    _run(["nbgrader", "generate_assignment", EXERCISE], course)
    seconds = _timed(["nbgrader", "autograde", EXERCISE], course)
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        scores = [each.score for each in gradebook.assignment_submissions(EXERCISE)]
    _expect_full_marks(scores, submissions)
    return seconds


def cold_papermill(folder: Path, submissions: int) -> float:
    paths = _notebooks(folder, submissions)
    started = time.monotonic()
    for path in paths:
        papermill.execute_notebook(path, path.with_suffix(".out.ipynb"), progress_bar=False)
    return time.monotonic() - started


def bare_work(folder: Path, submissions: int) -> float:
    """Times itself in a process that has imported everything, one fork for each notebook."""
    paths = _notebooks(folder, submissions)
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        return pool.apply(_bare_work, (paths,))


def _bare_work(paths: list[Path]) -> float:
    os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"
    os.environ["TF_NUM_INTRAOP_THREADS"] = os.environ["TF_NUM_INTEROP_THREADS"] = "1"
    from importlib import import_module

    from autograder.warm.server import PRELOADED

    for name in PRELOADED:
        import_module(name)
    started = time.monotonic()
    waiting, running = list(paths), 0
    while waiting or running:
        if waiting and running < CORES:
            path = waiting.pop()
            running += 1
            if os.fork() == 0:
                _run_cells(path)
            continue
        _, status = os.wait()
        running -= 1
        if status:
            raise RuntimeError("a notebook of the benchmark class failed")
    return time.monotonic() - started


def _run_cells(path: Path) -> None:
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    worked = all(shell.run_cell(cell["source"]).success for cell in cells)
    os._exit(0 if worked else 1)


def _notebooks(folder: Path, submissions: int) -> list[Path]:
    paths = [folder / f"{number}.ipynb" for number in range(submissions)]
    for number, path in enumerate(paths):
        path.write_text(json.dumps(submission(number)), encoding="utf-8")
    return paths


# Otter-Grader


def _install_otter(folder: Path) -> Path | None:
    """The program of an environment that has Otter-Grader over this one's packages."""
    venv.create(folder, with_pip=True)
    (site,) = folder.glob("lib/python*/site-packages")
    here = [path for path in sys.path if path.endswith("site-packages")]
    (site / "benchmark.pth").write_text("\n".join([*here, str(Path.cwd())]), encoding="utf-8")
    install = [folder / "bin" / "python", "-m", "pip", "install", "--quiet", "otter-grader"]
    done = subprocess.run(install, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"otter-grader left out: {done.stderr.strip().splitlines()[-1]}", file=sys.stderr)
        return None
    return folder / "bin" / "otter"


def otter_run(otter: Path, folder: Path, submissions: int) -> float:
    """Otter's local run, without its container; as many at a time as there are cores."""
    tests = folder / "tests"
    tests.mkdir()
    for name, source in CHECKS.items():
        lines = source.splitlines()
        case = "\n".join(f">>> {line}" for line in lines)
        test = {
            "name": name,
            "points": 2,
            "suites": [{"cases": [{"code": case}], "type": "doctest"}],
        }
        (tests / f"{name.replace('-', '_')}.py").write_text(f"OK_FORMAT = True\ntest = {test!r}\n")
    paths = _notebooks(folder, submissions)
    _run(
        [str(otter), "generate", "-t", str(tests), "-o", "autograder.zip", "--no-environment"],
        folder,
    )
    started = time.monotonic()
    with ThreadPoolExecutor(CORES) as pool:
        scores = list(pool.map(lambda path: _otter_one(otter, folder, path), paths))
    seconds = time.monotonic() - started
    _expect_full_marks(scores, submissions)
    return seconds


def _otter_one(otter: Path, folder: Path, path: Path) -> float:
    out = folder / f"out-{path.stem}"
    out.mkdir()
    _run([str(otter), "run", "-a", "autograder.zip", "-o", str(out), str(path)], folder)
    results = json.loads((out / "results.json").read_text(encoding="utf-8"))
    return sum(test["score"] for test in results["tests"] if test.get("score"))


def _expect_full_marks(scores: list[float], submissions: int) -> None:
    if scores != [2.0 * len(CHECKS)] * submissions:
        raise RuntimeError(f"every submission of the benchmark class is right, but: {scores}")


def _timed(command: list[str], folder: Path) -> float:
    started = time.monotonic()
    _run(command, folder)
    return time.monotonic() - started


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")


if __name__ == "__main__":
    sys.exit(main())
