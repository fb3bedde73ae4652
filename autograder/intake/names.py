"""Names: who handed a file in, and under which id the gradebook and the output folders know them."""

import hashlib
import re
import unicodedata
from typing import NamedTuple

LONGEST_NAME = 100  # characters; nbgrader's column holds 128
LONGEST_NAME_BYTES = 200  # in UTF-8; file systems take 255, and write_atomically adds to it

_MOODLE = re.compile(r"(?P<student>.+?_[0-9]+)_assignsubmission_(?:file|onlinetext)_?(?P<file>.*)")
_CANVAS = re.compile(r"(?P<name>[^_]+)_(?:LATE_)?(?P<user>[0-9]+)_[0-9]+_(?P<file>.+)")
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_NOT_IN_FILE_NAMES = re.compile(r'[/\\:*?"<>|\[\]]')
_RESERVED_ON_WINDOWS = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)", re.IGNORECASE)


class Delivered(NamedTuple):
    """A name as a learning management system writes it, taken apart."""

    student: str
    file: str


def delivered(name: str) -> Delivered | None:
    """The student and the file in a name that Moodle or Canvas made; None for any other name.

    Moodle: ``Ana Silva_12345_assignsubmission_file_`` (a folder) or ``..._file_work.ipynb``. Canvas:
    ``silvaana_12345_67890_work.ipynb``, with ``LATE_`` before the numbers. What follows was chosen by the
    student, and is not searched for another name.
    """
    if found := _MOODLE.fullmatch(name):
        return Delivered(found["student"], found["file"])
    if found := _CANVAS.fullmatch(name):
        return Delivered(f"{found['name']}_{found['user']}", found["file"])
    return None


def student_id(name: str) -> str:
    """An id that the gradebook, file systems and terminals take: the name itself wherever it can be.

    A name that had to change ends in a digest of what it was: two names do not become one, and an id does
    not depend on who else handed in.
    """
    composed = unicodedata.normalize("NFC", name)
    visible = "".join(
        " " if c.isspace() else c
        for c in composed
        if c.isspace() or unicodedata.category(c) not in _INVISIBLE
    )
    clean = _NOT_IN_FILE_NAMES.sub("-", visible).lstrip(" .-~").rstrip(" .")
    if not clean or _RESERVED_ON_WINDOWS.match(clean):
        clean = f"student {clean}".rstrip()
    if clean == composed and clean == _shortened(clean, LONGEST_NAME, LONGEST_NAME_BYTES):
        return clean
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    short = _shortened(clean, LONGEST_NAME - 9, LONGEST_NAME_BYTES - 9)
    return f"{short.rstrip(' .')}-{digest}"


def alike(student: str) -> str:
    """Equal for ids that a person or a file system without case cannot tell apart."""
    return unicodedata.normalize("NFKC", student).casefold()


def _shortened(text: str, characters: int, size: int) -> str:
    return text[:characters].encode()[:size].decode("utf-8", "ignore")


def shown(name: str) -> str:
    """A name that a student chose, for a message: short, and nothing in it that does not print."""
    return "".join(c if c.isprintable() else "?" for c in name[:80])
