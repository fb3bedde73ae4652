"""What networks reach in the exercise `mnist`, and whether its accuracy bands separate them.

Every network is graded by the exercise's own checks, hidden ones included, for several seeds of its
initial weights and training. Prints one table, and exits with 1 where the bands break their rule:

- the reference gets full marks with every seed, and stays at least `MARGIN` above the top band;
- no dense net within the budget gets past the first band by the training that students begin with, nor
  to the top band by any;
- what did not learn from the labels stays below the first band.

    python benchmarks/mnist_bands.py --seeds 10
"""

import argparse
import logging
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
import numpy as np
from rich.progress import track

from convbook.checking import CheckFailed, Student
from convbook.quiet import quiet_start

with quiet_start():
    import keras
    from keras import layers

EXERCISES = Path(__file__).parents[1] / "exercises"
MARGIN = 0.01
LONGER = 4  # times the reference's training

Namespace = dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """One network, graded once."""

    parameters: int
    accuracy: float
    points: float
    seconds: float


class Exercise:
    """The exercise's cells, run as the grader runs them: its checks see the work through `student`."""

    def __init__(self, profile: str):
        notebook = nbformat.read(EXERCISES / "source/mnist/mnist.ipynb", as_version=4)
        self.cells = {cell.metadata.nbgrader.grade_id: cell for cell in notebook.cells}
        grading = tomllib.loads((EXERCISES / "grading/mnist.toml").read_text(encoding="utf-8"))
        self.checker_values = grading["checker"]
        self.profile = profile
        self.max_points = sum(cell.metadata.nbgrader.points for cell in self.checks())
        for band in self.bands:
            if f"**{100 * band:.0f} %**" not in self.cells["points"].source:
                sys.exit(f"the exercise's text does not publish the band {band:.0%}")

    @property
    def bands(self) -> list[float]:
        return self.checker_values["BANDS"]

    def checks(self) -> Iterator[nbformat.NotebookNode]:
        return (cell for cell in self.cells.values() if cell.metadata.nbgrader.grade)

    def given_names(self) -> Namespace:
        """What the locked cells define before the work begins."""
        names: Namespace = {"PROFILE": self.profile, "PRACTICE": False}
        self.run("setup", names)
        return names

    def reference(self) -> Namespace:
        """The instructor's solution."""
        names = self.given_names()
        self.run("build-model", names)
        self.run("train", names)
        return names

    def run(self, cell_id: str, names: Namespace) -> None:
        exec(compile(self.cells[cell_id].source, cell_id, "exec"), names)  # noqa: S102 - our notebook

    def grade(self, build_model: Callable, train: Callable) -> Outcome:
        """Runs all checks on a pair of functions."""
        student = Student({"build_model": build_model, "train": train})
        checker = {**self.given_names(), "student": student, **self.checker_values}
        points, started = 0.0, time.perf_counter()
        for cell in self.checks():
            try:
                with redirect_stdout(StringIO()):
                    self.run(cell.metadata.nbgrader.grade_id, checker)
            except CheckFailed:
                continue
            points += cell.metadata.nbgrader.points
        outcome = Outcome(
            parameters=checker["checked_model"].parameters(),
            accuracy=checker["checked_accuracy"],
            points=points,
            seconds=time.perf_counter() - started,
        )
        keras.utils.clear_session()  # or every network ever made would stay in memory
        return outcome


def dense_net(units: int, *before: keras.Layer) -> keras.Model:
    """One hidden layer, on the pixels or on what the layers ``before`` make of them."""
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            *before,
            layers.Flatten(),
            layers.Dense(units, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", jit_compile=False)
    return model


def train_as_given(model: keras.Model, x: np.ndarray, y: np.ndarray) -> None:
    """Training without moved copies: the pictures as they are."""
    model.fit(x, y, epochs=12, batch_size=64, verbose=0)


def networks(reference: Namespace) -> dict[str, tuple[Callable, Callable]]:
    """``build_model`` and ``train`` of the reference and its rivals, by name."""
    build, train = reference["build_model"], reference["train"]

    def train_longer(model: keras.Model, x: np.ndarray, y: np.ndarray) -> None:
        for _ in range(LONGER):
            train(model, x, y)

    def train_on_shuffled_labels(model: keras.Model, x: np.ndarray, y: np.ndarray) -> None:
        train(model, x, np.random.default_rng(reference["SEED"]).permutation(y))

    def dense() -> keras.Model:
        return dense_net(12)

    def dense_on_half_size() -> keras.Model:
        return dense_net(47, layers.AveragePooling2D(2))

    return {
        "reference": (build, train),
        "reference, digits as given": (build, train_as_given),
        "dense": (dense, train_as_given),
        "dense, moved digits": (dense, train),
        "dense on half-size, moved digits": (dense_on_half_size, train),
        f"dense on half-size, moved, {LONGER} × longer": (dense_on_half_size, train_longer),
        "untrained": (build, lambda model, x, y: None),
        "shuffled labels": (build, train_on_shuffled_labels),
    }


def breaches(outcomes: dict[str, list[Outcome]], exercise: Exercise) -> list[str]:
    """What breaks the bands' rule, in words."""
    first, second, *_, top = exercise.bands
    found = []
    for name, runs in outcomes.items():
        best, worst = max(run.accuracy for run in runs), min(run.accuracy for run in runs)
        if name == "reference":
            if any(run.points < exercise.max_points for run in runs):
                found.append("the reference does not get full marks with every seed")
            if worst < top + MARGIN:
                found.append(f"the reference's worst is less than {MARGIN} above the top band")
        elif name in ("dense", "dense, moved digits") and best >= second:
            found.append(f"{name}: reaches the second band")
        elif name.startswith("dense") and best >= top:
            found.append(f"{name}: reaches the top band")
        elif name in ("untrained", "shuffled labels") and best >= first:
            found.append(f"{name}: reaches the first band")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=10, help="runs of each network (default: 10)")
    parser.add_argument("--profile", default="sample", choices=["sample", "full"])
    parser.add_argument("--split-seed", type=int, help="another choice of held-out digits")
    arguments = parser.parse_args()

    logging.getLogger("tensorflow").setLevel(logging.ERROR)  # it warns of many small models
    exercise = Exercise(arguments.profile)
    if arguments.split_seed is not None:
        exercise.checker_values["SPLIT_SEED"] = arguments.split_seed
    reference = exercise.reference()
    outcomes: dict[str, list[Outcome]] = {}
    rivals = networks(reference)
    for name, seed in track([(n, s) for n in rivals for s in range(arguments.seeds)], "training"):
        reference["SEED"] = seed  # the reference's functions read it when they are called
        keras.utils.set_random_seed(seed)
        outcomes.setdefault(name, []).append(exercise.grade(*rivals[name]))

    line = "{:38} {:>10} {:>8} {:>8} {:>8} {:>9} {:>8}".format
    print(line("network", "parameters", "min", "median", "max", "points", "seconds"))
    for name, runs in outcomes.items():
        accuracies = [run.accuracy for run in runs]
        lowest, highest = min(run.points for run in runs), max(run.points for run in runs)
        print(
            line(
                name,
                f"{runs[0].parameters:,}",
                *(f"{100 * f(accuracies):.2f} %" for f in (min, median, max)),
                f"{lowest:g}" if lowest == highest else f"{lowest:g} to {highest:g}",
                f"{median(run.seconds for run in runs):.1f}",
            )
        )
    for breach in (found := breaches(outcomes, exercise)):
        print(f"BREACH {breach}")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
