"""Intake takes notebooks, and gives a reason for everything else."""

import gzip
import io
import json
import os
import re
import socket
import tarfile
import tempfile
import time
import tracemalloc
import zipfile
from functools import partial
from pathlib import Path

import nbformat
import papermill
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.api import Gradebook
from papermill.parameterize import parameterize_notebook

from autograder.errors import UserError
from autograder.intake import (
    RejectedError,
    archives,
    find_submissions,
    notebook,
    notes_on,
    read_notebook,
)
from autograder.intake.names import student_id
from tests.autograder import mini


def notebook_bytes(**changes) -> bytes:
    return json.dumps({**mini.submission(mini.RIGHT), **changes}).encode()


def test_a_notebook_keeps_sources_in_order():
    cells = read_notebook(notebook_bytes()).cells
    assert [cell.source for cell in cells[3:5]] == [mini.RIGHT["scale"], mini.RIGHT["same"]]


def test_outputs_ids_and_attachments_stay_behind():
    cell = {
        "cell_type": "code", "id": "mine", "metadata": {}, "source": ["a = 1\n", "b = 2"],
        "outputs": [{"output_type": "nonsense"}], "execution_count": "seven", "attachments": {"a": 1},
    }  # fmt: skip
    (taken,) = read_notebook(notebook_bytes(cells=[cell])).cells
    assert taken.source == "a = 1\nb = 2"
    assert taken.outputs == [] and taken.execution_count is None
    assert taken.id != "mine" and "attachments" not in taken


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<!doctype html><title>Sign in</title>", "not a Jupyter notebook"),
        (b"\xff\xfe\x00", "not a Jupyter notebook"),
        (b"", "not a Jupyter notebook"),
        (b"[" * 100_000, "not a Jupyter notebook"),
        (b"[1, 2]", "no format version"),
        (b'{"nbformat": "four"}', "no format version"),
        (notebook_bytes(nbformat=3), "format version 3; 4 is needed"),
        (notebook_bytes(cells={}), "no list of cells"),
        (notebook_bytes(cells=["x"]), "cell 1 is not a notebook cell"),
        (notebook_bytes(cells=[{"cell_type": "code", "source": 5}]), "cell 1 is not"),
        (
            notebook_bytes(cells=[{"cell_type": "raw", "source": "", "metadata": []}]),
            "cell 1 is not",
        ),
        (notebook_bytes(cells=[{"cell_type": "heading", "source": "a"}]), "cell 1 is not"),
        (notebook_bytes(cells=[{"cell_type": "code", "source": ""}] * 501), "501 cells; 500"),
        (
            notebook_bytes(cells=[{"cell_type": "code", "source": "x" * 200_001}]),
            "200,001 characters",
        ),
    ],
)
def test_what_is_not_a_sane_notebook_is_rejected_with_a_reason(content, reason):
    with pytest.raises(RejectedError, match=reason):
        read_notebook(content)


def test_a_huge_file_is_rejected_without_being_read(monkeypatch):
    monkeypatch.setattr(notebook, "LARGEST_FILE", 10)
    with pytest.raises(RejectedError, match="Clear the outputs"):
        read_notebook(b" " * 11)


def test_submissions_come_by_student_and_everything_in_an_exercise_folder_is_answered(tmp_path):
    mini.write(tmp_path / "student-02/mini/mini.ipynb", mini.submission(mini.RIGHT))
    mini.write(tmp_path / "student-01/mini/mini.ipynb", mini.submission(mini.RIGHT))
    mini.write(tmp_path / "student-03/other/other.ipynb", mini.submission(mini.RIGHT))
    mini.write(tmp_path / "student-04/mini/Mini final (2).ipynb", mini.submission(mini.RIGHT))
    (tmp_path / "student-05/mini").mkdir(parents=True)
    (tmp_path / "student {6} é/mini").mkdir(parents=True)
    (tmp_path / "student {6} é/mini/mini.ipynb").symlink_to(tmp_path / "student-01/mini/mini.ipynb")
    (tmp_path / "notes.txt").write_text("not a student")

    found = {each.student: each for each in find_submissions(tmp_path, "mini")}

    assert list(found) == ["student {6} é", "student-01", "student-02", "student-04", "student-05"]
    assert found["student-01"].rejection is None and found["student-01"].content
    assert "Mini final (2).ipynb" in found["student-04"].rejection
    assert "no notebook" in found["student-05"].rejection
    assert "not a plain file" in found["student {6} é"].rejection


