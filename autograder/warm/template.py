"""The template seen from outside: starts it, asks it for kernels, and replaces it when it is dead or out of date."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from autograder.sandbox.scratch import temporary_folder
from autograder.software import software_fingerprint
from autograder.warm import READY

SOCKET_VARIABLE = "AUTOGRADER_TEMPLATE"
SECONDS_TO_ANSWER = 20
KILLED = -signal.SIGKILL


class NoTemplateError(Exception):
    """Kernels cannot be forked here; the message says why."""


class KernelProcess:
    """A forked kernel, with the methods of ``subprocess.Popen`` that Jupyter uses.

    ``pid`` is that of its keeper, which passes signals on, and with which the kernel dies.
    """

    stdin = stdout = stderr = None

    def __init__(self, lifeline: socket.socket):
        self._lifeline = lifeline
        self._told = b""
        self.returncode: int | None = None
        lifeline.settimeout(SECONDS_TO_ANSWER)
        while b"\n" not in self._told:
            received = lifeline.recv(64)
            if not received:
                raise ConnectionResetError("the template hung up")
            self._told += received
        first, _, self._told = self._told.partition(b"\n")
        self.pid = int(first)

    def poll(self) -> int | None:
        """The exit status, None while it runs; -9 where it was killed before it could tell."""
        return self._look(0)

    def wait(self, timeout: float | None = None) -> int:
        """Waits for the end. Raises subprocess.TimeoutExpired."""
        if self._look(timeout) is None:
            raise subprocess.TimeoutExpired("kernel", timeout or 0)
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def _look(self, seconds: float | None) -> int | None:
        give_up = None if seconds is None else time.monotonic() + seconds
        while self.returncode is None:
            left = None if give_up is None else max(0.0, give_up - time.monotonic())
            self._lifeline.settimeout(left)
            try:
                received = self._lifeline.recv(64)
            except (BlockingIOError, TimeoutError):
                return None
            except OSError:
                received = b""
            self._told += received
            if not received:
                self.returncode = int(self._told) if self._told.strip() else KILLED
                self._lifeline.close()
        return self.returncode


class Template:
    """A template process of this one's own. It ends with this process, or when closed."""

    def __init__(self) -> None:
        if reason := why_not_here():
            raise NoTemplateError(reason)
        self._fingerprint = software_fingerprint()
        self._folder = TemporaryDirectory(prefix="autograder-template-", dir=temporary_folder())
        self.socket_path = str(Path(self._folder.name) / "socket")
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "autograder.warm.server", self.socket_path],
            env=_environment(Path(self._folder.name)),
            cwd=self._folder.name,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def wait_until_ready(self) -> None:
        """Waits for its imports, some seconds. Raises NoTemplateError."""
        if not self._process.stdout.closed:
            said = self._process.stdout.readline().decode().strip()
            if said != READY:
                self.close()
                raise NoTemplateError(said or "the template process died while it started")
            self._process.stdout.close()

    def is_usable(self) -> bool:
        """Alive, and made from the software as it is now."""
        return self._process.poll() is None and self._fingerprint == software_fingerprint()

    def close(self) -> None:
        """Ends the process. Kernels that were forked from it live on."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                stream.close()
        with suppress(OSError):
            self._folder.cleanup()


def why_not_here() -> str:
    """Why this machine cannot fork kernels; empty where it can."""
    return "" if sys.platform == "linux" else "kernels are forked on Linux only"


def _environment(folder: Path) -> dict[str, str]:
    """What is read while packages are imported, and cannot be set for each kernel afterwards."""
    not_for_kernels = ("JPY_PARENT_PID", "JPY_INTERRUPT_EVENT", "JPY_SESSION_NAME", SOCKET_VARIABLE)
    kept = {name: value for name, value in os.environ.items() if name not in not_for_kernels}
    return {
        **kept,
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "MPLCONFIGDIR": str(folder),
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "OPENBLAS_NUM_THREADS": "1",  # it starts its threads when it is imported; kernels set their number
        "OMP_NUM_THREADS": "1",
    }


_own: Template | None = None
_refusal: str = ""
_starting = threading.Lock()


def own_template() -> Template:
    """This process's template, ready; replaced where it is dead or out of date. Raises NoTemplateError."""
    global _own, _refusal
    with _starting:
        if _refusal:
            raise NoTemplateError(_refusal)
        if _own is not None and not _own.is_usable():
            _own.close()
            _own = None
        if _own is None:
            try:
                _own = Template()
                _own.wait_until_ready()
            except NoTemplateError as refusal:
                _own, _refusal = None, str(refusal)
                raise
        return _own


def fork_kernel(
    arguments: list[str],
    environment: Mapping[str, str],
    folder: str,
    sandbox: Mapping[str, Any] | None,
) -> KernelProcess:
    """A kernel from the template that ``SOCKET_VARIABLE`` names, or from this process's own.

    Args:
        arguments: of ``ipykernel_launcher``.
        environment: the kernel's, as a whole.
        folder: in which it starts.
        sandbox: from :func:`autograder.sandbox.describe`; None for none.

    Raises:
        NoTemplateError: no template can be had.
    """
    request = {
        "arguments": arguments,
        "environment": dict(environment),
        "folder": folder,
        "sandbox": sandbox,
    }
    if path := os.environ.get(SOCKET_VARIABLE):
        with suppress(OSError):  # the one who started it has gone
            return _ask(path, request)
    for _ in range(2):
        with suppress(OSError):  # it has died since
            return _ask(own_template().socket_path, request)
    raise NoTemplateError("the template process died twice")


def _ask(path: str, request: Mapping[str, Any]) -> KernelProcess:
    lifeline = socket.socket(socket.AF_UNIX)
    try:
        lifeline.connect(path)
        lifeline.sendall(json.dumps(request).encode() + b"\n")
        return KernelProcess(lifeline)
    except OSError:
        lifeline.close()
        raise
