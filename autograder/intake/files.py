"""Files handed in: a path below the place that was searched, and a way to read what is there."""

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from autograder.intake.names import shown
from autograder.intake.rejection import RejectedError

ARCHIVE_SUFFIXES = (".zip", ".tar", ".tar.gz", ".tgz")
LARGEST_ARCHIVE = 50_000_000  # of one student
_CLUTTER = {"__MACOSX", ".ipynb_checkpoints", ".DS_Store", ".git"}


@dataclass(frozen=True)
class HandedIn:
    """One file, link or folder. ``read(limit)`` takes the content, or says why it cannot be taken.

    ``read`` raises RejectedError, also for content of more than ``limit`` bytes.
    """

    path: tuple[str, ...]
    read: Callable[[int], bytes]

    @property
    def name(self) -> str:
        return self.path[-1]

    @property
    def is_notebook(self) -> bool:
        return self.name.lower().endswith(".ipynb")

    @property
    def is_archive(self) -> bool:
        return self.name.lower().endswith(ARCHIVE_SUFFIXES)

    @property
    def is_clutter(self) -> bool:
        """What Jupyter, Git and macOS leave beside a student's files."""
        return self.name.startswith("._") or not _CLUTTER.isdisjoint(self.path)


def stem(name: str) -> str:
    """The name without the ending of a notebook or an archive."""
    for suffix in (".ipynb", ".tar.gz", ".tgz", ".tar", ".zip"):
        if name.lower().endswith(suffix):
            return name[: -len(suffix)]
    return name


def exceeds(size: int, limit: int) -> RejectedError:
    """The rejection of a file of ``size`` bytes."""
    return RejectedError(
        f"This file has {size / 1e6:.0f} MB; {limit / 1e6:.0f} MB are allowed. Clear the outputs "
        "(Edit > Clear Outputs of All Cells) and leave data out, save, and hand it in again."
    )


def read_plain_file(path: Path, limit: int) -> bytes:
    """Content of a file on disk. A link is not followed, and a pipe or socket is not waited for.

    Raises:
        RejectedError: it is not a plain file, cannot be read, or has more than ``limit`` bytes.
    """
    try:
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        if not stat.S_ISREG(path.lstat().st_mode):
            raise not_plain(path.name)
        with os.fdopen(os.open(path, flags), "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise not_plain(path.name)
            if status.st_size > limit:
                raise exceeds(status.st_size, limit)
            return file.read(status.st_size + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise RejectedError(f"{shown(path.name)} cannot be read ({reason}).") from None


def not_plain(name: str) -> RejectedError:
    """The rejection of a link, folder, device, pipe or socket."""
    return RejectedError(f"{shown(name)} is not a plain file in a folder. Hand in the file itself.")