def test_a_missing_folder_is_the_users_mistake(tmp_path):
    with pytest.raises(UserError, match="no folder of submissions"):
        list(find_submissions(tmp_path / "absent", "mini"))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\0" * 5000, "it is empty"),
        (b"\xef\xbb\xbf", "not JSON"),
        (notebook_bytes()[:-1], "not JSON"),
        (b'{"nbformat": 4, "cells": [], "cells": [1]}', "two entries of the same name"),
        (b'{"nbformat": true, "cells": []}', "no format version"),
        (b'{"nbformat": 4.0, "cells": []}', "no format version"),
        (b'{"nbformat": NaN, "cells": []}', "no format version"),
        (b'{"nbformat": ' + b"4" * 1_000_000 + b', "cells": []}', "no format version"),
        (b'{"a": "\xed\xa0\x80"}', "not JSON"),
        (notebook_bytes(metadata=[[[]]] * 700_000), "more than 2,000,000 parts"),
        (b'{"a":' * 101 + b"1" + b"}" * 101, "more than 100 levels deep"),
        (notebook_bytes(cells=[{"cell_type": "code", "source": "a\0b"}]), "cell 1.*not text"),
        (notebook_bytes(cells=[{"cell_type": "code", "source": ["\udcff"]}]), "cell 1.*not text"),
        (notebook_bytes(cells=[{"cell_type": ["code"], "source": ""}]), "cell 1 is not"),
    ],
)
def test_traps_for_parsers_are_rejected_with_a_reason(content, reason):
    with pytest.raises(RejectedError, match=f"(?i){reason}"):
        read_notebook(content)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_encodings_that_json_allows_are_read(encoding):
    work = mini.submission({**mini.RIGHT, "same": "é = '你好'"})
    content = json.dumps(work, ensure_ascii=False).encode(encoding)
    assert read_notebook(content).cells[4].source == "é = '你好'"


@pytest.mark.parametrize("minor", [0, 1, 2, 3, 4, 5, 6, "x", None])
def test_every_minor_version_of_format_4_is_read_and_comes_out_in_the_current_one(minor):
    work = read_notebook(notebook_bytes(nbformat_minor=minor))
    nbformat.validate(work)
    assert (work.nbformat, work.nbformat_minor) == (4, nbformat.current_nbformat_minor)
    assert len({cell.id for cell in work.cells}) == len(mini.instructor_notebook().cells)


def test_line_ends_are_made_alike():
    cell = {"cell_type": "code", "source": "if a:\r\n    b\rc\n"}
    assert read_notebook(notebook_bytes(cells=[cell])).cells[0].source == "if a:\n    b\nc\n"


def test_values_that_only_some_parsers_take_do_no_harm_in_outputs():
    outputs = b'[{"data": {"application/json": [NaN, -Infinity, 1e999, %s]}}]' % (b"9" * 100_000)
    content = notebook_bytes(metadata={"here": 1}).replace(b'{"here": 1}', outputs)
    assert len(read_notebook(content).cells) == len(mini.instructor_notebook().cells)


@pytest.mark.parametrize(
    "marks",
    ["scale", [], {"grade_id": ["scale"]}, {"grade_id": {}}, {"grade_id": ""}, {"grade_id": 5},
     {"grade_id": "x" * 201}, {"grade_id": "a\0"}, {"grade_id": "\ud800"}, None],
)  # fmt: skip
def test_a_cell_whose_id_cannot_be_read_is_one_of_the_students_own(marks):
    cell = {
        "cell_type": "code",
        "source": "",
        "metadata": {"nbgrader": marks, "tags": "parameters"},
    }
    (taken,) = read_notebook(notebook_bytes(cells=[cell])).cells
    assert taken.metadata == {}


