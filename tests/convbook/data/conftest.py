"""What the tests of data share: a machine without a network, and folders of full-size data."""

import os
import socket
from pathlib import Path

import keras
import pytest


def _refuse(*_args, **_kwargs):
    raise OSError("no network here")


@pytest.fixture
def offline(monkeypatch):
    """A machine without the data folder on which whatever tries to reach the network fails."""
    monkeypatch.setattr(socket.socket, "connect", _refuse)
    monkeypatch.setattr(keras.utils, "get_file", _refuse)
    monkeypatch.setitem(keras.datasets.cifar10.load_data.__globals__, "get_file", _refuse)
    monkeypatch.delenv("CONVBOOK_DATA", raising=False)


@pytest.fixture
def folder(offline, tmp_path, monkeypatch):
    """An empty ``$CONVBOOK_DATA`` on such a machine."""
    path = tmp_path / "data"
    path.mkdir()
    monkeypatch.setenv("CONVBOOK_DATA", str(path))
    return path


@pytest.fixture(scope="session")
def real_folder():
    """The folder with the published data; without one the test is skipped."""
    if not os.environ.get("CONVBOOK_DATA"):
        pytest.skip("CONVBOOK_DATA is not set: no folder with full-size data to read")
    return Path(os.environ["CONVBOOK_DATA"])
