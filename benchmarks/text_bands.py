"""What networks reach in the exercise `text-cnn`, and whether its accuracy bands separate them.

Every network is graded by the exercise's own checks, hidden ones included, for several seeds of its
initial weights, its training and the hidden reviews. Prints one table, and exits with 1 where the
bands break their rule:

- the reference gets full marks with every seed, and stays at least `MARGIN` above the top band;
- at sample size, what counts words, did not train or did not learn from the labels stays `MARGIN` below the first band;
- a net without a convolution, and one over the budget, do not get full marks.

    python -m benchmarks.text_bands --seeds 10
"""

import argparse
import logging
import sys
from collections.abc import Callable

import numpy as np
from keras import layers
from rich.progress import track

from benchmarks.graded_cells import (
    MARGIN,
    GradedCells,
    Namespace,
    Outcome,
    breaches_of_reference,
    exit_code,
    keras,
    outcome_of,
    print_outcomes,
)


class TextCnn(GradedCells):
    """The cells of `text-cnn`."""

    def __init__(self, profile: str):
        super().__init__("text-cnn", profile)
        self.bands = self.checker_values["BANDS"][profile]
        published = "points" if profile == "sample" else "reviews-text"
        self.require_published(self.bands, published, "{}")
        self.given = self.names_after("setup", "data")

    def reference(self) -> Namespace:
        """The instructor's solution."""
        return self.names_after("causal", "build-model", "train", given=self.given)

    def grade(self, causal: Callable, build_model: Callable, train: Callable, seed: int) -> Outcome:
        """Runs all checks on a student's three functions, with hidden reviews of their own for each seed."""
        functions = {"causal_conv1d": causal, "build_model": build_model, "train": train}
        hidden_seed = self.checker_values["HIDDEN_SEED"] + seed
        return outcome_of(self.graded(self.given, functions, HIDDEN_SEED=hidden_seed))


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


def breaches(outcomes: dict[str, list[Outcome]], exercise: TextCnn) -> list[str]:
    """What breaks the bands' rule, in words."""
    first, *_, top = exercise.bands
    below = LEARNED_NOTHING + (KNOW_NO_ORDER if exercise.profile == "sample" else ())
    found = []
    for name, runs in outcomes.items():
        best = max(run.accuracy for run in runs)
        if name == "reference":
            found += breaches_of_reference(runs, exercise.max_points, top)
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
    exercise = TextCnn(arguments.profile)
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

    print_outcomes(outcomes)
    return exit_code(breaches(outcomes, exercise))


if __name__ == "__main__":
    sys.exit(main())
