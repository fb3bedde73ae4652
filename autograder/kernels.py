"""Kernels: one process that runs cells of a notebook one at a time, each within a limit."""

import builtins
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from queue import Empty
from typing import Any

import zmq
import zmq.asyncio
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import run_sync
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell
from traitlets.config import Config

from autograder.results import CheckStatus
from autograder.warm.provisioner import LAUNCHER
from autograder.warm.provisioner import NAME as PROVISIONER

KERNEL = "python3"
SECONDS_TO_REACT = 3
SECONDS_TO_START = 60
SECONDS_TO_SUBSCRIBE = 0.1
MILLISECONDS_BETWEEN_CONNECTS = 5
MOST_OUTPUT = 200_000
LONGEST_MESSAGE = 2_000
# bytes; a larger one is dropped before it is in this process's memory
LARGEST_JUPYTER_MESSAGE = 32 * 2**20

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_OUTCOME_OF_ERROR = {
    "CheckFailed": "failed",
    "AssertionError": "failed",
    "StudentTimeout": "timeout",
    "StudentGone": "error",
}

SPEAKS_NO_JUPYTER = "The notebook's kernel sent messages that are none of Jupyter's."
DIED = "The notebook's kernel died in or before this check (memory, or an exit)."
COULD_NOT_BE_STOPPED = "A check before this one could not be stopped."


@dataclass(frozen=True)
class Outcome:
    """How a cell ended; ``error`` is the name of the exception that it raised."""

    status: CheckStatus
    message: str = ""
    error: str = ""

    @property
    def discreet_message(self) -> str:
        """The message, unless it is the text of an error that came up in what the check called."""
        if not self.error or self.error in _OUTCOME_OF_ERROR:
            return self.message
        name = self.error if hasattr(builtins, self.error) else "An error"
        return f"{name} in the notebook. The check is a hidden one, so the text is not shown."


class GradingKernel(NotebookClient):
    """A kernel in a scratch folder of its own, with its own copy of the notebook.

    Args:
        notebook: copied.
        scratch: where the kernel starts, and where its sockets are.
        environment: the kernel's, as a whole.
        sandbox: from :func:`autograder.sandbox.describe`; None for none.
        warm: forked from a template where that can be.

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
        sandbox: Mapping[str, Any] | None = None,
        warm: bool = True,
        trusted: bool = False,
    ):
        self.trusted = trusted
        self.gone: tuple[CheckStatus, str] | None = None
        self.seconds = SECONDS_TO_START
        self._output_size = 0
        self._start = {"env": dict(environment), "sandbox": sandbox, "cold": not warm}
        super().__init__(
            deepcopy(notebook),
            km=_manager(scratch),
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
        self.start_new_kernel(**self._start, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    async def _connect(self) -> AsyncKernelClient:
        """Connects, and waits until both an answer and the output that belongs to it have come.

        Jupyter's own way waits for another 0.2 s in which nothing comes.
        """
        try:
            self.kc = self.km.client(context=self.km.context)
            self.kc.start_channels()
            await self._ready()
        except Exception:
            await self._async_cleanup_kernel()
            raise
        self.kc.allow_stdin = False
        return self.kc

    start_new_kernel_client = run_sync(_connect)

    async def _ready(self) -> None:
        give_up = time.monotonic() + self.startup_timeout
        while time.monotonic() < give_up:
            request = self.kc.kernel_info()
            with suppress(Empty):
                while (await self.kc.get_shell_msg(timeout=1))["parent_header"].get(
                    "msg_id"
                ) != request:
                    pass
                while not _ends(await self.kc.get_iopub_msg(timeout=SECONDS_TO_SUBSCRIBE), request):
                    pass
                return
            if not await self.km.is_alive():
                raise RuntimeError("the kernel died while it started")
        raise RuntimeError(f"the kernel did not start within {self.startup_timeout} s")

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


def _ends(message: Mapping[str, Any], request: str) -> bool:
    """The kernel is through with a request: the last message on it."""
    is_its = message["parent_header"].get("msg_id") == request
    return is_its and message["content"].get("execution_state") == "idle"


class _Manager(AsyncKernelManager):
    """A manager of warm kernels, which need not be installed for that."""

    kernel_spec = KernelSpec(
        argv=[sys.executable, "-m", LAUNCHER, "-f", "{connection_file}"],
        display_name="Python 3",
        language="python",
        metadata={"kernel_provisioner": {"provisioner_name": PROVISIONER}},
    )


def _manager(scratch: Path) -> AsyncKernelManager:
    """Kernels started at the same time race for network ports; sockets in a folder of their own do not."""
    connection = {"transport": "ipc", "connection_file": str(scratch / "kernel.json")}
    return _Manager(
        kernel_name=KERNEL,
        context=limited(zmq.asyncio.Context()),
        config=Config({"KernelManager": connection}),
    )


def limited(context: zmq.Context) -> zmq.Context:
    """Sockets that are made from it connect quickly, and take no message of any size."""
    context.setsockopt(zmq.RECONNECT_IVL, MILLISECONDS_BETWEEN_CONNECTS)
    context.setsockopt(zmq.MAXMSGSIZE, LARGEST_JUPYTER_MESSAGE)
    return context


def _outcome_of(error: CellExecutionError) -> Outcome:
    """A check that said no, or an error on the way to it."""
    value = _ANSI.sub("", error.evalue)[:LONGEST_MESSAGE]
    if status := _OUTCOME_OF_ERROR.get(error.ename):
        return Outcome(status, value or "The check does not hold.", error.ename)
    return Outcome("error", f"{error.ename}: {value}" if value else error.ename, error.ename)
