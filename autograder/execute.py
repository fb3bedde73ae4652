"""Execute: runs a rebuilt notebook as a papermill engine, and reports each check to a ledger.

Solution cells and a student's own cells run in the *student kernel*, checks in the *checker kernel*,
and the instructor's other cells in both. Between the two there is nothing but the broker.
"""

import os
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output
from papermill.engines import NBClientEngine, papermill_engines
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook

from autograder.broker import Broker
from autograder.exercise import (
    Limits,
    grade_id,
    has_hidden_tests,
    is_check,
    takes_student_source,
)
from autograder.kernels import KERNEL, SECONDS_TO_REACT, GradingKernel
from autograder.ledger import Ledger
from autograder.sandbox import SandboxLimits, describe, scratch_folder
from convbook.checking.answering import CHANNEL_VARIABLE
from convbook.checking.remote import SOCKET_VARIABLE

ENGINE = "convbook-grading"

NOT_SHOWN = "not shown, since the student's code has met hidden checks before this cell"


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
    apart: bool = True,
    sandboxed: bool = False,
    warm: bool = True,
) -> NotebookNode:
    """Executes a rebuilt notebook in fresh kernels and fresh scratch folders.

    Args:
        notebook: from :func:`autograder.rebuild.rebuild`.
        run: filled in; its ledger is complete when this returns.
        parameters: injected after the cell tagged ``parameters``.
        checker: assigned before the first check, in the checker kernel only.
        threads: for the numerical libraries in each kernel.
        apart: checks run in a kernel of their own; not needed for one's own code.
        sandboxed: the student kernel runs in a sandbox, see :mod:`autograder.sandbox`.
        warm: kernels are forked from a template where that can be, see :mod:`autograder.warm`.

    Returns:
        The notebook with outputs.

    Raises:
        RuntimeError: a kernel did not start, which no student's code can cause.
    """
    parameterized = parameterize_notebook(
        load_notebook_node(notebook), dict(parameters), kernel_name=KERNEL, language="python"
    )
    return papermill_engines.execute_notebook_with_engine(
        ENGINE,
        parameterized,
        kernel_name=KERNEL,
        progress_bar=False,
        grading_run=run,
        checker_values=checker,
        threads=threads,
        apart=apart,
        sandboxed=sandboxed,
        warm=warm,
    )