def test_of_metadata_only_what_the_grader_reads_is_kept():
    marks = {"grade_id": "scale", "solution": True, "grade": 1, "points": float("nan"), "more": {}}
    metadata = {"nbgrader": marks, "tags": ["parameters", "skip-execution"], "name": "x"}
    cell = {"cell_type": "code", "source": "", "metadata": metadata}
    (taken,) = read_notebook(notebook_bytes(cells=[cell])).cells
    assert set(taken.metadata) == {"nbgrader", "tags"} and taken.metadata.tags == ["parameters"]
    assert taken.metadata.nbgrader == {
        "schema_version": 3, "grade_id": "scale", "solution": True, "grade": False,
        "locked": False, "task": False, "points": 0.0,
    }  # fmt: skip


def test_a_student_is_told_of_cells_that_are_missing_or_come_twice():
    work = mini.submission(mini.RIGHT)
    work.cells.append(work.cells[3])
    del work.cells[4]
    notes = notes_on(read_notebook(json.dumps(work).encode()), mini.instructor_notebook())
    assert [note.partition(":")[0] for note in notes] == ["scale", "same"]
    assert "2 times" in notes[0] and "missing" in notes[1]
    assert notes_on(mini.submission(mini.RIGHT), mini.instructor_notebook()) == ()


RIGHT = notebook_bytes()


def put(root: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return root


def zipped(files: dict[str, bytes], **options) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content, **options)
    return packed.getvalue()


def tarred(files: dict[str, bytes], mode: str = "w:gz", changes: dict | None = None) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode=mode) as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            for attribute, value in (changes or {}).items():
                setattr(member, attribute, value)
            archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def found_in(place: Path, exercise: str = "mini") -> dict[str, str | None]:
    """Rejections by student, after a check that what is not rejected is the right notebook."""
    submissions = list(find_submissions(place, exercise))
    assert len({each.student for each in submissions}) == len(submissions)
    assert all(each.rejection or each.content == RIGHT for each in submissions)
    return {each.student: each.rejection for each in submissions}


MOODLE = {
    "Ana Silva_12_assignsubmission_file_/work.ipynb": RIGHT,
    "Ana Silva_13_assignsubmission_file_/mini.ipynb": RIGHT,
    "Ana Silva_13_assignsubmission_file_/notes/draft.ipynb": b"{}",
    "李 雷_14_assignsubmission_file_/hand-in.zip": zipped({"mini/mini.ipynb": RIGHT}),
    "Bo_15_assignsubmission_file_/report.pdf": b"%PDF",
    "Bo_15_assignsubmission_onlinetext_/onlinetext.html": b"<p>",
    "Cy_16_assignsubmission_file_/a.ipynb": RIGHT,
    "Cy_16_assignsubmission_file_/b.ipynb": RIGHT,
}
MOODLE_FOUND = {
    "Ana Silva_12": None, "Ana Silva_13": None, "李 雷_14": None,
    "Bo_15": "There is no notebook", "Cy_16": "More than one notebook",
}  # fmt: skip
CANVAS = {
    "silvaana_12_900_work-1.ipynb": RIGHT,
    "silvaana_13_901_mini.ipynb": RIGHT,
    "bo_LATE_14_902_hand-in.tar.gz": tarred({"x/y/any.ipynb": RIGHT}),
    "cy_15_903_essay.docx": b"PK",
    "di_16_904_a.ipynb": RIGHT,
    "di_16_905_b.ipynb": RIGHT,
}
CANVAS_FOUND = {
    "silvaana_12": None, "silvaana_13": None, "bo_14": None,
    "cy_15": "There is no notebook", "di_16": "More than one notebook",
}  # fmt: skip
PLAIN = {
    "ana/mini/mini.ipynb": RIGHT,
    "ana/mini/.ipynb_checkpoints/mini-checkpoint.ipynb": b"{}",
    "ana/other/other.ipynb": b"{}",
    "bo/mini.ipynb": RIGHT,
    "cy.ipynb": RIGHT,
    "di.zip": zipped({"__MACOSX/._w.ipynb": b"", "w.ipynb": RIGHT}),
    "ed.tgz": tarred({"mini/mini.ipynb": RIGHT, "draft.ipynb": b"{}"}),
    "fay.tar": tarred({"./w.ipynb": RIGHT}, "w"),
    "only-other/other/other.ipynb": b"{}",
    "notes.txt": b"",
}
PLAIN_FOUND = {"ana": None, "bo": None, "cy": None, "di": None, "ed": None, "fay": None}


