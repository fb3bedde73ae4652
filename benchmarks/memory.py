"""Predicted memory beside measured memory, on this machine.

For each network and batch, a fresh process measures how much its peak memory (resident set) grows by
predicting, and by taking one training step. `convbook.costs` predicts the least that must exist: a
ratio of 1 would be a framework without work space, and none can be below. Prints one table; exits
with 1 where the machine used less than was predicted, which would mean that the prediction is wrong.

    python benchmarks/memory.py
"""

import argparse
import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable

from rich.progress import track

from convbook import costs
from convbook.quiet import quiet_start

WEIGHT_COPIES = 4  # Adam: weights, gradients and two moving averages
TOLERANCE = (
    0.95  # of the prediction: what the process had free before the measurement is not growth
)


def networks() -> dict[str, tuple[Callable, int]]:
    """How to build each network, and a batch that takes some hundred megabytes."""
    import keras
    from keras import applications, layers

    def three_layers():
        maps = [layers.Conv2D(n, 3, 2, "same", activation="relu") for n in (100, 200, 400)]
        end = [layers.GlobalAveragePooling2D(), layers.Dense(10)]
        return keras.Sequential([keras.Input((200, 300, 3)), *maps, *end])

    def colour_stack():
        stack = []
        for maps in (32, 64, 128):
            stack += [
                layers.Conv2D(maps, 3, padding="same", activation="relu"),
                layers.Conv2D(maps, 3, padding="same", activation="relu"),
                layers.MaxPooling2D(),
            ]
        end = [layers.Flatten(), layers.Dense(256, activation="relu"), layers.Dense(10)]
        return keras.Sequential([keras.Input((32, 32, 3)), *stack, *end])

    def from_keras(name, size):
        build = getattr(applications, name)
        return lambda: build(
            weights=None, input_shape=(size, size, 3), classes=10, classifier_activation=None
        )

    return {
        "three layers of chapter 5": (three_layers, 50),
        "six convolutions, 32×32": (colour_stack, 500),
        "VGG16, 96×96": (from_keras("VGG16", 96), 32),
        "ResNet50, 96×96": (from_keras("ResNet50", 96), 32),
        "MobileNet, 96×96": (from_keras("MobileNet", 96), 64),
    }


def peak_bytes() -> int:
    """The largest resident set this process ever had; macOS counts bytes, others kilobytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak


def measure(name: str, what: str) -> dict[str, float]:
    """Runs in the fresh process: predicted and measured bytes of one network."""
    with quiet_start():
        import keras
    import numpy as np

    build, batch = networks()[name]
    warm_up = keras.Sequential([keras.Input((8, 8, 3)), keras.layers.Conv2D(2, 3)])
    warm_up.compile("adam", "mse", jit_compile=False)
    warm_up.train_on_batch(np.zeros((1, 8, 8, 3)), np.zeros((1, 6, 6, 2)))
    warm_up.predict_on_batch(np.zeros((1, 8, 8, 3)))

    before = peak_bytes()
    model = build()
    cost = costs.of_model(model)
    images = np.random.default_rng(0).random((batch, *cost.input_shape), dtype=np.float32)
    if what == "prediction":
        model.compile(jit_compile=False)
        model.predict_on_batch(images)
        predicted = cost.prediction_bytes(batch)
    else:
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile("adam", loss, jit_compile=False)
        model.train_on_batch(images, np.zeros(batch))
        predicted = cost.training_bytes(batch, weight_copies=WEIGHT_COPIES)
    return {"batch": batch, "predicted": predicted, "measured": peak_bytes() - before}


def in_a_fresh_process(name: str, what: str) -> dict[str, float]:
    command = [sys.executable, __file__, "--measure", name, what]
    run = subprocess.run(command, capture_output=True, text=True, env=os.environ)
    if run.returncode:
        sys.exit(f"measuring {what} of {name} failed:\n{run.stderr[-2000:]}")
    return json.loads(run.stdout.splitlines()[-1])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--measure", nargs=2, metavar=("NETWORK", "WHAT"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        print(json.dumps(measure(*arguments.measure)))
        return 0

    with quiet_start():
        names = list(networks())
    runs = [(name, what) for name in names for what in ("prediction", "training")]
    line = "{:28} {:10} {:>6} {:>13} {:>12} {:>7}".format
    rows, below = [], []
    for name, what in track(runs, "measuring", transient=True):
        found = in_a_fresh_process(name, what)
        ratio = found["measured"] / found["predicted"]
        rows.append(
            line(
                name,
                what,
                found["batch"],
                f"{found['predicted'] / 1e6:,.0f} MB",
                f"{found['measured'] / 1e6:,.0f} MB",
                f"{ratio:.2f}",
            )
        )
        if ratio < TOLERANCE:
            below.append(f"BELOW {name}, {what}: less was used than must exist")
    print(line("network", "", "batch", "predicted", "measured", "ratio"))
    print("\n".join([*rows, *below]))
    return int(bool(below))


if __name__ == "__main__":
    sys.exit(main())
