"""Intake takes notebooks, and gives a reason for everything else."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder import intake
from autograder.errors import UserError
from autograder.intake import RejectedError, find_submissions, read_notebook
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
    monkeypatch.setattr(intake, "LARGEST_FILE", 10)
    with pytest.raises(RejectedError, match="Clear the outputs"):
        read_notebook(b" " * 11)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
cell_like = st.fixed_dictionaries(
    {},
    optional={
        "cell_type": st.sampled_from(["code", "markdown", "raw"]) | json_values,
        "source": json_values,
        "metadata": st.dictionaries(st.sampled_from(["nbgrader", "tags"]), json_values)
        | json_values,
    },
)
notebook_like = st.fixed_dictionaries(
    {"nbformat": st.sampled_from([4, 3, 10**30]) | json_values},
    optional={"cells": st.lists(cell_like) | json_values, "metadata": json_values},
)


@given(st.binary() | notebook_like.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_a_notebook_or_a_rejection(content):
    try:
        notebook = read_notebook(content)
    except RejectedError as rejected:
        assert str(rejected)
    else:
        assert all(isinstance(cell.source, str) for cell in notebook.cells)


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
