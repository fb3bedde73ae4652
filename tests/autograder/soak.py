"""A soak test: a class is graded while workers and the grader are killed, and compared with one left alone.

``make soak``, or ``python -m tests.autograder.soak --count 300 --seed 1``. Ends with 0 where both gradebooks and
results are equal, whatever was killed, and nothing was left behind.
"""

import argparse
import copy
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from autograder.sandbox import available
from tests.autograder import mini, red_team
from tests.autograder.conftest import SUBMISSIONS
from tests.autograder.gradebook import content

EXERCISES = ("mini", "squares")
KINDS = {"right": 0.4, "wrong": 0.25, "hostile": 0.25, "rejected": 0.1}
WRONG = ("half", "blank", "typed-in", "syntax", "exits", "kills-kernel", "script")
WRONG_SQUARES = ("return x", "return abs(x * x) if x == 7 else None", "1 / 0", "import nothing")
NO_NOTEBOOKS = ("", "<html>", "{}", '{"nbformat": 3}', '{"nbformat": 4, "cells": {}}', "[" * 10_000)
LIMITS = "seconds = 60\ncell_seconds = 10"  # for machines that are busy with other things
SECONDS_TO_DIE = 60  # a template that is importing TensorFlow looks up after that
MOST_CRASHES = 5
SECONDS_BETWEEN_LINES = 10


@dataclass
class Figures:
    """What was done to the grader, and what it made of it."""

    kills: Counter = field(default_factory=Counter)
    restarts: int = 0
    outlived: list[str] = field(default_factory=list)
    crashes: list[str] = field(default_factory=list)

    @property
    def told(self) -> str:
        return f", {self.kills.total()} kills"


def write_class(folder: Path, count: int, chance: random.Random) -> dict[tuple[str, str], str]:
    """Writes the course and the submissions; returns the kind of each by exercise and student."""
    mini.write_course(folder / "course")
    mini.write(folder / "course/source/squares/squares.ipynb", red_team.instructor_notebook())
    for name, grading in (("mini", mini.GRADING), ("squares", red_team.GRADING)):
        head, limits = grading.split("[limits]\n")
        rest = limits.split("\n\n", 1)[1]
        text = f"{head}[limits]\n{LIMITS}\n\n{rest}"
        (folder / f"course/grading/{name}.toml").write_text(text)
    attacks = red_team.ATTACKS | (red_team.NEED_A_SANDBOX if available().ok else {})
    hostile = iter(chance.sample(sorted(attacks), k=len(attacks)) * count)
    kinds = {}
    for number in range(count):
        exercise = EXERCISES[number % len(EXERCISES)]
        student = f"student-{number:03}"
        (kind,) = chance.choices([*KINDS], [*KINDS.values()])
        if kind == "hostile":
            exercise = "squares"
        path = folder / f"submissions/{student}/{exercise}/{exercise}.ipynb"
        if kind == "rejected":
            path.parent.mkdir(parents=True)
            path.write_text(chance.choice(NO_NOTEBOOKS))
        else:
            if kind == "hostile":
                notebook = attacks[next(hostile)].notebook()
            else:
                notebook = copy.deepcopy(_honest(exercise, kind, chance))
            notebook.cells.append(new_code_cell(f"# {student}"))  # equal work would run once
            mini.write(path, notebook)
        kinds[exercise, student] = kind
    return kinds


def _honest(exercise: str, kind: str, chance: random.Random) -> NotebookNode:
    if exercise == "mini":
        return SUBMISSIONS["right" if kind == "right" else chance.choice(WRONG)]
    body = "return x * x" if kind == "right" else chance.choice(WRONG_SQUARES)
    return red_team.Attack(kind, f"def square(x):\n    {body}").notebook()


