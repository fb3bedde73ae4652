"""Submissions: one notebook for each student, out of whatever was handed in."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path

from autograder.errors import UserError
from autograder.intake.archives import files_in
from autograder.intake.files import (
    ARCHIVE_SUFFIXES,
    LARGEST_ARCHIVE,
    HandedIn,
    read_plain_file,
    stem,
)
from autograder.intake.folders import files_below
from autograder.intake.names import alike, delivered, shown, student_id
from autograder.intake.notebook import LARGEST_FILE, read_notebook
from autograder.intake.rejection import RejectedError

MOST_FILES_OF_A_CLASS = 50_000
MOST_BYTES_OF_A_CLASS = 1_000_000_000
MOST_FILES_OF_A_STUDENT = 2_000
MOST_BYTES_OF_A_STUDENT = 200_000_000
MOST_ARCHIVES_OF_A_STUDENT = 5
MOST_NAMES_TOLD = 5


@dataclass(frozen=True)
class Submission:
    """What a student handed in, as bytes; or the reason why there is nothing to grade."""

    student: str
    content: bytes = b""
    rejection: str | None = None


class Submissions(Sequence[Submission]):
    """Who handed something in, by student id. What each handed in is read when it is asked for.

    Close it, or use it as a context manager, where an archive of the class need not stay open. (A tar has to be
    read from end to end, so its notebooks wait in memory.)
    """

    def __init__(self, readers: Sequence[Callable[[], Submission]], opened: ExitStack):
        self._readers = readers
        self._opened = opened

    def __len__(self) -> int:
        return len(self._readers)

    def __getitem__(self, index: int) -> Submission:
        return self._readers[index]()

    def __enter__(self) -> "Submissions":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._opened.close()


def find_submissions(place: Path, exercise: str) -> Submissions:
    """Submissions of one exercise, by student id. ``place`` is one of

    - a folder with, for each student, ``<student>/<exercise>/<exercise>.ipynb`` (nbgrader's layout),
      ``<student>/<exercise>.ipynb``, ``<student>.ipynb``, an archive ``<student>.zip`` (or .tar, .tar.gz,
      .tgz), or what Moodle or Canvas delivers;
    - an archive of such a folder, or of one student's ``<exercise>.ipynb``: then its name is the student's;
    - a notebook: its name is the student's, or where it is named for the exercise, that of its folder.

    Who handed a file in is decided by the outermost folder or file name alone, which a student does not
    choose. A student of whom nothing can belong to the exercise has not submitted; everyone else gets a
    notebook or a rejection.

    Raises:
        UserError: there is nothing at ``place`` that can be searched.
    """
    with ExitStack() as opened:
        readers = list(_readers_at(place, exercise, opened))
        return Submissions(readers, opened.pop_all())


def _readers_at(
    place: Path, exercise: str, opened: ExitStack
) -> Iterator[Callable[[], Submission]]:
    if place.is_dir():
        yield from _readers(list(files_below(place, exercise)), exercise, strict=True)
    elif not place.is_file():
        raise UserError(f"there is no folder of submissions at {place}")
    elif place.name.lower().endswith(".ipynb"):
        owner = _owner_of_single(place.absolute(), exercise)
        only = HandedIn(
            (f"{exercise}.ipynb",), lambda limit: read_plain_file(place.resolve(), limit)
        )
        yield partial(_submission, student_id(owner), [only], exercise, strict=False)
    elif place.name.lower().endswith(ARCHIVE_SUFFIXES):
        yield from _readers_in_archive(place, exercise, opened)
    else:
        raise UserError(f"{place} is neither a folder, a notebook nor a zip or tar archive")


def _owner_of_single(path: Path, exercise: str) -> str:
    if found := delivered(path.name):
        return found.student
    if path.stem != exercise:
        return path.stem
    return path.parent.parent.name if path.parent.name == exercise else path.parent.name


def _readers_in_archive(
    place: Path, exercise: str, opened: ExitStack
) -> Iterator[Callable[[], Submission]]:
    name = stem(place.name)
    file = opened.enter_context(place.open("rb"))
    try:
        files = list(files_in(file, MOST_FILES_OF_A_CLASS, MOST_BYTES_OF_A_CLASS))
    except RejectedError as rejected:
        raise UserError(f"{place}: {rejected} Or unpack it and name the folder.") from None
    files = _without_wrapper(files, {"submitted", "submissions", name})
    yield from _readers(files, exercise, strict=False, owner_of_all=name)


def _without_wrapper(files: Sequence[HandedIn], wrappers: set[str]) -> Sequence[HandedIn]:
    """The files of the one folder that was packed, where its name says that it is not a student's."""
    outermost = {each.path[0] for each in files if not each.is_clutter}
    if len(outermost) != 1 or not outermost <= wrappers:
        return files
    return [HandedIn(each.path[1:], each.read) for each in files if len(each.path) > 1]


def _readers(
    files: Sequence[HandedIn], exercise: str, *, strict: bool, owner_of_all: str | None = None
) -> Iterator[Callable[[], Submission]]:
    handed_in = _by_owner(files, exercise, owner_of_all)
    like: dict[str, list[str]] = defaultdict(list)
    for owner in handed_in:
        like[alike(student_id(owner))].append(owner)
    for student, owner in sorted({student_id(owner): owner for owner in handed_in}.items()):
        others = like[alike(student)]
        if len(others) > 1:
            names = ", ".join(sorted(shown(name) for name in others))
            reason = f"These names of students cannot be told apart: {names}. Ask your instructor to change one."
            yield partial(Submission, student, rejection=reason)
        else:
            yield partial(_submission, student, handed_in[owner], exercise, strict)


def _by_owner(
    files: Sequence[HandedIn], exercise: str, owner_of_all: str | None
) -> dict[str, list[HandedIn]]:
    found: dict[str, list[HandedIn]] = defaultdict(list)
    for each in files:
        first, *inner = each.path
        if each.is_clutter:
            continue
        if lms := delivered(first):
            found[lms.student].append(HandedIn(tuple(inner) or (lms.file,), each.read))
        elif owner_of_all and first in (exercise, f"{exercise}.ipynb"):
            found[owner_of_all].append(each)
        elif inner and not _is_of_another_exercise(tuple(inner), exercise):
            found[first].append(HandedIn(tuple(inner), each.read))
        elif not inner and (each.is_notebook or each.is_archive):
            found[stem(first)].append(each)
    return found


def _is_of_another_exercise(path: tuple[str, ...], exercise: str) -> bool:
    """nbgrader's layout, for an exercise that is not asked for: its folder or a file in it."""
    return len(path) > 1 and path[0] != exercise and path[1] == f"{path[0]}.ipynb"


def _submission(student: str, files: Sequence[HandedIn], exercise: str, strict: bool) -> Submission:
    try:
        content = _choose(files, exercise, strict).read(LARGEST_FILE)
        read_notebook(content)
    except RejectedError as rejected:
        return Submission(student, rejection=str(rejected))
    return Submission(student, content)


def _choose(files: Sequence[HandedIn], exercise: str, strict: bool) -> HandedIn:
    """The notebook to grade: the one named for the exercise, or else the only one.

    Raises:
        RejectedError: there is none, or there are several.
    """
    file_name = f"{exercise}.ipynb"
    named = [each for each in files if each.path in ((exercise, file_name), (file_name,))]
    notebooks = named or [each for each in files if each.is_notebook]
    if strict and not named and any(each.path[0] == exercise for each in files):
        found = f"it holds {_told(notebooks)}" if notebooks else "it holds no notebook"
        raise RejectedError(f"{file_name} is missing from the folder: {found}. Rename the file.")
    if not notebooks:
        notebooks = _notebooks_in_archives([each for each in files if each.is_archive])
    if not notebooks:
        raise RejectedError(f"There is no notebook in what was handed in. Hand in {file_name}.")
    candidates = [each for each in notebooks if each.name == file_name] or notebooks
    if len(candidates) > 1:
        raise RejectedError(
            f"More than one notebook was handed in: {_told(candidates)}. Hand in {file_name} alone."
        )
    return candidates[0]


def _notebooks_in_archives(archives: Sequence[HandedIn]) -> list[HandedIn]:
    if len(archives) > MOST_ARCHIVES_OF_A_STUDENT:
        raise RejectedError("Too many archives were handed in. Hand in the notebook alone.")
    return [
        each
        for archive in archives
        for each in files_in(
            BytesIO(archive.read(LARGEST_ARCHIVE)), MOST_FILES_OF_A_STUDENT, MOST_BYTES_OF_A_STUDENT
        )
        if each.is_notebook and not each.is_clutter
    ]


def _told(files: Sequence[HandedIn]) -> str:
    names = [shown("/".join(each.path)) for each in files[:MOST_NAMES_TOLD]]
    return ", ".join(names) + (" and others" if len(files) > MOST_NAMES_TOLD else "")
