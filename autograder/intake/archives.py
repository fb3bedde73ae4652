"""Archives: the files in a zip or tar, read in memory and never unpacked to disk.

Their parsers raise many kinds of errors on damaged input; each of them means that the archive is damaged.
"""

import gzip
import tarfile
import time
import zipfile
from collections.abc import Callable, Iterator
from typing import IO

from autograder.intake.files import (
    ARCHIVE_SUFFIXES,
    LARGEST_ARCHIVE,
    HandedIn,
    exceeds,
    not_plain,
)
from autograder.intake.names import shown
from autograder.intake.rejection import RejectedError

MOST_READS_AFTER_END = 10
MOST_SECONDS = 60  # to read a tar; the largest that are allowed take a few
LARGEST_HEADER = 8_192
GREATEST_RATIO = 200  # unpacked to packed; notebooks full of equal outputs reach about 50
SMALL = 1_000_000  # bytes to which the ratio does not apply

_OF_USE = (".ipynb", *ARCHIVE_SUFFIXES)
_ENCRYPTED = 0x1
_LINKS_AND_DEVICES = 0o170000
_PLAIN_MODES = (0, 0o100000)
_DAMAGED = "The archive is damaged or not a zip or tar.gz file. Make it anew and hand it in again."


def files_in(archive: IO[bytes], most_files: int, most_bytes: int) -> Iterator[HandedIn]:
    """The files of an archive, in its order. Read them while ``archive`` is open.

    Args:
        archive: seekable, at its start; its content decides what kind it is.
        most_files: members that are allowed.
        most_bytes: unpacked bytes that are allowed in a tar, which has to be read from end to end.

    Raises:
        RejectedError: it is not an archive, damaged, or beyond the limits.
    """
    magic = archive.read(4)
    archive.seek(0)
    members = (
        _zip_members(archive) if magic[:2] == b"PK" else _tar_members(archive, magic, most_bytes)
    )
    for count, member in enumerate(_told(members), 1):
        if count > most_files:
            raise RejectedError(f"The archive holds more than {most_files:,} files.")
        yield member


def _told(members: Iterator[HandedIn]) -> Iterator[HandedIn]:
    try:
        yield from members
    except RejectedError:
        raise
    except Exception:
        raise RejectedError(_DAMAGED) from None


def _zip_members(archive: IO[bytes]) -> Iterator[HandedIn]:
    opened = zipfile.ZipFile(archive)
    for info in opened.infolist():
        yield HandedIn(_parts(info.filename), _zip_reader(opened, info))


def _zip_reader(opened: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[int], bytes]:
    def read(limit: int) -> bytes:
        name = _checked_name(info.filename)
        if info.is_dir() or (info.external_attr >> 16) & _LINKS_AND_DEVICES not in _PLAIN_MODES:
            raise not_plain(name)
        if info.flag_bits & _ENCRYPTED:
            raise RejectedError("The archive has a password. Make it anew without one.")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise RejectedError(f"{name} is packed in an unusual way. Make an ordinary zip file.")
        if info.file_size > limit:
            raise exceeds(info.file_size, limit)
        if info.file_size > max(SMALL, GREATEST_RATIO * info.compress_size):
            raise RejectedError(f"{name} is packed more tightly than any notebook is.")
        try:
            with opened.open(info) as file:
                return file.read(info.file_size + 1)  # never more, whatever it unpacks to
        except Exception:
            raise RejectedError(_DAMAGED) from None

    return read


def _tar_members(archive: IO[bytes], magic: bytes, most_bytes: int) -> Iterator[HandedIn]:
    packed = magic[:2] == b"\x1f\x8b"
    stream = _Counted(gzip.GzipFile(fileobj=archive) if packed else archive, archive, most_bytes)
    with tarfile.open(fileobj=stream, mode="r|", tarinfo=_Header) as opened:
        for info in opened:
            yield HandedIn(_parts(info.name), _tar_reader(opened, info))


def _tar_reader(opened: tarfile.TarFile, info: tarfile.TarInfo) -> Callable[[int], bytes]:
    """A tar comes as a stream: what may be of use is read at once, everything else is passed over."""
    plain = info.isreg() and not info.issparse()
    content = b""
    if plain and info.size <= LARGEST_ARCHIVE and info.name.lower().endswith(_OF_USE):
        content = opened.extractfile(info).read()

    def read(limit: int) -> bytes:
        name = _checked_name(info.name)
        if not plain:
            raise not_plain(name)
        if info.size > limit:
            raise exceeds(info.size, limit)
        if len(content) != info.size:
            raise RejectedError(_DAMAGED)
        return content

    return read


class _Header(tarfile.TarInfo):
    """A member's header, refused where it would make tarfile read without end or run in circles."""

    @classmethod
    def frombuf(cls, buf: bytes, encoding: str, errors: str) -> tarfile.TarInfo:
        header = super().frombuf(buf, encoding, errors)
        plain = header.type in (tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.DIRTYPE)
        if header.size < 0 or (not plain and header.size > LARGEST_HEADER):
            raise RejectedError(_DAMAGED)
        return header


class _Counted:
    """A stream that ends in a rejection where it gets longer than anyone's work is.

    tarfile skips a member of 10^20 bytes by reading on, long after the end, and searches some headers in
    time that grows with the square of their length (CVE-2024-6232).
    """

    def __init__(self, stream: IO[bytes], packed: IO[bytes], most_bytes: int):
        self._stream, self._packed, self._most_bytes = stream, packed, most_bytes
        self._size = self._reads_after_end = 0
        self._deadline = time.monotonic() + MOST_SECONDS

    def read(self, size: int) -> bytes:
        block = self._stream.read(size)
        self._size += len(block)
        self._reads_after_end += not block
        if self._reads_after_end > MOST_READS_AFTER_END or time.monotonic() > self._deadline:
            raise RejectedError(_DAMAGED)
        if self._size > self._most_bytes:
            raise RejectedError(
                f"The archive unpacks to more than {self._most_bytes / 1e6:.0f} MB."
            )
        if self._size > max(10 * SMALL, GREATEST_RATIO * self._packed.tell()):
            raise RejectedError("The archive is packed more tightly than any notebook is.")
        return block


def _parts(name: str) -> tuple[str, ...]:
    """A member's path; Windows programs separate it by backslashes."""
    parts = name.replace("\\", "/").split("/")
    return tuple(part for part in parts if part not in ("", ".")) or ("",)


def _checked_name(name: str) -> str:
    parts = _parts(name)
    if name.startswith(("/", "\\")) or ".." in parts or parts[0].endswith(":"):
        raise RejectedError(f"The archive has a path that leads out of it: {shown(name)}.")
    return shown(parts[-1])