class Grading:
    """One output folder, and the command that fills it."""

    def __init__(self, folder: Path, name: str, jobs: int, sandbox: str, count: int):
        self.output = folder / name
        self.temporary = folder / f"tmp-{name}"
        self.temporary.mkdir(mode=0o755)
        self.count = count
        self.started = time.monotonic()
        self._next_line = 0.0
        self._command = [
            *(sys.executable, "-m", "autograder", "grade", *EXERCISES),
            *("--course", folder / "course", "--submissions", folder / "submissions"),
            *("--output", self.output, "--jobs", str(jobs), "--sandbox", sandbox),
        ]
        self._log = folder / f"{name}.log"

    @contextmanager
    def run(self) -> Iterator[subprocess.Popen]:
        with self._log.open("w") as log:
            process = subprocess.Popen(
                self._command,
                stdout=log,
                stderr=log,
                env={**os.environ, "TMPDIR": str(self.temporary)},
            )
            try:
                yield process
            finally:
                process.kill()
                process.wait()

    def wait(self, process: subprocess.Popen, seconds: float, told: str) -> bool:
        """Waits, saying how far things are; returns whether the process has ended."""
        give_up = time.monotonic() + seconds
        while time.monotonic() < give_up and process.poll() is None:
            if time.monotonic() >= self._next_line:
                self._next_line = time.monotonic() + SECONDS_BETWEEN_LINES
                line = f"{self.seconds:6.0f} s: {self.output.name}, {self.stored} results{told}"
                print(line, flush=True)
            time.sleep(min(0.1, max(0.0, give_up - time.monotonic())))
        return process.poll() is not None

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    @property
    def stored(self) -> int:
        return sum(1 for _ in self.output.glob("results/*/*.json"))

    @property
    def last_words(self) -> str:
        return self._log.read_text()[-2_000:]

    def outcome(self, kinds: dict[tuple[str, str], str]) -> dict:
        """The gradebook, and results without times; how a hostile notebook failed may differ, its points not."""
        results = {}
        for exercise in EXERCISES:
            report = json.loads((self.output / f"results/{exercise}.json").read_text())
            for each in report["results"]:
                key = exercise, each["student"]
                told = ("id", "points") if kinds[key] == "hostile" else ("id", "points", "status")
                checks = [[check[part] for part in told] for check in each["checks"]]
                results[key] = (each["status"], each["score"], each["reason"], checks)
        return {
            "gradebook": content(f"sqlite:///{self.output}/gradebook.db"),
            "results": results,
            "notebooks": sorted(
                str(path.relative_to(self.output))
                for path in self.output.glob("autograded/**/*.ipynb")
            ),
        }

    def left_behind(self) -> list[str]:
        """Scratch folders and half-written files; a killed process cannot take them with it."""
        halves = [path.name for path in self.output.rglob(".*") if path.is_file()]
        return [*halves, *(path.name for path in self.temporary.iterdir())]


def disturb(grading: Grading, chance: random.Random, most_kills: int, every: float) -> Figures:
    """Kills a worker or the grader, and starts the grader again, until it has come to its end."""
    figures = Figures()
    while True:
        with grading.run() as process:
            while figures.kills.total() < most_kills:
                victim = chance.choice(("grader", "worker"))
                if grading.wait(process, chance.expovariate(1 / every), figures.told):
                    break
                if victim == "grader":
                    _kill_grader(process, figures)
                elif (worker := _a_worker(grading, process, chance, figures)) is not None:
                    worker.kill()
                    figures.kills["worker"] += 1
            grading.wait(process, float("inf"), figures.told)
        if process.returncode == 0:
            return figures
        if process.returncode not in (-signal.SIGKILL, 2):  # 2: some could not be graded this time
            figures.crashes.append(grading.last_words)
            if len(figures.crashes) == MOST_CRASHES:
                return figures
        figures.restarts += 1