@pytest.mark.parametrize(
    ("files", "expected"), [(MOODLE, MOODLE_FOUND), (CANVAS, CANVAS_FOUND), (PLAIN, PLAIN_FOUND)]
)
@pytest.mark.parametrize(
    "form", ["folder", "class.zip", "class.tar", "class.tar.gz", "wrapped.zip"]
)
def test_what_learning_management_systems_deliver_is_found(tmp_path, files, expected, form):
    if form == "folder":
        place = put(tmp_path, files)
    elif form == "wrapped.zip":
        place = (
            put(tmp_path, {form: zipped({f"submitted/{n}": c for n, c in files.items()})}) / form
        )
    else:
        pack = {"zip": zipped, "tar": partial(tarred, mode="w"), "gz": tarred}[form.split(".")[-1]]
        place = put(tmp_path, {form: pack(files)}) / form
    found = found_in(place)
    assert list(found) == sorted(expected)
    for student, reason in expected.items():
        assert found[student] is None if reason is None else reason in found[student]


@pytest.mark.parametrize(
    ("name", "student"),
    [
        ("ana.ipynb", "ana"), ("ana/mini.ipynb", "ana"), ("ana/mini/mini.ipynb", "ana"),
        ("silvaana_12_900_mini.ipynb", "silvaana_12"), ("ana.zip", "ana"), ("ana.tar.gz", "ana"),
    ],
)  # fmt: skip
def test_one_file_handed_over_is_one_students(tmp_path, name, student):
    pack = zipped if name.endswith("zip") else tarred
    content = RIGHT if name.endswith("ipynb") else pack({"mini.ipynb": RIGHT})
    assert found_in(put(tmp_path, {name: content}) / name) == {student: None}


def test_a_student_cannot_hand_in_for_another_by_the_names_inside(tmp_path):
    forged = {
        "mallory_1_assignsubmission_file_/eve_2_assignsubmission_file_/mini.ipynb": RIGHT,
        "mallet_3_900_eve_4_901_mini.ipynb": RIGHT,
        "mal/eve/mini/mini.ipynb": RIGHT,
        "mel.zip": zipped({"../eve/mini/mini.ipynb": RIGHT}),
    }
    place = put(tmp_path, {"class.zip": zipped(forged)}) / "class.zip"
    found = found_in(place)
    assert set(found) == {"mallory_1", "mallet_3", "mal", "mel"}
    assert "leads out of it" in found["mel"]


@pytest.mark.parametrize("pack", [zipped, tarred])
@pytest.mark.parametrize(
    "name", ["../x.ipynb", "a/../../x.ipynb", "/etc/x.ipynb", "..\\x.ipynb", "C:\\x.ipynb", "C:/x.ipynb"]
)  # fmt: skip
def test_a_path_out_of_an_archive_is_refused(tmp_path, pack, name):
    found = found_in(put(tmp_path, {"ana.zip": pack({name: RIGHT})}))
    assert "leads out of it" in found["ana"]
    assert [path.name for path in tmp_path.iterdir()] == ["ana.zip"]


LINK = zipfile.ZipInfo("mini.ipynb")
LINK.external_attr = 0o120777 << 16


