"""Files are written whole or not at all."""

import resource

import pytest

from autograder.files import write_atomically


@pytest.fixture
def little_space():
    """No file may have more than 1,000 bytes, as on a disk that is nearly full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_the_new_text_takes_the_place_of_the_old(tmp_path):
    path = tmp_path / "folder" / "file"
    for text in ("old", "new é"):
        write_atomically(path, text)
        assert path.read_text(encoding="utf-8") == text
    assert [*path.parent.iterdir()] == [path]


def test_without_space_the_old_stays_and_the_error_names_the_file(tmp_path, little_space):
    path = tmp_path / "file"
    write_atomically(path, "old")
    with pytest.raises(OSError) as caught:
        write_atomically(path, "new" * 10_000)
    assert caught.value.filename == str(path)
    assert path.read_text() == "old"
    assert [*tmp_path.iterdir()] == [path]
