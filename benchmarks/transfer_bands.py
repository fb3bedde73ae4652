"""What networks reach in the exercise `transfer`, and whether its accuracy bands separate them.

Every network is graded by the exercise's own checks, hidden ones included, for several seeds of its
initial weights, its training and the choice of the few labelled pictures. Prints one table, and exits
with 1 where the bands break their rule:

- the reference gets full marks with every seed, and stays at least `MARGIN` above the top band and
  above the gain that is asked for;
- what is trained on the few pictures alone, not at all, on shuffled labels or on the test pictures
  themselves earns nothing for its accuracy, and the first of these stays `MARGIN` below the first band;
- what saw the source only as it is does not get to the top band.

    python -m benchmarks.transfer_bands --seeds 10
"""

import argparse
import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

import numpy as np

from benchmarks.graded_cells import MARGIN, GradedCells, Namespace, exit_code, keras, points_of
from convbook.data import photo_digits


@dataclass(frozen=True)
class Outcome:
    """One pair of functions, graded once; accuracies are None where the checks did not get to them."""

    accuracy: float | None
    scratch: float | None
    points: float
    earned: frozenset[str]
    seconds: float


class Transfer(GradedCells):
    """The cells of `transfer`."""

    def __init__(self, profile: str):
        super().__init__("transfer", profile)
        self.bands = self.checker_values["BANDS"]
        self.require_published(self.bands, "points", "**{}**")
        self.given = self.names_after("setup", "data")

    def reference(self) -> Namespace:
        """The instructor's solution."""
        cells = ("split-by-sheet", "build-model", "pretrain", "adapt")
        return self.names_after(*cells, given=self.given)

    def grade(self, functions: dict[str, Callable], seed: int) -> Outcome:
        """Runs all checks on a student's functions, with other few pictures for each seed."""
        split_seed = self.checker_values["SPLIT_SEED"] + seed
        graded = self.graded(self.given, functions, SPLIT_SEED=split_seed)
        keras.utils.clear_session()  # or every network ever made would stay in memory
        return Outcome(
            accuracy=graded.names.get("checked_accuracy"),
            scratch=graded.names.get("checked_scratch"),
            points=graded.points,
            earned=graded.earned,
            seconds=graded.seconds,
        )


def rivals_of(reference: Namespace) -> dict[str, dict[str, Callable]]:
    """What each rival does in place of the reference, by name."""
    build_model, pretrain = reference["build_model"], reference["pretrain"]

    def as_it_is(model: keras.Model, x: np.ndarray, y: np.ndarray) -> None:
        model.fit(x, y, batch_size=50, epochs=4 if len(x) >= 2_000 else 12, verbose=0)

    def on_shuffled_labels(model: keras.Model, x: np.ndarray, y: np.ndarray) -> None:
        pretrain(model, x, np.random.default_rng(reference["SEED"]).permutation(y))

    def on_the_test_pictures(model: keras.Model, x: np.ndarray, y: np.ndarray) -> None:
        target = photo_digits(reference["PROFILE"])
        as_it_is(model, target.x_test.astype("float32") / 255, target.y_test)

    def from_scratch(model: keras.Model, x: np.ndarray, y: np.ndarray) -> keras.Model:
        scratch = build_model()
        scratch.fit(x, y, batch_size=20, epochs=40, verbose=0)
        return scratch

    def copied(model: keras.Model, x: np.ndarray, y: np.ndarray) -> keras.Model:
        copy = keras.models.clone_model(model)
        copy.set_weights(model.get_weights())
        return copy

    return {
        "reference": {},
        "source as it is": {"pretrain": as_it_is},
        "source as it is, not adapted": {"pretrain": as_it_is, "adapt": copied},
        "from scratch, 40 epochs": {"adapt": from_scratch},
        "untrained": {"pretrain": lambda model, x, y: None, "adapt": copied},
        "shuffled labels": {"pretrain": on_shuffled_labels},
        "the test pictures": {"pretrain": on_the_test_pictures},
    }


def breaches(outcomes: dict[str, list[Outcome]], exercise: Transfer) -> list[str]:
    """What breaks the bands' rule, in words."""
    first, *_, top = exercise.bands
    gain = exercise.checker_values["GAIN"]
    found = []
    for name, runs in outcomes.items():
        accuracies = [run.accuracy for run in runs if run.accuracy is not None]
        if name == "reference":
            if any(run.points < exercise.max_points for run in runs):
                found.append("the reference does not get full marks with every seed")
            elif min(accuracies) < top + MARGIN:
                found.append(f"the reference's worst is less than {MARGIN} above the top band")
            elif min(run.accuracy - run.scratch for run in runs) < gain + MARGIN:
                found.append(f"the reference's least gain is less than {MARGIN} above {gain}")
        elif name.startswith("source"):
            if max(accuracies, default=0) >= top:
                found.append(f"{name}: reaches the top band")
        elif any("hidden-band-1" in run.earned for run in runs):
            found.append(f"{name}: reaches the first band")
        elif name.startswith("from scratch") and max(accuracies) > first - MARGIN:
            found.append(f"{name}: less than {MARGIN} below the first band")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=10, help="runs of each (default: 10)")
    parser.add_argument("--profile", default="sample", choices=["sample", "full"])
    parser.add_argument("--first", type=int, default=0, help="the first seed (default: 0)")
    parser.add_argument("--only", default="", help="networks whose name begins so")
    arguments = parser.parse_args()

    logging.getLogger("tensorflow").setLevel(logging.ERROR)  # it warns of many small models
    exercise = Transfer(arguments.profile)
    reference = exercise.reference()
    rivals = {
        name: {**reference, **functions}
        for name, functions in rivals_of(reference).items()
        if name.startswith(arguments.only)
    }
    line = "{:30} {:>8} {:>8} {:>8} {:>12} {:>9} {:>8}".format
    print(line("network", "min", "median", "max", "least gain", "points", "seconds"))
    outcomes: dict[str, list[Outcome]] = {}
    for name, functions in rivals.items():
        runs = outcomes[name] = []
        for seed in range(arguments.first, arguments.first + arguments.seeds):
            reference["SEED"] = seed  # the functions read it when they are called
            keras.utils.set_random_seed(seed)
            runs.append(exercise.grade(functions, seed))
        accuracies = [run.accuracy for run in runs if run.accuracy is not None]
        gains = [run.accuracy - run.scratch for run in runs if run.scratch is not None]
        shown = [f"{100 * f(accuracies):.1f} %" for f in (min, median, max)] if accuracies else []
        row = line(
            name,
            *(shown or ["none", "", ""]),
            f"{100 * min(gains):.1f}" if gains else "",
            points_of(runs),
            f"{median(run.seconds for run in runs):.1f}",
        )
        print(row, flush=True)
    return exit_code(breaches(outcomes, exercise))


if __name__ == "__main__":
    sys.exit(main())