NO_WORK = {  # archives are made in the test: with the time in them, processes would not agree on their tests' names
    "link zipped": (lambda: zipped({LINK: b"/etc/passwd"}), "not a plain file"),
    "folder": (lambda: zipped({"mini.ipynb/": b""}), "not a plain file"),
    "link tarred": (
        lambda: tarred({"mini.ipynb": b""}, changes={"type": tarfile.SYMTYPE, "linkname": "/x"}),
        "not a plain",
    ),
    "hard link": (
        lambda: tarred({"mini.ipynb": b""}, changes={"type": tarfile.LNKTYPE, "linkname": "/x"}),
        "not a plain",
    ),
    "pipe": (
        lambda: tarred({"mini.ipynb": b""}, changes={"type": tarfile.FIFOTYPE}),
        "not a plain file",
    ),
    "device": (
        lambda: tarred({"mini.ipynb": b""}, changes={"type": tarfile.CHRTYPE}),
        "not a plain file",
    ),
    "packed too tightly, zipped": (
        lambda: zipped({"mini.ipynb": b" " * 19_000_000}),
        "packed more tightly",
    ),
    "too large, zipped": (lambda: zipped({"mini.ipynb": b" " * 20_000_001}), "20 MB are allowed"),
    "packed too tightly, tarred": (
        lambda: tarred({"mini.ipynb": b" " * 20_000_001}),
        "packed more tightly",
    ),
    "too large, tarred": (
        lambda: tarred({"mini.ipynb": os.urandom(20_000_001)}, "w"),
        "20 MB are allowed",
    ),
    "too many files": (
        lambda: zipped({f"{i}.txt": b"" for i in range(2_001)}),
        "more than 2,000 files",
    ),
    "archive in an archive": (
        lambda: zipped({"a.zip": zipped({"mini.ipynb": RIGHT})}),
        "no notebook",
    ),
    "two notebooks": (
        lambda: zipped({"a/mini.ipynb": RIGHT, "b/mini.ipynb": RIGHT}),
        "More than one notebook",
    ),
    "zip cut off": (lambda: zipped({"mini.ipynb": RIGHT})[:-30], "damaged"),
    "tar cut off": (lambda: tarred({"mini.ipynb": RIGHT})[:-30], "damaged"),
    "no tar": (lambda: gzip.compress(b"no tar at all"), "damaged"),
    "empty": (lambda: b"", "damaged"),
    "no zip": (lambda: b"PK\x03\x04", "damaged"),
    "packed in an unusual way": (
        lambda: zipped({"mini.ipynb": RIGHT}, compress_type=zipfile.ZIP_LZMA),
        "unusual way",
    ),
}


@pytest.mark.parametrize(("make", "reason"), NO_WORK.values(), ids=NO_WORK)
def test_archives_that_are_no_work_are_refused_with_a_reason(tmp_path, make, reason):
    found = found_in(put(tmp_path, {"ana.zip": make(), "bo.ipynb": RIGHT}))
    assert reason in found["ana"] and found["bo"] is None


def test_an_archive_with_a_password_is_refused(tmp_path):
    packed = bytearray(zipped({"mini.ipynb": RIGHT}))
    packed[6] |= 1
    packed[packed.index(b"PK\x01\x02") + 8] |= 1
    assert "password" in found_in(put(tmp_path, {"ana.zip": bytes(packed)}))["ana"]


def test_the_same_member_twice_is_refused(tmp_path):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("mini.ipynb", RIGHT)
        archive.writestr("mini.ipynb", b"{}")
    found = found_in(put(tmp_path, {"ana.zip": packed.getvalue()}))
    assert "More than one notebook" in found["ana"]


def test_a_zip_that_unpacks_to_more_than_it_declares_takes_no_more_memory(tmp_path):
    packed = bytearray(zipped({"mini.ipynb": b" " * 400_000_000}))
    size = (400_000_000).to_bytes(4, "little")
    for position in (22, packed.index(b"PK\x01\x02") + 24):
        assert packed[position : position + 4] == size
        packed[position : position + 4] = (900_000).to_bytes(4, "little")
    tracemalloc.start()
    found = found_in(put(tmp_path, {"ana.zip": bytes(packed)}))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "damaged" in found["ana"] and peak < 30_000_000


def test_a_tar_bomb_ends_early(tmp_path):
    bomb = gzip.compress(tarred({"a.bin": b"\0" * 300_000_000, "mini.ipynb": RIGHT}, "w"), 1)
    started = time.monotonic()
    assert "packed more tightly" in found_in(put(tmp_path, {"ana.tgz": bomb}))["ana"]
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("size", [-1024, 10**20])
@pytest.mark.parametrize("where", ["header", "pax"])
def test_a_tar_member_of_impossible_size_does_not_hold_up_the_class(tmp_path, size, where):
    """tarfile goes backwards on a negative size (CVE-2025-8194), and far past the end on a huge one."""
    if where == "header":
        packed = bytearray(tarred({"mini.ipynb": b"", "b": b""}, "w"))
        packed[124:136] = size.to_bytes(12, "big", signed=True)
        packed[124] |= 0x80
        packed[148:156] = b" " * 8
        packed[148:156] = b"%06o\0 " % sum(packed[:512])
    else:
        changes = {"pax_headers": {"size": str(size)}}
        packed = tarred({"mini.ipynb": b"", "b": b""}, "w", changes)
    started = time.monotonic()
    found = found_in(put(tmp_path, {"ana.tar": bytes(packed)}))
    assert found["ana"] and time.monotonic() - started < 5


