"""Folders: the files of each student in a folder of submissions. Links below it are never followed."""

import os
import stat
from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path

from autograder.intake.files import HandedIn, not_plain, read_plain_file
from autograder.intake.names import delivered, shown
from autograder.intake.rejection import RejectedError

MOST_FILES = 2_000  # of one student that are looked at
DEEPEST_FOLDER = 6


def files_below(folder: Path, exercise: str) -> Iterator[HandedIn]:
    """What may belong to an exercise, in alphabetical order.

    Of a student's folder that is only the exercise's folder or the notebook named for it, as a course has
    other exercises too; a folder that an LMS made is for one exercise, and is searched as a whole.
    """
    for entry in _sorted_entries(folder):
        path = Path(entry.path)
        if entry.is_symlink() and (path / exercise).exists():
            yield _refused((entry.name, f"{exercise}.ipynb"), not_plain(entry.name))
        elif not entry.is_dir(follow_symlinks=False):
            yield HandedIn((entry.name,), partial(read_plain_file, path))
        elif delivered(entry.name):
            yield from islice(_walk(path, (entry.name,), f"{exercise}.ipynb"), MOST_FILES)
        else:
            yield from _files_of_student(path, exercise)


def _files_of_student(folder: Path, exercise: str) -> Iterator[HandedIn]:
    file_name = f"{exercise}.ipynb"
    exercise_folder, single = folder / exercise, folder / file_name
    try:
        if os.path.lexists(exercise_folder):
            if stat.S_ISDIR(exercise_folder.lstat().st_mode):
                found = _walk(exercise_folder, (folder.name, exercise), file_name)
                yield from islice(found, MOST_FILES)
            else:
                yield _refused((folder.name, file_name), not_plain(exercise))
        elif single.lstat():
            yield HandedIn((folder.name, file_name), partial(read_plain_file, single))
    except FileNotFoundError:
        return
    except OSError as error:
        yield _unreadable((folder.name, file_name), error)


def _walk(folder: Path, path: tuple[str, ...], file_name: str) -> Iterator[HandedIn]:
    """A folder, which comes first, and everything below it.

    What cannot be looked into counts as having the exercise's notebook in it, and says why it has not.
    """
    yield _refused(path, not_plain(path[-1]))
    try:
        entries = _sorted_entries(folder)
    except OSError as error:
        yield _unreadable((*path, file_name), error)
        return
    for entry in entries:
        inner = (*path, entry.name)
        if entry.is_dir(follow_symlinks=False) and len(inner) < DEEPEST_FOLDER:
            yield from _walk(Path(entry.path), inner, file_name)
        else:
            yield HandedIn(inner, partial(read_plain_file, Path(entry.path)))


def _sorted_entries(folder: Path) -> list[os.DirEntry]:
    with os.scandir(folder) as entries:
        return sorted(entries, key=lambda entry: entry.name)


def _unreadable(path: tuple[str, ...], error: OSError) -> HandedIn:
    reason = f"{shown(Path(error.filename).name)} cannot be read ({error.strerror})."
    return _refused(path, RejectedError(reason))


def _refused(path: tuple[str, ...], reason: RejectedError) -> HandedIn:
    def read(limit: int) -> bytes:
        raise reason

    return HandedIn(path, read)
