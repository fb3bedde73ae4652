"""What networks reach in the exercise `mnist`, and whether its accuracy bands separate them.

Every network is graded by the exercise's own checks, hidden ones included, for several seeds of its
initial weights and training. Prints one table, and exits with 1 where the bands break their rule:

- the reference gets full marks with every seed, and stays at least `MARGIN` above the top band;
- no dense net within the budget gets past the first band by the training that students begin with, nor
  to the top band by any;
- what did not learn from the labels stays below the first band.

    python -m benchmarks.mnist_bands --seeds 10
"""

import argparse
import logging
import sys
from collections.abc import Callable

import numpy as np
from keras import layers
from rich.progress import track

from benchmarks.graded_cells import (
    GradedCells,
    Namespace,
    Outcome,
    breaches_of_reference,
    exit_code,
    keras,
    outcome_of,
    print_outcomes,
)

LONGER = 4  # times the reference's training


class Mnist(GradedCells):
    """The cells of `mnist`."""

    def __init__(self, profile: str):
        super().__init__("mnist", profile)
        self.bands = self.checker_values["BANDS"]
        self.require_published(self.bands, "points", "**{}**")

    def reference(self) -> Namespace:
        """The instructor's solution."""
        return self.names_after("setup", "build-model", "train")

    def grade(self, build_model: Callable, train: Callable) -> Outcome:
        """Runs all checks on a pair of functions."""
        functions = {"build_model": build_model, "train": train}
        return outcome_of(self.graded(self.names_after("setup"), functions))


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


def breaches(outcomes: dict[str, list[Outcome]], exercise: Mnist) -> list[str]:
    """What breaks the bands' rule, in words."""
    first, second, *_, top = exercise.bands
    found = []
    for name, runs in outcomes.items():
        best = max(run.accuracy for run in runs)
        if name == "reference":
            found += breaches_of_reference(runs, exercise.max_points, top)
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
    exercise = Mnist(arguments.profile)
    if arguments.split_seed is not None:
        exercise.checker_values["SPLIT_SEED"] = arguments.split_seed
    reference = exercise.reference()
    outcomes: dict[str, list[Outcome]] = {}
    rivals = networks(reference)
    for name, seed in track([(n, s) for n in rivals for s in range(arguments.seeds)], "training"):
        reference["SEED"] = seed  # the reference's functions read it when they are called
        keras.utils.set_random_seed(seed)
        outcomes.setdefault(name, []).append(exercise.grade(*rivals[name]))

    print_outcomes(outcomes)
    return exit_code(breaches(outcomes, exercise))


if __name__ == "__main__":
    sys.exit(main())
