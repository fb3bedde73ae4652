"""An exercise's own checks, run many times on functions in place of a student's: what its accuracy bands separate."""

import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from statistics import median
from typing import Any

import nbformat

from convbook.checking import CheckFailed, Student
from convbook.quiet import quiet_start

with quiet_start():
    import keras

EXERCISES = Path(__file__).parents[1] / "exercises"
MARGIN = 0.01

Namespace = dict[str, Any]


@dataclass(frozen=True)
class Graded:
    """All checks, run once: the points, the checks that gave some, and the names that the checks left behind."""

    points: float
    earned: frozenset[str]
    seconds: float
    names: Namespace


class GradedCells:
    """The exercise's cells, run as the grader runs them: its checks see the work through `student`."""

    def __init__(self, exercise: str, profile: str):
        notebook = nbformat.read(EXERCISES / f"source/{exercise}/{exercise}.ipynb", as_version=4)
        grading = (EXERCISES / f"grading/{exercise}.toml").read_text(encoding="utf-8")
        self.cells = {cell.metadata.nbgrader.grade_id: cell for cell in notebook.cells}
        self.checker_values = tomllib.loads(grading)["checker"]
        self.profile = profile
        self.max_points = sum(cell.metadata.nbgrader.points for cell in self.checks())

    def require_published(self, bands: list[float], cell_id: str, form: str) -> None:
        """Ends the program where a cell's text does not state each band in percent."""
        for band in bands:
            if form.format(f"{100 * band:.0f} %") not in self.cells[cell_id].source:
                sys.exit(f"the exercise's text does not publish the band {band:.0%}")

    def checks(self) -> Iterator[nbformat.NotebookNode]:
        return (cell for cell in self.cells.values() if cell.metadata.nbgrader.grade)

    def run(self, cell_id: str, names: Namespace) -> None:
        exec(compile(self.cells[cell_id].source, cell_id, "exec"), names)  # noqa: S102 - our notebook

    def names_after(self, *cell_ids: str, given: Namespace | None = None) -> Namespace:
        """What these cells define, one after the other."""
        names = dict(given or {"PROFILE": self.profile, "PRACTICE": False})
        for cell_id in cell_ids:
            self.run(cell_id, names)
        return names

    def graded(self, given: Namespace, functions: dict[str, Callable], **values: object) -> Graded:
        """Runs all checks on a student's functions, with ``values`` in place of the checker's own."""
        names = {**given, **self.checker_values, **values, "student": Student(functions)}
        points, earned, started = 0.0, set(), time.perf_counter()
        for cell in self.checks():
            try:
                with redirect_stdout(StringIO()):
                    self.run(cell.metadata.nbgrader.grade_id, names)
            except CheckFailed:
                continue
            earned.add(cell.metadata.nbgrader.grade_id)
            points += cell.metadata.nbgrader.points
        return Graded(points, frozenset(earned), time.perf_counter() - started, names)


@dataclass(frozen=True)
class Outcome:
    """One network, graded once."""

    parameters: int
    accuracy: float
    points: float
    seconds: float


def outcome_of(graded: Graded) -> Outcome:
    """What the checks measured; forgets the networks, or all that were ever made would stay in memory."""
    outcome = Outcome(
        parameters=graded.names["checked_model"].parameters(),
        accuracy=graded.names["checked_accuracy"],
        points=graded.points,
        seconds=graded.seconds,
    )
    keras.utils.clear_session()
    return outcome


def breaches_of_reference(runs: list[Outcome], max_points: float, top: float) -> list[str]:
    """What a reference owes its bands: full marks with every seed, and a margin above the top band."""
    found = []
    if any(run.points < max_points for run in runs):
        found.append("the reference does not get full marks with every seed")
    if min(run.accuracy for run in runs) < top + MARGIN:
        found.append(f"the reference's worst is less than {MARGIN} above the top band")
    return found


def print_outcomes(outcomes: dict[str, list[Outcome]]) -> None:
    """A row for each network."""
    line = "{:38} {:>10} {:>8} {:>8} {:>8} {:>9} {:>8}".format
    print(line("network", "parameters", "min", "median", "max", "points", "seconds"))
    for name, runs in outcomes.items():
        accuracies = [run.accuracy for run in runs]
        shown = [f"{100 * f(accuracies):.2f} %" for f in (min, median, max)]
        seconds = f"{median(run.seconds for run in runs):.1f}"
        print(line(name, f"{runs[0].parameters:,}", *shown, points_of(runs), seconds))


def points_of(runs: list) -> str:
    """The least and the most points of several runs."""
    lowest, highest = min(run.points for run in runs), max(run.points for run in runs)
    return f"{lowest:g}" if lowest == highest else f"{lowest:g} to {highest:g}"


def exit_code(found: list[str]) -> int:
    """Prints what breaks the bands' rule; 1 where anything does."""
    for breach in found:
        print(f"BREACH {breach}")
    return int(bool(found))