def test_tar_headers_that_are_slow_to_search_do_not_hold_up_the_class(tmp_path, monkeypatch):
    """CVE-2024-6232: each of these headers takes a tenth of a second on an old Python."""
    monkeypatch.setattr(archives, "MOST_SECONDS", 1)
    slow = tarfile.TarInfo("x")
    slow.size, slow.type = 8_192, tarfile.XHDTYPE
    block = slow.tobuf(tarfile.USTAR_FORMAT) + b"1" * 8_192
    member = tarfile.TarInfo("a").tobuf(tarfile.USTAR_FORMAT)
    started = time.monotonic()
    found = found_in(put(tmp_path, {"ana.tar": (block * 5 + member) * 400, "bo.ipynb": RIGHT}))
    assert found["ana"] and found["bo"] is None
    assert time.monotonic() - started < 8


def test_a_damaged_class_archive_is_the_instructors_to_mend(tmp_path):
    place = put(tmp_path, {"class.zip": b"PK\x03\x04 and no more"}) / "class.zip"
    with pytest.raises(UserError, match=r"class\.zip: The archive is damaged.*Or unpack it"):
        list(find_submissions(place, "mini"))


def test_what_is_no_place_of_submissions_is_the_users_mistake(tmp_path):
    (tmp_path / "class.docx").write_text("")
    with pytest.raises(UserError, match="neither a folder"):
        list(find_submissions(tmp_path / "class.docx", "mini"))


def test_an_archive_per_student_may_not_be_many(tmp_path):
    files = {f"Bo_1_assignsubmission_file_/{i}.zip": zipped({"w.ipynb": RIGHT}) for i in range(6)}
    assert "Too many archives" in found_in(put(tmp_path, files))["Bo_1"]


def test_no_kind_of_file_stops_the_search_or_is_followed(tmp_path):
    put(tmp_path, {"ana/mini/mini.ipynb": RIGHT, "folder/mini/mini.ipynb/x": b""})
    for name in ("fifo", "socket", "link", "link-out", "loop"):
        (tmp_path / name / "mini").mkdir(parents=True)
    os.mkfifo(tmp_path / "fifo/mini/mini.ipynb")
    (tmp_path / "link/mini/mini.ipynb").symlink_to(tmp_path / "ana/mini/mini.ipynb")
    (tmp_path / "link-out/mini/mini.ipynb").symlink_to("/dev/zero")
    (tmp_path / "loop/mini/mini.ipynb").symlink_to(tmp_path / "loop/mini/mini.ipynb")
    (tmp_path / "fifo-for-folder").mkdir()
    os.mkfifo(tmp_path / "fifo-for-folder/mini")
    os.mkfifo(tmp_path / "pipe.ipynb")
    os.mkfifo(tmp_path / "pipe.zip.ipynb")
    (tmp_path / "whole-folder").symlink_to(tmp_path / "ana")
    (tmp_path / "linked-folder").mkdir()
    (tmp_path / "linked-folder/mini").symlink_to(tmp_path / "ana/mini")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket/mini/mini.ipynb"))
        found = found_in(tmp_path)
    assert found.pop("ana") is None
    assert set(found) == {
        "folder", "fifo", "socket", "link", "link-out", "loop", "fifo-for-folder", "pipe", "pipe.zip",
        "whole-folder", "linked-folder",
    }  # fmt: skip
    assert all("not a plain file" in reason for reason in found.values())


@pytest.mark.parametrize("unreadable", ["mini/mini.ipynb", "mini", "."])
def test_what_may_not_be_read_is_told(unreadable):
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        root = put(Path(folder), {"ana/mini/mini.ipynb": RIGHT, "bo/mini/mini.ipynb": RIGHT})
        root.chmod(0o755)
        (root / "ana" / unreadable).chmod(0)
        as_root = os.geteuid() == 0
        try:
            if as_root:
                os.seteuid(65534)
            found = found_in(root)
        finally:
            if as_root:
                os.seteuid(0)
            (root / "ana" / unreadable).chmod(0o755)
    assert "cannot be read (Permission denied)" in found["ana"] and found["bo"] is None


