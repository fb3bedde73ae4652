"""Warm kernels: forked, as good as new, and gone when nobody wants them."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from contextlib import contextmanager

import nbformat
import papermill
import psutil
import pytest
from jupyter_client.manager import AsyncKernelManager, KernelManager, start_new_kernel
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from autograder.exercise import Exercise
from autograder.grading import Job, grade_submission
from autograder.sandbox import SandboxLimits, available, describe, scratch_folder
from autograder.warm import template
from autograder.warm.template import NoTemplateError, own_template
from tests.autograder import mini

pytestmark = pytest.mark.skipif(
    bool(template.why_not_here()), reason=template.why_not_here() or "forked kernels"
)
KERNEL = "convbook"
EXERCISE = Exercise("mini", json.dumps(mini.instructor_notebook()), mini.GRADING)


@contextmanager
def kernel(**start):
    manager, client = start_new_kernel(kernel_name=KERNEL, **start)
    try:
        yield manager, client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def value_of(client, expression: str):
    """What an expression is in the kernel, by way of JSON."""
    source = f"import json; open('value', 'w').write(json.dumps({expression}))"
    reply = client.execute_interactive(source, timeout=60, output_hook=lambda message: None)
    assert reply["content"]["status"] == "ok", reply["content"]


def ask(client, folder, expression: str):
    value_of(client, expression)
    return json.loads((folder / "value").read_text())


def wait_until(condition, seconds: float = 30) -> None:
    give_up = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < give_up, "it did not happen in time"
        time.sleep(0.02)


def test_a_kernel_has_keras_imported_when_it_starts(tmp_path):
    with kernel(cwd=str(tmp_path)) as (_, client):
        assert ask(client, tmp_path, "'keras' in __import__('sys').modules")


def test_a_kernel_is_as_good_as_new(tmp_path):
    environment = {**os.environ, "ONLY_HERE": "yes", "HOME": str(tmp_path), "OMP_NUM_THREADS": "1"}
    own_template()
    os.environ["ONLY_OUTSIDE"] = "yes"
    try:
        with kernel(cwd=str(tmp_path), env=environment) as (_, client):
            seen = ask(client, tmp_path, "dict(__import__('os').environ)")
            home = ask(client, tmp_path, "__import__('os').path.expanduser('~')")
            folder = ask(client, tmp_path, "__import__('os').getcwd()")
            mine = ask(client, tmp_path, "sorted(n for n in globals() if not n.startswith('_'))")
            descriptors = ask(
                client, tmp_path,
                "[t for n in __import__('os').listdir('/proc/self/fd') if 'template' in (t := "
                "__import__('os').readlink(f'/proc/self/fd/{n}') if __import__('os').path.lexists("
                "f'/proc/self/fd/{n}') else '')]",
            )  # fmt: skip
    finally:
        del os.environ["ONLY_OUTSIDE"]
    assert seen["ONLY_HERE"] == "yes" and "ONLY_OUTSIDE" not in seen
    assert home == folder == str(tmp_path)
    assert set(mine) <= {"In", "Out", "exit", "quit", "get_ipython", "json", "open"}
    assert descriptors == []


def test_kernels_do_not_draw_the_same_random_numbers(tmp_path):
    drawn = []
    for _ in range(2):
        with kernel(cwd=str(tmp_path)) as (_, client):
            drawn.append(
                ask(
                    client,
                    tmp_path,
                    "[__import__('numpy').random.rand(), __import__('random').random()]",
                )
            )
    assert drawn[0][0] != drawn[1][0]
    assert drawn[0][1] != drawn[1][1]


def test_keras_trains_in_it(tmp_path):
    cells = [
        "import keras, numpy as np\nmodel = keras.Sequential([keras.layers.Dense(1)])",
        "model.compile('sgd', 'mse')\nloss = model.fit(np.ones((8, 2)), np.ones(8), epochs=3, verbose=0)",
        "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nprint(np.isfinite(loss.history['loss'][-1]))",
    ]
    notebook = new_notebook(cells=[new_code_cell(source) for source in cells])
    NotebookClient(notebook, kernel_name=KERNEL, timeout=120).execute()
    outputs = notebook.cells[-1].outputs
    assert [output.text for output in outputs if output.output_type == "stream"] == ["True\n"]
    assert any("image/png" in output.get("data", {}) for output in outputs)


def test_papermill_uses_it(tmp_path):
    notebook = new_notebook(cells=[new_code_cell("x = 1"), new_code_cell("print(x + 1)")])
    notebook.cells[0].metadata["tags"] = ["parameters"]
    notebook.metadata["language_info"] = {"name": "python"}
    nbformat.write(notebook, tmp_path / "in.ipynb")
    ran = papermill.execute_notebook(
        tmp_path / "in.ipynb",
        tmp_path / "out.ipynb",
        {"x": 41},
        kernel_name=KERNEL,
        progress_bar=False,
    )
    assert ran.cells[-1].outputs[0].text == "42\n"


def test_it_can_be_interrupted_and_tells_its_exit(tmp_path):
    with kernel(cwd=str(tmp_path)) as (manager, client):
        process = manager.provisioner.process
        client.execute("import time; open('started', 'w').close(); time.sleep(60)")
        wait_until((tmp_path / "started").exists)
        manager.interrupt_kernel()
        reply = client.get_shell_msg(timeout=30)
        while reply["parent_header"].get("msg_type") != "execute_request":
            reply = client.get_shell_msg(timeout=30)
        assert reply["content"]["ename"] == "KeyboardInterrupt"
        assert process.poll() is None
        client.execute("import os; os._exit(7)")
        assert process.wait(30) == 7
        assert process.poll() == 7


def test_a_dead_template_is_replaced_and_its_kernels_live_on(tmp_path):
    with kernel(cwd=str(tmp_path)) as (_, client):
        before = own_template()
        os.kill(before._process.pid, signal.SIGKILL)
        before._process.wait()
        assert ask(client, tmp_path, "1 + 1") == 2
        with kernel(cwd=str(tmp_path)) as (_, second):
            assert ask(second, tmp_path, "2 + 2") == 4
        assert own_template() is not before


def test_a_template_of_other_software_is_replaced(monkeypatch):
    before = own_template()
    assert own_template() is before
    monkeypatch.setattr(template, "software_fingerprint", lambda: "another version")
    assert own_template() is not before


def test_kernels_end_with_those_who_asked_for_them(tmp_path):
    code = """
        import sys, time
        from jupyter_client.manager import start_new_kernel
        manager, client = start_new_kernel(kernel_name="convbook")
        print(manager.provisioner.pid, flush=True)
        time.sleep(600)
    """
    asker = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, text=True
    )
    with asker:
        keeper = psutil.Process(int(asker.stdout.readline()))
        family = [keeper, keeper.parent(), *keeper.children(recursive=True)]
        assert len(family) >= 3
        asker.kill()
    wait_until(lambda: not any(each.is_running() for each in family))


def test_where_kernels_cannot_be_forked_they_start_cold(tmp_path, monkeypatch, caplog):
    def refuse() -> None:
        raise NoTemplateError("not on this machine")

    monkeypatch.setattr(template, "own_template", refuse)
    with kernel(cwd=str(tmp_path)) as (_, client):
        assert not ask(client, tmp_path, "'keras' in __import__('sys').modules")
    assert "not on this machine" in caplog.text


def test_a_process_with_threads_is_no_template(tmp_path):
    code = """
        import sys, threading
        from autograder.warm import server
        threading.Thread(target=threading.Event().wait, daemon=True).start()
        server.PRELOADED = ()
        sys.argv = ["server", "socket"]
        server.main()
    """
    said = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )  # fmt: skip
    assert said.stdout == "importing Keras started 1 threads\n"


@pytest.mark.skipif(not available().ok, reason=" ".join(available().missing) or "a sandbox")
@pytest.mark.parametrize(("megabytes", "fits"), [(700, True), (1700, False)])
def test_what_the_template_holds_is_not_taken_from_a_students_memory(megabytes, fits):
    async def run(scratch, sandbox):
        manager = AsyncKernelManager(
            kernel_name=KERNEL, transport="ipc", connection_file=str(scratch / "kernel.json")
        )
        environment = {"PATH": os.environ["PATH"], "HOME": str(scratch)}
        await manager.start_kernel(cwd=str(scratch), env=environment, sandbox=sandbox)
        client = manager.client()
        client.start_channels()
        try:
            await client.wait_for_ready(60)
            client.execute(f"block = bytearray({megabytes} * 10**6); open('done', 'w').close()")
            for _ in range(300):
                await asyncio.sleep(0.05)
                if (scratch / "done").exists() or not await manager.is_alive():
                    break
            await asyncio.sleep(0.5)
            return (scratch / "done").exists() and await manager.is_alive()
        finally:
            client.stop_channels()
            await manager.shutdown_kernel(now=True)

    with scratch_folder() as scratch:
        sandbox = describe(scratch, [], SandboxLimits(memory_bytes=10**9))
        assert asyncio.run(run(scratch, sandbox)) is fits


@pytest.mark.parametrize(
    "work", [mini.RIGHT, {"scale": "def scale(x): return 1 / 0", "same": "def same(x): return -x"}]
)
def test_warm_and_cold_kernels_give_the_same_result(work):
    content = json.dumps(mini.submission(work)).encode()
    sandboxed = available().ok
    warm, cold = (
        grade_submission(Job(EXERCISE, "student-01", content, "sample", 1, sandboxed, warm=each))
        for each in (True, False)
    )
    assert warm.status == cold.status == "graded"
    assert warm.checks == cold.checks
    assert warm.problems == cold.problems


def test_a_manager_that_blocks_works_too(tmp_path):
    manager = KernelManager(kernel_name=KERNEL)
    manager.start_kernel(cwd=str(tmp_path))
    pid = manager.provisioner.pid
    manager.shutdown_kernel(now=True)
    wait_until(lambda: not psutil.pid_exists(pid))
