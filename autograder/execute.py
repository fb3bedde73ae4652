"""Execute: runs a rebuilt notebook as a papermill engine, and reports each check to a ledger."""

import os
import re
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import run_sync
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, papermill_engines
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook
from traitlets.config import Config

from autograder.exercise import Limits, grade_id, is_check
from autograder.ledger import Ledger

ENGINE = "convbook-grading"
KERNEL = "python3"
SECONDS_TO_REACT = 3
MOST_OUTPUT = 200_000
LONGEST_MESSAGE = 2_000

_ANSI = re.compile(r"\x1b\[[0-9;]*m")


@dataclass
class Run:
    """One execution of a notebook: the outcomes, and what went wrong in the student's own cells."""

    ledger: Ledger
    limits: Limits
    problems: list[str] = field(default_factory=list)


def execute(
    notebook: NotebookNode,
    run: Run,
    parameters: Mapping[str, Any],
    checker: Mapping[str, Any],
    threads: int,
) -> NotebookNode:
    """Executes a rebuilt notebook in a fresh kernel and a fresh scratch folder.

    Args:
        notebook: from :func:`autograder.rebuild.rebuild`.
        run: filled in; its ledger is complete when this returns.
        parameters: injected after the cell tagged ``parameters``.
        checker: assigned before the first check.
        threads: for the numerical libraries in the kernel.

    Returns:
        The notebook with outputs.

    Raises:
        RuntimeError: the kernel did not start, which no student's code can cause.
    """
    parameterized = parameterize_notebook(
        load_notebook_node(notebook), dict(parameters), kernel_name=KERNEL, language="python"
    )
    _assign_before_first_check(parameterized, checker)
    with tempfile.TemporaryDirectory(prefix="autograder-") as scratch:
        return papermill_engines.execute_notebook_with_engine(
            ENGINE,
            parameterized,
            kernel_name=KERNEL,
            progress_bar=False,
            grading_run=run,
            env=kernel_environment(Path(scratch), threads),
            scratch=scratch,
        )


def _assign_before_first_check(notebook: NotebookNode, values: Mapping[str, Any]) -> None:
    if not values:
        return
    assignments = "\n".join(f"{name} = {value!r}" for name, value in values.items())
    first = next(i for i, cell in enumerate(notebook.cells) if is_check(cell))
    notebook.cells.insert(first, new_code_cell(assignments))


def kernel_environment(scratch: Path, threads: int) -> dict[str, str]:
    """Environment of a kernel: nothing of the caller's but what finds programs and data."""
    kept = {
        name: os.environ[name]
        for name in (
            "PATH",
            "LANG",
            "LC_ALL",
            "CONVBOOK_DATA",
            "KERAS_BACKEND",
            "LD_LIBRARY_PATH",
            "PYTHONPATH",
        )
        if name in os.environ
    }
    keras_home = os.environ.get("KERAS_HOME", str(Path.home() / ".keras"))
    number = str(threads)
    return {
        **kept,
        "HOME": str(scratch),
        "TMPDIR": str(scratch),
        "IPYTHONDIR": str(scratch / ".ipython"),
        "MPLCONFIGDIR": str(scratch / ".matplotlib"),
        "KERAS_HOME": keras_home,
        "PYTHONHASHSEED": "0",
        "TF_CPP_MIN_LOG_LEVEL": "2",
        "OMP_NUM_THREADS": number,
        "OPENBLAS_NUM_THREADS": number,
        "TF_NUM_INTRAOP_THREADS": number,
        "TF_NUM_INTEROP_THREADS": number,
    }


