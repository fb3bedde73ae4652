"""Kernels: one process that runs cells of a notebook one at a time, each within a limit."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import run_sync
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell
from traitlets.config import Config

from autograder.results import CheckStatus

KERNEL = "python3"
SECONDS_TO_REACT = 3
SECONDS_TO_START = 60
MOST_OUTPUT = 200_000
LONGEST_MESSAGE = 2_000

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_OUTCOME_OF_ERROR = {
    "CheckFailed": "failed",
    "AssertionError": "failed",
    "StudentTimeout": "timeout",
}

SPEAKS_NO_JUPYTER = "The notebook's kernel sent messages that are none of Jupyter's."
DIED = "The notebook's kernel died in or before this check (memory, or an exit)."
COULD_NOT_BE_STOPPED = "A check before this one could not be stopped."

Wrap = Callable[[Sequence[str]], list[str]]
"""Turns a command into the one that runs it in a sandbox."""


@dataclass(frozen=True)
class Outcome:
    """How a cell ended; ``error`` is the name of the exception that it raised."""

    status: CheckStatus
    message: str = ""
    error: str = ""


class GradingKernel(NotebookClient):
    """A kernel in a scratch folder of its own, with its own copy of the notebook.

    Attributes:
        gone: status and reason for what comes after the kernel's end; None while it lives.
        trusted: whether only an instructor's code runs in it. What breaks in talking to another one
            is that one's own doing.
    """

    def __init__(
        self,
        notebook: NotebookNode,
        scratch: Path,
        environment: Mapping[str, str],
        wrap: Wrap = list,
        trusted: bool = False,
    ):
        self.trusted = trusted
        self.gone: tuple[CheckStatus, str] | None = None
        self.seconds = SECONDS_TO_START
        self._output_size = 0
        self._environment = dict(environment)
        super().__init__(
            deepcopy(notebook),
            km=_manager(scratch, wrap),
            timeout_func=lambda cell: self.seconds,
            resources={"metadata": {"path": str(scratch)}},
            startup_timeout=SECONDS_TO_START,
            raise_on_iopub_timeout=False,
            force_raise_errors=True,
            shutdown_kernel="immediate",
        )

    def launch(self) -> None:
        """Starts the process without waiting for it, so that several start at once."""
        # What TensorFlow's C++ says of the machine goes past Python; an instructor need not read it.
        self.start_new_kernel(
            env=self._environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def run(self, index: int, seconds: float) -> Outcome:
        """Runs a cell; interrupts it where it takes longer, and kills what does not react."""
        if self.gone:
            return Outcome(*self.gone)
        self.seconds = max(1, round(seconds))
        try:
            self.execute_cell(self.nb.cells[index], index)
        except CellExecutionError as error:
            return _outcome_of(error)
        except CellTimeoutError:
            self.stop_cell()
            return Outcome("timeout", f"Stopped after {self.seconds} s. Does a loop never end?")
        except DeadKernelError:
            self.gone = self.gone or ("missing", DIED)
            return Outcome("error", self.gone[1])
        except Exception:
            if self.trusted:
                raise
            self.kill("missing", SPEAKS_NO_JUPYTER)
            return Outcome("error", SPEAKS_NO_JUPYTER)
        return Outcome("passed")

    def run_source(self, source: str, seconds: float) -> Outcome:
        """Runs code that is not in the notebook."""
        self.nb.cells.append(new_code_cell(source))
        try:
            return self.run(len(self.nb.cells) - 1, seconds)
        finally:
            self.nb.cells.pop()

    def stop_cell(self) -> None:
        """Interrupts what runs; a kernel that does not react is killed."""
        run_sync(self.km.interrupt_kernel)()
        if not self._answers():
            self.kill("timeout", COULD_NOT_BE_STOPPED)

    def kill(self, status: CheckStatus, reason: str) -> None:
        """Ends the kernel from any thread; what comes after gets ``status`` for ``reason``."""
        self.gone = self.gone or (status, reason)
        if self.km.provisioner is not None and self.km.provisioner.pid:
            os.kill(self.km.provisioner.pid, signal.SIGKILL)

    def interrupt(self) -> None:
        """Interrupts what runs, from any thread."""
        os.killpg(os.getpgid(self.km.provisioner.pid), signal.SIGINT)

    def _answers(self) -> bool:
        request = self.kc.kernel_info()
        give_up = time.monotonic() + SECONDS_TO_REACT
        while (left := give_up - time.monotonic()) > 0:
            try:
                reply = run_sync(self.kc.get_shell_msg)(timeout=left)
            except Empty:
                return False
            if reply["parent_header"].get("msg_id") == request:
                return True
        return False

    def output(self, outs: Any, msg: Any, display_id: Any, cell_index: int) -> Any:
        """Keeps outputs up to a total size; a notebook that prints without end fills no memory."""
        self._output_size += len(str(msg["content"]))
        if self._output_size > MOST_OUTPUT:
            return None
        return super().output(outs, msg, display_id, cell_index)


class _Manager(AsyncKernelManager):
    """Starts the kernel by way of a sandbox."""

    wrap: Wrap = list

    def format_kernel_cmd(self, extra_arguments: list[str] | None = None) -> list[str]:
        return self.wrap(super().format_kernel_cmd(extra_arguments))


def _manager(scratch: Path, wrap: Wrap) -> AsyncKernelManager:
    """Kernels started at the same time race for network ports; sockets in a folder of their own do not."""
    connection = {"transport": "ipc", "connection_file": str(scratch / "kernel.json")}
    manager = _Manager(kernel_name=KERNEL, config=Config({"KernelManager": connection}))
    manager.wrap = wrap
    return manager


def _outcome_of(error: CellExecutionError) -> Outcome:
    """A check that said no, or an error on the way to it."""
    value = _ANSI.sub("", error.evalue)[:LONGEST_MESSAGE]
    if status := _OUTCOME_OF_ERROR.get(error.ename):
        return Outcome(status, value or "The check does not hold.", error.ename)
    message = f"{error.ename}: {value}" if value else error.ename
    return Outcome("error", value if error.ename == "StudentGone" else message, error.ename)