NAMES = [
    "..", " ", "\u202egnp.exe", "-rf", ".hidden", "~", "a/b", "a\\b", "NUL", "com1.x", "x" * 300,
    "é" * 200, "a\nb", "a\0b", "\ud800", "\udcff", "a*b?c[d]", "", "trailing. ", "\u200b", "🙂" * 90,
    "a\tb", 'qu"ote', "<script>alert(1)</script>", "con", "../../etc/passwd", "\u2028",
]  # fmt: skip


@pytest.mark.parametrize(
    "name",
    ["ana", "Ana Silva_12", "other {way} é", "李 雷", "o'neil", "a+b@c.edu", "%s", "{student}", "$(x)",
     "مريم", "a.b", "50%", "#1", "&amp;"],
)  # fmt: skip
def test_a_name_that_can_be_an_id_is_the_id(name):
    assert student_id(name) == name


@pytest.mark.parametrize("name", NAMES)
def test_any_name_gets_an_id_that_files_databases_and_people_take(name, tmp_path):
    made = student_id(name)
    assert made == student_id(name) and re.search(r"-[0-9a-f]{8}$", made)
    assert len(made) <= 128 and len(made.encode()) <= 255
    assert made.isprintable() and made[0] not in " .-~" and not set(made) & set('/\\:*?"<>|[]\0')
    (tmp_path / made).mkdir()
    assert [path.name for path in tmp_path.iterdir()] == [made]


def test_names_that_clean_up_alike_get_different_ids():
    ids = [student_id(name) for name in [*NAMES, "a-b", "gnp.exe", "student", "x" * 301]]
    assert len(set(ids)) == len(ids)


def test_composed_and_decomposed_accents_are_one_name():
    assert student_id("Jose\u0301") == student_id("Jos\u00e9") == "Jos\u00e9"


def test_students_that_cannot_be_told_apart_are_told_and_not_merged(tmp_path):
    files = {f"{name}.ipynb": RIGHT for name in ("Jose\u0301", "Jos\u00e9", "ANA", "ana", "bo")}
    found = found_in(put(tmp_path, {"class.zip": zipped(files)}) / "class.zip")
    assert set(found) == {"Jos\u00e9", "ANA", "ana", "bo"} and found["bo"] is None
    assert all("cannot be told apart" in found[name] for name in ("Jos\u00e9", "ANA", "ana"))


def test_one_student_in_two_places_is_asked_which_one_counts(tmp_path):
    files = {
        "ana/mini.ipynb": RIGHT,
        "bo.ipynb": RIGHT,
        "bo.zip": zipped({"w.ipynb": b"{}"}),
        "cy.ipynb": RIGHT,
    }
    put(tmp_path, {**files, "cy.IPYNB": RIGHT})
    found = found_in(tmp_path)
    assert found["ana"] is None and found["bo"] is None
    assert "More than one notebook" in found["cy"]


def test_names_on_disk_that_are_no_text_are_taken(tmp_path):
    put(tmp_path, {os.fsdecode(b"\xff\xfe{x}/mini/mini.ipynb"): RIGHT})
    (student,) = found_in(tmp_path)
    assert student.startswith("{x}-")


def test_the_gradebook_and_papermill_take_every_id(tmp_path):
    ids = [student_id(name) for name in [*NAMES, "other {way} é", "مريم", "o'neil", "$(x)"]]
    parameters = new_notebook(
        cells=[new_code_cell('STUDENT = ""', metadata={"tags": ["parameters"]})]
    )
    with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}") as gradebook:
        gradebook.add_assignment("mini")
        for made in ids:
            gradebook.add_student(made)
            gradebook.add_submission("mini", made)
            injected = parameterize_notebook(
                papermill.iorw.load_notebook_node(parameters),
                {"STUDENT": made},
                kernel_name="python3",
                language="python",
            )
            assigned = {}
            exec(injected.cells[1].source, assigned)  # noqa: S102 - papermill's own cell
            assert assigned["STUDENT"] == made
    with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}") as gradebook:
        assert {each.id for each in gradebook.students} == set(ids)
        assert all(gradebook.find_submission("mini", made).student.id == made for made in ids)
