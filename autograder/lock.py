"""A lock between processes that cannot be left behind: the system frees it when its process ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from autograder.errors import UserError


@contextmanager
def only_process(path: Path, busy: str) -> Iterator[None]:
    """Holds the lock of the file ``path``, which stays where it is when the lock is free again.

    Raises:
        UserError: another process holds it; ``busy`` says so.
    """
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666), "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UserError(busy) from None
        yield
