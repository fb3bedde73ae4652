"""Whatever is handed in, intake answers with notebooks and reasons, in bounded time and memory."""

import io
import json
import resource
import tarfile
import tempfile
import time
import zipfile
from pathlib import Path

import nbformat
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from autograder.errors import UserError
from autograder.intake import RejectedError, find_submissions, notes_on, read_notebook
from autograder.intake.names import delivered, student_id
from autograder.rebuild import rebuild
from tests.autograder import mini

SECONDS = 10  # for one input, on a busy machine; the largest ones take two
RIGHT = json.dumps(mini.submission(mini.RIGHT)).encode()

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
grade_ids = st.sampled_from(["scale", "same", "check-scale", "why", "other"]) | json_values
marks = st.fixed_dictionaries(
    {}, optional={"grade_id": grade_ids, "grade": json_values, "points": json_values}
)
metadata = st.fixed_dictionaries(
    {}, optional={"nbgrader": marks | json_values, "tags": json_values}
)
cell_like = st.fixed_dictionaries(
    {},
    optional={
        "cell_type": st.sampled_from(["code", "markdown", "raw"]) | json_values,
        "source": st.text() | st.lists(st.text()) | json_values,
        "metadata": metadata | json_values,
        "outputs": json_values,
    },
)
notebook_like = st.fixed_dictionaries(
    {"nbformat": st.sampled_from([4, 4, 4, 3, 10**30]) | json_values},
    optional={
        "cells": st.lists(cell_like) | json_values,
        "metadata": json_values,
        "nbformat_minor": json_values,
    },
)


@st.composite
def mutated(draw, originals: st.SearchStrategy[bytes]) -> bytes:
    """A real file with some of its bytes overwritten, cut out, doubled, or put in."""
    content = bytearray(draw(originals))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(content)))
        length = draw(st.integers(0, 40))
        new = draw(
            st.binary(max_size=8)
            | st.sampled_from(
                [b"\0" * 8, b"\xff" * 8, b"[", b"{", b'"', b"\\ud800", b"NaN", b"9" * 5000]
            )
            | st.just(bytes(content[start : start + 200]))
        )
        content[start : start + length] = new
    return bytes(content)


encodings = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32-be"])
json_bytes = st.builds(
    lambda value, encoding: json.dumps(value).encode(encoding),
    notebook_like | json_values,
    encodings,
)
notebook_files = st.binary() | json_bytes | mutated(st.just(RIGHT)) | st.just(RIGHT)
parts = st.sampled_from(
    ["mini", "mini.ipynb", "a.ipynb", "ana", "..", "", ".", "bo_1_assignsubmission_file_", "w.zip",
     "cy_1_2_w.ipynb", "C:", "a\\b.ipynb", "__MACOSX", "\u202e.ipynb", "other", "other.ipynb"]
) | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)  # fmt: skip
member_names = st.lists(parts, min_size=1, max_size=4).map("/".join)


@st.composite
def zip_files(draw, contents: st.SearchStrategy[bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in draw(st.lists(member_names, max_size=4, unique=True)):
            member = zipfile.ZipInfo(name)
            member.external_attr = draw(
                st.sampled_from([0, 0o100644 << 16, 0o120777 << 16, 0o10644 << 16])
            )
            member.compress_type = draw(
                st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])
            )
            archive.writestr(member, draw(contents))
    return packed.getvalue()


