"""Scratch folders: made for one sandbox, and removed whatever was left in them."""

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SECONDS_TO_DIE = 10
LONGEST_SOCKET_PATH = 103  # bytes; the least that a Unix in use takes, which is macOS's
ROOM_BELOW = 40  # for "/autograder-template-12345678/socket", the longest that is made


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A fresh folder in :func:`temporary_folder`, removed at the end.

    Read nothing in it through a link, nor without checking that it is a regular file: what ran inside
    may have left links to anywhere, and pipes that never end.
    """
    folder = Path(tempfile.mkdtemp(prefix="autograder-", dir=temporary_folder()))
    try:
        yield folder
    finally:
        _remove(folder)


def temporary_folder() -> str:
    """The system's temporary folder, or /tmp where its path is too long for sockets in folders below it."""
    folder = tempfile.gettempdir()
    return folder if len(os.fsencode(folder)) <= LONGEST_SOCKET_PATH - ROOM_BELOW else "/tmp"  # noqa: S108


def _remove(folder: Path) -> None:
    """``shutil.rmtree`` gives up on folders nested a thousand deep; the system's programs do not.

    Repeated because what ran there may be dying still, and leave another file behind.
    """
    give_up = time.monotonic() + SECONDS_TO_DIE
    while folder.exists() and time.monotonic() < give_up:
        for program in (("chmod", "-R", "u+rwX"), ("rm", "-rf")):
            subprocess.run([*program, "--", str(folder)], check=False, capture_output=True)  # noqa: S603
