"""Scratch folders: made for one sandbox, and removed whatever was left in them."""

import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SECONDS_TO_DIE = 10


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A fresh folder under the system's temporary one, removed at the end.

    Read nothing in it through a link, nor without checking that it is a regular file: what ran inside
    may have left links to anywhere, and pipes that never end.
    """
    folder = Path(tempfile.mkdtemp(prefix="autograder-"))
    try:
        yield folder
    finally:
        _remove(folder)


def _remove(folder: Path) -> None:
    """``shutil.rmtree`` gives up on folders nested a thousand deep; the system's programs do not.

    Repeated because what ran there may be dying still, and leave another file behind.
    """
    give_up = time.monotonic() + SECONDS_TO_DIE
    while folder.exists() and time.monotonic() < give_up:
        for program in (("chmod", "-R", "u+rwX"), ("rm", "-rf")):
            subprocess.run([*program, "--", str(folder)], check=False, capture_output=True)  # noqa: S603
