"""Importing Keras without the report that TensorFlow writes about the machine."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def quiet_start() -> Iterator[None]:
    """Discards what this process writes to its standard error while the body runs.

    TensorFlow reports on the machine from C++, past Python's own streams, when it is first imported.
    Errors still come as exceptions.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    kept = os.dup(2)
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