def _a_worker(
    grading: Grading, process: subprocess.Popen, chance: random.Random, figures: Figures
) -> psutil.Process | None:
    """One of the workers, as soon as there are any; None where the grader ends before."""
    while not grading.wait(process, 0.1, figures.told):
        with suppress(psutil.NoSuchProcess):
            below = psutil.Process(process.pid).children()
            if workers := [each for each in below if "spawn_main" in " ".join(each.cmdline())]:
                return chance.choice(workers)
    return None


def _kill_grader(process: subprocess.Popen, figures: Figures) -> None:
    """Kills it, and gives what it had started a while to notice."""
    below = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.wait()
    figures.kills["grader"] += 1
    _, alive = psutil.wait_procs(below, timeout=SECONDS_TO_DIE)
    for each in alive:
        with suppress(psutil.NoSuchProcess):
            figures.outlived.append(" ".join(each.cmdline())[-100:])
            each.kill()


def soak(arguments: argparse.Namespace, folder: Path) -> bool:
    """Grades the class twice, prints the figures, and says whether both ways are equal."""
    folder.chmod(0o755)  # a sandbox made by root looks into it as another user
    chance = random.Random(arguments.seed)  # noqa: S311 - not for secrets
    kinds = write_class(folder, arguments.count, chance)
    print(f"{arguments.count} submissions: {dict(Counter(kinds.values()))}, seed {arguments.seed}")
    common = (arguments.jobs, arguments.sandbox, arguments.count)
    disturbed = Grading(folder, "disturbed", *common)
    most_kills = arguments.kills or max(3, arguments.count // 10)
    figures = disturb(disturbed, chance, most_kills, arguments.every)
    if len(figures.crashes) == MOST_CRASHES:
        print(f"The grader ended {MOST_CRASHES} times by itself:\n{figures.crashes[-1]}")
        return False
    seconds_disturbed = disturbed.seconds
    undisturbed = Grading(folder, "undisturbed", *common)
    with undisturbed.run() as process:
        undisturbed.wait(process, float("inf"), "")
    if process.returncode != 0:
        print(f"The undisturbed run failed:\n{undisturbed.last_words}")
        return False
    expected, came = undisturbed.outcome(kinds), disturbed.outcome(kinds)
    equal = came == expected
    print(
        f"killed: {figures.kills['grader']} graders, {figures.kills['worker']} workers; {figures.restarts} restarts",
        f"seconds: {seconds_disturbed:.0f} disturbed, {undisturbed.seconds:.0f} undisturbed",
        f"processes that outlived their grader by {SECONDS_TO_DIE} s: {len(figures.outlived)}",
        f"files and scratch folders left behind by the killed: {len(disturbed.left_behind())}, "
        f"undisturbed: {len(undisturbed.left_behind())}",
        f"runs that ended otherwise than they should: {len(figures.crashes)}",
        f"gradebook and results equal: {'yes' if equal else 'NO'}",
        sep="\n",
    )
    for crash in figures.crashes[:3]:
        print(f"--- the last words of one:\n{crash}")
    for command in sorted(set(figures.outlived)):
        print(f"--- outlived its grader: {command}")
    for part in expected:
        if came[part] != expected[part]:
            print(f"--- {part}: {_differences(expected[part], came[part])}")
    return equal and not figures.crashes and not figures.outlived


def _differences(expected: object, came: object) -> str:
    if not isinstance(expected, dict):
        return f"expected {expected}, came {came}"
    keys = [key for key in {**expected, **came} if expected.get(key) != came.get(key)]
    return "; ".join(f"{key}: expected {expected.get(key)}, came {came.get(key)}" for key in keys)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=300, help="submissions")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2, help="submissions at a time")
    parser.add_argument("--every", type=float, default=20, help="mean seconds between kills")
    parser.add_argument(
        "--kills", type=int, help="then the grader is left alone; default: count / 10"
    )
    parser.add_argument("--sandbox", choices=("require", "best", "off"), default="best")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="soak-", ignore_cleanup_errors=True) as folder:
        sys.exit(0 if soak(arguments, Path(folder)) else 1)


if __name__ == "__main__":
    main()
