"""Tests what is written with Keras on each of its backends that is installed.

The NumPy modules (operations, data) need no repetition. A second backend goes into the environment
by hand: `pip install jax` or `pip install torch`.
"""

import os
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parent.parent
BACKENDS = ("tensorflow", "jax", "torch")
WRITTEN_WITH_KERAS = (
    *("models", "detection", "style", "explain", "test_segmentation.py", "test_gradients.py"),
    *("test_costs.py", "test_keras_applications.py", "test_receptive_field.py"),
    "test_checking.py",
)


def main() -> int:
    tests = [str(ROOT / "tests/convbook" / name) for name in WRITTEN_WITH_KERAS]
    outcomes = {}
    for backend in BACKENDS:
        if find_spec(backend) is None:
            outcomes[backend] = "not installed, not tested"
            continue
        started = time.monotonic()
        run = subprocess.run(  # noqa: S603 - pytest on our own files
            [sys.executable, "-m", "pytest", "--quiet", *tests],
            env={**os.environ, "KERAS_BACKEND": backend},
            cwd=ROOT,
        )
        verdict = "failed" if run.returncode else "passed"
        outcomes[backend] = f"{verdict} in {time.monotonic() - started:.0f} s"
    for backend, outcome in outcomes.items():
        print(f"{backend:11} {outcome}")
    return int(any(outcome.startswith("failed") for outcome in outcomes.values()))


if __name__ == "__main__":
    sys.exit(main())
