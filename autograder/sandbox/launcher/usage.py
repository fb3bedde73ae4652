"""Usage: what all processes of a sandbox use together, which no limit of the kernel's for one process bounds."""

import os
from pathlib import Path

MOST_FILES = 20_000


class TooMuchError(Exception):
    """The sandbox uses more than it may; the message says of what."""


def check(limits: dict, scratch: str) -> None:
    """Looks once at memory and scratch folder; run by the first process of the sandbox.

    Raises:
        TooMuchError: over a limit, or not to be measured.
    """
    if _memory() > limits["memory_bytes"]:
        raise TooMuchError(f"its processes used more than {limits['memory_bytes']} bytes of memory")
    if _stored(scratch) > limits["scratch_bytes"]:
        raise TooMuchError(f"its files took more than {limits['scratch_bytes']} bytes")


def _memory() -> int:
    """Private and shared memory of every process, in bytes; what a child shares with its parent counts twice."""
    total = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            lines = status.read_bytes().splitlines()
        except (FileNotFoundError, ProcessLookupError):  # it has ended
            continue
        total += sum(
            int(line.split()[1]) * 1024
            for line in lines
            if line.startswith((b"RssAnon:", b"RssShmem:"))
        )
    return total


def _stored(folder: str) -> int:
    total = files = 0
    waiting = [folder]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    files += 1
                    total += entry.stat(follow_symlinks=False).st_blocks * 512
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
        except (FileNotFoundError, NotADirectoryError):  # it has just been removed
            continue
        except OSError as error:  # hidden on purpose: nested too deep, or closed to its owner
            raise TooMuchError(f"its files cannot be counted ({error.strerror})") from None
        if files > MOST_FILES:
            raise TooMuchError(f"it made more than {MOST_FILES} files")
    return total