@st.composite
def tar_files(draw, contents: st.SearchStrategy[bytes]) -> bytes:
    packed = io.BytesIO()
    format_ = draw(st.sampled_from([tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT]))
    mode = draw(st.sampled_from(["w", "w:gz"]))
    with tarfile.open(fileobj=packed, mode=mode, format=format_) as archive:
        for name in draw(st.lists(member_names, max_size=4)):
            content = draw(contents)
            member = tarfile.TarInfo(name)
            member.size = len(content)
            member.type = draw(
                st.sampled_from([b"0", b"0", b"0", b"1", b"2", b"3", b"5", b"6", b"7"])
            )
            if format_ == tarfile.PAX_FORMAT:
                member.pax_headers = draw(
                    st.dictionaries(
                        st.sampled_from(
                            ["size", "path", "GNU.sparse.major", "GNU.sparse.map", "mtime"]
                        ),
                        st.sampled_from(["-1", "0", "9" * 20, "1,2", "x", "\0"]),
                        max_size=2,
                    )
                )
            archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def archives_of(contents: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    whole = zip_files(contents) | tar_files(contents)
    return whole | mutated(whole)


class Bounds:
    """Fails where the code inside takes too long, or makes the process much larger."""

    def __enter__(self):
        self.started, self.memory = time.monotonic(), self._peak()

    def __exit__(self, kind, error, trace):
        assert time.monotonic() - self.started < SECONDS
        assert self._peak() - self.memory < 400_000  # KiB

    @staticmethod
    def _peak() -> int:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def answer(content: bytes) -> None:
    """Reads a file; a notebook that is taken must be valid, and fit into the steps that come after."""
    with Bounds():
        try:
            taken = read_notebook(content)
        except RejectedError as rejected:
            assert str(rejected)
            return
    nbformat.validate(taken)
    nbformat.writes(taken).encode()
    rebuilt = rebuild(mini.instructor_notebook(), taken)
    nbformat.validate(rebuilt)
    assert all(isinstance(note, str) for note in notes_on(taken, mini.instructor_notebook()))


@settings(max_examples=400)
@given(notebook_files)
@example(b"")
@example(b"\xef\xbb\xbf{}")
@example(b"\xff\xfe{\0}\0")
@example(
    b'{"nbformat": 4, "cells": [{"cell_type": "code", "metadata": {"nbgrader": {"grade_id": []}}}]}'
)
def test_any_file_is_a_notebook_or_a_rejection(content):
    answer(content)


@pytest.mark.parametrize(
    "content",
    [b"[" * 20_000_000, b'{"a":' * 4_000_000, b'"' * 20_000_000, b'"' + b"\\" * 19_000_000,
     b"9" * 20_000_000, b"[" + b"1," * 1_900_000 + b"1]", b"[" + b"{}," * 900_000 + b"1]", b" " * 20_000_001,
     b'{"nbformat":4,"cells":[{"cell_type":"code","source":"' + b"\\u202e" * 3_000_000 + b'"}]}',
     b'{"nbformat":4,"cells":[' + b'{"cell_type":"raw"},' * 499 + b'{"cell_type":"raw"}]}'],
    ids=range(10),
)  # fmt: skip
def test_the_largest_files_stay_within_bounds(content):
    answer(content)


@settings(max_examples=400)
@given(
    archives_of(notebook_files | zip_files(notebook_files)),
    st.sampled_from([".zip", ".tar", ".tgz"]),
)
def test_any_archive_of_a_class_is_answered(content, suffix):
    with tempfile.TemporaryDirectory() as folder, Bounds():
        place = Path(folder, f"class{suffix}")
        place.write_bytes(content)
        try:
            found = list(find_submissions(place, "mini"))
        except UserError as error:
            assert str(error)
            return
        assert list(Path(folder).iterdir()) == [place]
    assert len({each.student for each in found}) == len(found)
    for each in found:
        assert each.student == student_id(each.student)
        assert each.rejection or read_notebook(each.content)


@settings(max_examples=400)
@given(st.binary() | archives_of(notebook_files | zip_files(notebook_files)))
def test_any_archive_of_a_student_is_a_notebook_or_a_rejection(content):
    with tempfile.TemporaryDirectory() as folder, Bounds():
        Path(folder, "ana.zip").write_bytes(content)
        Path(folder, "bo.ipynb").write_bytes(RIGHT)
        ana, bo = find_submissions(Path(folder), "mini")
    assert (ana.student, bo.student, bo.content) == ("ana", "bo", RIGHT)
    assert ana.rejection or read_notebook(ana.content)


@given(st.text(st.characters(), max_size=300))
def test_any_name_has_an_id_that_stays_as_it_is(name):
    made = student_id(name)
    assert made.isprintable() and 0 < len(made) <= 100 and len(made.encode()) <= 200
    assert not set(made) & set('/\\\0:*?"<>|[]') and made[0] not in " .-~" and made[-1] not in " ."
    assert student_id(made) == made
    delivered(name)