class GradingEngine(NBClientEngine):
    """Papermill engine that goes on after an error and tells a ledger how each check ended."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man,
        kernel_name,
        *,
        grading_run: Run,
        checker_values: Mapping[str, Any],
        threads: int,
        apart: bool,
        sandboxed: bool,
        warm: bool,
        **kwargs,
    ) -> None:
        limits = grading_run.limits if sandboxed else None
        with kernels(nb_man.nb, threads, apart, limits, warm) as (student, checker, broker):
            Session(nb_man, grading_run, student, checker, broker, checker_values).run()


papermill_engines.register(ENGINE, GradingEngine)


@contextmanager
def kernels(
    notebook: NotebookNode,
    threads: int,
    apart: bool,
    limits_in_sandbox: Limits | None,
    warm: bool,
) -> Iterator[tuple[GradingKernel, GradingKernel, Broker | None]]:
    """The student kernel, the checker kernel, and the broker between them.

    Not apart, both are the same kernel, and there is no broker. The student kernel runs in a sandbox
    where ``limits_in_sandbox`` are given.
    """
    with ExitStack() as stack:
        of_student = stack.enter_context(scratch_folder())
        of_checker = stack.enter_context(scratch_folder())
        for_student, for_checker = of_student / "channel", of_checker / "student.sock"
        environment = kernel_environment(of_student, threads)
        student = GradingKernel(
            notebook,
            of_student,
            {**environment, CHANNEL_VARIABLE: str(for_student)},
            sandbox=_sandbox(of_student, environment, limits_in_sandbox),
            warm=warm,
        )
        if not apart:
            student.launch()
            stack.enter_context(student.setup_kernel(cleanup_kc=True))
            yield student, student, None
            return
        broker = Broker(student, for_checker, for_student)
        student.launch()
        environment = kernel_environment(of_checker, threads)
        checker = GradingKernel(
            notebook,
            of_checker,
            {**environment, SOCKET_VARIABLE: str(for_checker)},
            warm=warm,
            trusted=True,
        )
        checker.launch()
        stack.callback(broker.finish)
        stack.enter_context(student.setup_kernel(cleanup_kc=True))
        stack.enter_context(checker.setup_kernel(cleanup_kc=True))
        stack.callback(broker.close)
        broker.start()
        yield student, checker, broker


def _sandbox(
    scratch: Path, environment: Mapping[str, str], limits: Limits | None
) -> dict[str, Any] | None:
    """A sandbox that shows the data sets besides the runtime."""
    if limits is None:
        return None
    data_folders = (environment.get("CONVBOOK_DATA"), f"{environment['KERAS_HOME']}/datasets")
    readable = [Path(folder) for folder in data_folders if folder and Path(folder).is_dir()]
    # Every core may be busy in all of a run's seconds, and that is not a student's mistake.
    cpu_seconds = limits.seconds * (os.cpu_count() or 1)
    return describe(scratch, readable, SandboxLimits(cpu_seconds=cpu_seconds))


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
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "OMP_NUM_THREADS": number,
        "OPENBLAS_NUM_THREADS": number,
        "TF_NUM_INTRAOP_THREADS": number,
        "TF_NUM_INTEROP_THREADS": number,
    }


class Session:
    """Takes a notebook cell by cell through the two kernels, within the limits of a run."""

    def __init__(
        self,
        nb_man: Any,
        run: Run,
        student: GradingKernel,
        checker: GradingKernel,
        broker: Broker | None,
        checker_values: Mapping[str, Any],
    ):
        self._nb_man = nb_man
        self._run = run
        self._student = student
        self._checker = checker
        self._broker = broker
        self._assignments = "\n".join(f"{n} = {value!r}" for n, value in checker_values.items())
        self._is_discreet = False
        self._has_met_hidden = False

    def run(self) -> None:
        """Every cell in turn, whatever the ones before did, until time is up."""
        seconds = self._run.limits.seconds
        self._deadline = time.monotonic() + seconds
        watchdog = threading.Timer(seconds + SECONDS_TO_REACT, self._kill_kernels)
        watchdog.start()
        try:
            for index, cell in enumerate(self._nb_man.nb.cells):
                if time.monotonic() >= self._deadline:
                    break
                if cell.cell_type == "code":
                    self._nb_man.cell_start(cell, index)
                    self._run_cell(cell, index)
                    self._nb_man.cell_complete(cell, index)
        finally:
            watchdog.cancel()
        self._run.ledger.close("timeout", self._out_of_time())

    def _run_cell(self, cell: NotebookNode, index: int) -> None:
        if is_check(cell):
            self._run.ledger.report(grade_id(cell), *self._outcome_of_check(cell, index))
            return
        if self._broker is not None:
            self._broker.pause()
        outcome = self._student.run(index, self._seconds())
        self._keep_students_outputs(cell, index)
        if outcome.status != "passed":
            where = grade_id(cell) or "a cell of your own"
            message = f"an error, {NOT_SHOWN}" if self._has_met_hidden else outcome.message
            self._run.problems.append(f"{where}: {message}")
        if self._checker is not self._student and _is_instructors(cell):
            self._checker.run(index, self._seconds())

    def _outcome_of_check(self, cell: NotebookNode, index: int) -> tuple[str, str]:
        if self._assignments:
            self._checker.run_source(self._assignments, self._seconds())
            self._assignments = ""
        is_hidden = has_hidden_tests(cell)
        self._be_discreet(is_hidden)
        gone_before, seconds = self._student.gone, self._seconds()
        if self._broker is not None:
            self._broker.deadline = time.monotonic() + seconds
            # The broker stops the student's part; only a check that is itself stuck gets to here.
            seconds += 2 * SECONDS_TO_REACT
        outcome = self._checker.run(index, seconds)
        _keep_outputs(cell, self._checker, index)
        if time.monotonic() >= self._deadline and outcome.status != "passed":
            return "timeout", self._out_of_time()
        if outcome.error == "StudentGone" and gone_before:
            return gone_before
        return outcome.status, outcome.discreet_message if is_hidden else outcome.message

    def _be_discreet(self, is_hidden: bool) -> None:
        self._has_met_hidden |= is_hidden
        if is_hidden != self._is_discreet:
            source = f"from convbook.checking import discretion as _d; _d.begin({is_hidden})"
            self._checker.run_source(source, self._seconds())
            self._is_discreet = is_hidden

    def _keep_students_outputs(self, cell: NotebookNode, index: int) -> None:
        """Code that was called with hidden inputs can print them later, in any cell."""
        _keep_outputs(cell, self._student, index)
        if self._has_met_hidden and cell.outputs:
            cell.outputs = [new_output("stream", name="stdout", text=f"(output {NOT_SHOWN})")]

    def _seconds(self) -> float:
        """For the next cell: its own limit, or what is left of the run's."""
        left = self._deadline - time.monotonic()
        return max(1.0, min(self._run.limits.cell_seconds, left))

    def _kill_kernels(self) -> None:
        """The second limit behind the first: it holds even where messages keep this process busy."""
        for kernel in (self._student, self._checker):
            kernel.kill("timeout", self._out_of_time())

    def _out_of_time(self) -> str:
        return f"The notebook as a whole took longer than {self._run.limits.seconds} s."


def _is_instructors(cell: NotebookNode) -> bool:
    """Not the student's: a locked cell, or the parameters that papermill injected.

    Nothing of a student's metadata survives rebuilding, so a tag can only be papermill's.
    """
    injected = "injected-parameters" in cell.metadata.get("tags", [])
    return injected or (grade_id(cell) is not None and not takes_student_source(cell))


def _keep_outputs(cell: NotebookNode, kernel: GradingKernel, index: int) -> None:
    ran = kernel.nb.cells[index]
    cell.outputs, cell.execution_count = ran.outputs, ran.execution_count
