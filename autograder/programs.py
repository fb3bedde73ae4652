"""Programs that come with the environment, found however the grader was called."""

import os
import sys
from pathlib import Path


def put_own_programs_on_path() -> None:
    """nbgrader makes a new gradebook with the program ``alembic``, which it looks for on the PATH."""
    own = str(Path(sys.executable).parent)
    if own not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([own, os.environ.get("PATH", os.defpath)])