class GradingEngine(NBClientEngine):
    """Papermill engine that goes on after an error and tells a ledger how each check ended."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man, kernel_name, *, grading_run: Run, env: dict[str, str], scratch: str, **kwargs
    ) -> None:
        client = GradingClient(
            nb_man,
            grading_run=grading_run,
            kernel_name=kernel_name,
            kernel_manager_class=AsyncKernelManager,
            config=_unix_sockets_in(Path(scratch)),
            resources={"metadata": {"path": scratch}},
            startup_timeout=60,
            raise_on_iopub_timeout=False,
            force_raise_errors=True,
            shutdown_kernel="immediate",
        )
        # What TensorFlow's C++ says of the machine goes past Python; an instructor need not read it.
        client.execute(env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _unix_sockets_in(folder: Path) -> Config:
    """Kernels started at the same time race for network ports; sockets in a folder of their own do not."""
    connection = {"transport": "ipc", "connection_file": str(folder / "kernel.json")}
    return Config({"KernelManager": connection})


papermill_engines.register(ENGINE, GradingEngine)


class GradingClient(PapermillNotebookClient):
    """Executes cell by cell within the limits of a run."""

    def __init__(self, nb_man, *, grading_run: Run, **kwargs):
        super().__init__(nb_man, timeout_func=lambda cell: self._seconds_for_next_cell(), **kwargs)
        self.grading_run = grading_run
        self.output_size = 0
        self.killed_by_watchdog = False

    def execute(self, **kwargs) -> NotebookNode:
        """Every cell in a kernel of its own, which is killed at the end without being asked."""
        with self.setup_kernel(**kwargs):
            watchdog = threading.Timer(
                self.grading_run.limits.seconds + SECONDS_TO_REACT, self._kill_kernel
            )
            watchdog.start()
            try:
                self.papermill_execute_cells()
            finally:
                watchdog.cancel()
        return self.nb

    def _kill_kernel(self) -> None:
        """The second limit behind the first: it holds even where messages keep this process busy."""
        self.killed_by_watchdog = True
        os.kill(self.km.provisioner.pid, signal.SIGKILL)

    def papermill_execute_cells(self) -> None:
        """Every cell in turn, whatever the ones before did, until time is up or the kernel is dead."""
        self.deadline = time.monotonic() + self.grading_run.limits.seconds
        for index, cell in enumerate(self.nb.cells):
            if time.monotonic() >= self.deadline:
                self.grading_run.ledger.close("timeout", self._out_of_time())
                return
            if not self._execute_and_report(cell, index):
                return
        self.grading_run.ledger.close("missing", "This check did not run.")

    def _execute_and_report(self, cell: NotebookNode, index: int) -> bool:
        """Runs one cell; False where nothing can run after it."""
        self.nb_man.cell_start(cell, index)
        try:
            self.execute_cell(cell, index)
        except CellExecutionError as error:
            self._report(cell, *_outcome_of(error))
            return True
        except CellTimeoutError:
            return self._stop_cell(cell)
        except DeadKernelError:
            self._report_dead_kernel(cell)
            return False
        finally:
            self.nb_man.cell_complete(cell, index)
        self._report(cell, "passed", "")
        return True

    def _report(self, cell: NotebookNode, status: str, message: str) -> None:
        if is_check(cell):
            self.grading_run.ledger.report(grade_id(cell), status, message)
        elif status != "passed":
            where = grade_id(cell) or "a cell of your own"
            self.grading_run.problems.append(f"{where}: {message}")

    def _report_dead_kernel(self, cell: NotebookNode) -> None:
        if self.killed_by_watchdog:
            status, rest, reason = "timeout", "timeout", self._out_of_time()
        else:
            status, rest = "error", "missing"
            reason = "The notebook's kernel died in or before this check (memory, or an exit)."
        self._report(cell, status, reason)
        self.grading_run.ledger.close(rest, reason)

    def _stop_cell(self, cell: NotebookNode) -> bool:
        """Interrupts a cell that took too long; a kernel that does not react is lost."""
        if time.monotonic() >= self.deadline:
            reason = self._out_of_time()
            self._report(cell, "timeout", reason)
            self.grading_run.ledger.close("timeout", reason)
            return False
        reason = f"Stopped after {self.grading_run.limits.cell_seconds} s. Does a loop never end?"
        self._report(cell, "timeout", reason)
        run_sync(self.km.interrupt_kernel)()
        if self._kernel_answers():
            return True
        self.grading_run.ledger.close("timeout", "A check before this one could not be stopped.")
        return False

    def _kernel_answers(self) -> bool:
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

    def _seconds_for_next_cell(self) -> int:
        left = self.deadline - time.monotonic()
        return max(1, min(self.grading_run.limits.cell_seconds, round(left)))

    def _out_of_time(self) -> str:
        return f"The notebook as a whole took longer than {self.grading_run.limits.seconds} s."

    def output(self, outs, msg, display_id, cell_index):
        """Keeps outputs up to a total size; a notebook that prints without end fills no memory."""
        self.output_size += len(str(msg["content"]))
        if self.output_size > MOST_OUTPUT:
            return None
        return super().output(outs, msg, display_id, cell_index)


def _outcome_of(error: CellExecutionError) -> tuple[str, str]:
    """Status and message of a failed cell: a check that said no, or an error on the way to it."""
    value = _ANSI.sub("", error.evalue)[:LONGEST_MESSAGE]
    if error.ename in ("CheckFailed", "AssertionError"):
        return "failed", value or "The check does not hold."
    return "error", f"{error.ename}: {value}" if value else error.ename
