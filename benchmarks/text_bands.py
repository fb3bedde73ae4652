"""What networks reach in the exercise `text-cnn`, and whether its accuracy bands separate them.

Every network is graded by the exercise's own checks, hidden ones included, for several seeds of its
initial weights, its training and the hidden reviews. Prints one table, and exits with 1 where the
bands break their rule:

- the reference gets full marks with every seed, and stays at least `MARGIN` above the top band;
- at sample size, what counts words, did not train or did not learn from the labels stays `MARGIN` below the first band;
- a net without a convolution, and one over the budget, do not get full marks.

    python benchmarks/text_bands.py --seeds 10
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
        notebook = nbformat.read(EXERCISES / "source/text-cnn/text-cnn.ipynb", as_version=4)
        self.cells = {cell.metadata.nbgrader.grade_id: cell for cell in notebook.cells}
        grading = tomllib.loads((EXERCISES / "grading/text-cnn.toml").read_text(encoding="utf-8"))
        self.checker_values = grading["checker"]
        self.bands = self.checker_values["BANDS"][profile]
        self.max_points = sum(cell.metadata.nbgrader.points for cell in self.checks())
        published = self.cells["points" if profile == "sample" else "reviews-text"].source
        for band in self.bands:
            if f"{100 * band:.0f} %" not in published:
                sys.exit(f"the exercise's text does not publish the band {band:.0%}")
        self.given: Namespace = {"PROFILE": profile, "PRACTICE": False}
        for cell_id in ("setup", "data"):
            self.run(cell_id, self.given)

    def checks(self) -> Iterator[nbformat.NotebookNode]:
        return (cell for cell in self.cells.values() if cell.metadata.nbgrader.grade)

    def reference(self) -> Namespace:
        """The instructor's solution."""
        names = dict(self.given)
        for cell_id in ("causal", "build-model", "train"):
            self.run(cell_id, names)
        return names

    def run(self, cell_id: str, names: Namespace) -> None:
        exec(compile(self.cells[cell_id].source, cell_id, "exec"), names)  # noqa: S102 - our notebook

    def grade(self, causal: Callable, build_model: Callable, train: Callable, seed: int) -> Outcome:
        """Runs all checks on a student's three functions, with hidden reviews of their own for each seed."""
        student = Student({"causal_conv1d": causal, "build_model": build_model, "train": train})
        checker = {**self.given, **self.checker_values, "student": student}
        checker["HIDDEN_SEED"] += seed
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


def network(vocabulary_size: int, length: int, depth: int, *inner: keras.Layer) -> keras.Model:
    """An embedding, the layers ``inner``, and one probability."""
    model = keras.Sequential(
        [
            keras.Input((length,)),
            layers.Embedding(vocabulary_size, depth),
            *inner,
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile("adam", "binary_crossentropy", jit_compile=False)
    return model


def bag_of_words(vocabulary_size: int, length: int) -> keras.Model:
    """The mean of all words' vectors: it knows how often each word occurs, and not where."""
    inner = layers.GlobalAveragePooling1D(), layers.Dense(32, activation="relu")
    return network(vocabulary_size, length, 16, *inner)


def single_words(vocabulary_size: int, length: int) -> keras.Model:
    """A convolution whose windows are one word wide."""
    inner = layers.Conv1D(32, 1, activation="relu"), layers.GlobalMaxPooling1D()
    return network(vocabulary_size, length, 16, *inner)


def two_words(vocabulary_size: int, length: int) -> keras.Model:
    """A convolution whose windows are two words wide."""
    inner = layers.Conv1D(32, 2, activation="relu"), layers.GlobalMaxPooling1D()
    return network(vocabulary_size, length, 16, *inner)


def places(vocabulary_size: int, length: int) -> keras.Model:
    """No convolution: dense layers on the words at their places."""
    inner = layers.Flatten(), layers.Dense(16, activation="relu")
    return network(vocabulary_size, length, 8, *inner)


def over_budget(vocabulary_size: int, length: int) -> keras.Model:
    """The reference's layers, many times as wide."""
    inner = layers.Conv1D(256, 5, padding="same", activation="relu"), layers.GlobalMaxPooling1D()
    return network(vocabulary_size, length, 64, *inner)


def networks(reference: Namespace) -> dict[str, tuple[Callable, Callable]]:
    """``build_model`` and ``train`` of the reference and its rivals, by name."""
    build, train = reference["build_model"], reference["train"]

    def train_on_shuffled_labels(model: keras.Model, x: np.ndarray, y: np.ndarray) -> None:
        train(model, x, np.random.default_rng(reference["SEED"]).permutation(y))

    def train_at_keras_rate(model: keras.Model, x: np.ndarray, y: np.ndarray) -> None:
        model.fit(x, y, epochs=6, batch_size=32, verbose=0)

    return {
        "reference": (build, train),
        "reference, Adam as it comes": (build, train_at_keras_rate),
        "windows of two words": (two_words, train),
        "windows of one word": (single_words, train),
        "bag of words": (bag_of_words, train),
        "dense on places": (places, train),
        "over the budget": (over_budget, train),
        "untrained": (build, lambda model, x, y: None),
        "shuffled labels": (build, train_on_shuffled_labels),
    }


KNOW_NO_ORDER = ("windows of one word", "bag of words")
LEARNED_NOTHING = ("untrained", "shuffled labels")
NOT_ALLOWED = ("over the budget", "dense on places", "bag of words")


def breaches(outcomes: dict[str, list[Outcome]], exercise: Exercise, profile: str) -> list[str]:
    """What breaks the bands' rule, in words."""
    first, *_, top = exercise.bands
    below = LEARNED_NOTHING + (KNOW_NO_ORDER if profile == "sample" else ())
    found = []
    for name, runs in outcomes.items():
        best, worst = max(run.accuracy for run in runs), min(run.accuracy for run in runs)
        if name == "reference":
            if any(run.points < exercise.max_points for run in runs):
                found.append("the reference does not get full marks with every seed")
            if worst < top + MARGIN:
                found.append(f"the reference's worst is less than {MARGIN} above the top band")
        elif name in below and best >= first - MARGIN:
            found.append(f"{name}: comes to the first band")
        elif name in NOT_ALLOWED and any(run.points == exercise.max_points for run in runs):
            found.append(f"{name}: gets full marks")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=10, help="runs of each network (default: 10)")
    parser.add_argument("--profile", default="sample", choices=["sample", "full"])
    parser.add_argument("--only", nargs="+", metavar="NETWORK", help="these networks, by name")
    arguments = parser.parse_args()

    logging.getLogger("tensorflow").setLevel(logging.ERROR)  # it warns of many small models
    exercise = Exercise(arguments.profile)
    reference = exercise.reference()
    rivals = networks(reference)
    if arguments.only:
        rivals = {name: rivals[name] for name in arguments.only}
    outcomes: dict[str, list[Outcome]] = {}
    for name, seed in track([(n, s) for n in rivals for s in range(arguments.seeds)], "training"):
        reference["SEED"] = seed  # the reference's functions read it when they are called
        keras.utils.set_random_seed(seed)
        outcome = exercise.grade(reference["causal_conv1d"], *rivals[name], seed)
        outcomes.setdefault(name, []).append(outcome)

    line = "{:30} {:>10} {:>8} {:>8} {:>8} {:>9} {:>8}".format
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
    for breach in (found := breaches(outcomes, exercise, arguments.profile)):
        print(f"BREACH {breach}")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
