"""The template process: imports what kernels need, then forks one for each request.

Run as ``python -m autograder.warm.server SOCKET``; it ends when its standard input does. It has a single thread
and has computed nothing, or its children would inherit locks that nobody opens.

A request is one line of JSON on a connection of its own, which stays open as the kernel's lifeline: the kernel's
process number comes back on it, its exit status in the end, and the kernel dies where the other side hangs up.
"""

import gc
import importlib
import json
import os
import random
import resource
import select
import signal
import socket
import sys
import tempfile
from contextlib import suppress
from functools import partial
from pathlib import Path

from autograder.sandbox.launcher.main import FAILED, run_in_sandbox, run_outside
from autograder.warm import READY

PRELOADED = (
    *("ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.debugger", "IPython.core.pylabtools", "sqlite3"),
    *("IPython.core.completerlib", "IPython.core.debugger", "IPython.core.oinspect", "tornado.platform.asyncio"),
    *("IPython.extensions.storemagic", "jedi"),
    *("keras", "numpy", "scipy.signal", "scipy.ndimage", "h5py", "PIL.Image", "mlxtend.data", "skimage.transform"),
    *("sklearn.metrics", "sklearn.datasets", "matplotlib.pyplot", "matplotlib.backends.backend_agg"),
    *("convbook.checking", "convbook.checking.answering", "convbook.checking.remote", "convbook.checking.models"),
    *("convbook.costs", "convbook.data", "convbook.ops", "convbook.plots", "threadpoolctl"),
)  # fmt: skip
FIRST_INHERITED = 3
LIFELINE = FIRST_INHERITED


def main() -> None:
    """Serves until standard input ends. Says ``READY`` first, or why kernels cannot be forked from it."""
    sys.path[:] = [entry for entry in sys.path if entry not in ("", str(Path.cwd()))]
    for name in PRELOADED:
        importlib.import_module(name)
    threads = len(list(Path("/proc/self/task").iterdir()))
    if threads > 1:
        print(f"importing Keras started {threads - 1} threads", flush=True)
        return
    gc.collect()
    gc.freeze()  # or the collector would touch, and so copy, every page in every kernel
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the end of a kernel is told on its lifeline
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for those who asked for kernels
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(sys.argv[1])
        listener.listen(socket.SOMAXCONN)
        print(READY, flush=True)
        while True:
            readable, _, _ = select.select([listener, sys.stdin], [], [])
            if sys.stdin in readable:
                return
            connection, _ = listener.accept()
            if os.fork() == 0:
                _as_keeper(connection)
            connection.close()


def _as_keeper(connection: socket.socket) -> None:
    """In a fork: has a kernel started under itself, and stays until it ends or nobody wants it any more."""
    status = FAILED
    try:
        os.setsid()
        _keep_only(connection)
        with os.fdopen(os.dup(LIFELINE), encoding="utf-8") as lines:
            request = json.loads(lines.readline())
        _tell(os.getpid())
        kernel = partial(_become_kernel, request)
        if request["sandbox"] is None:
            status = run_outside(kernel, _is_wanted, LIFELINE)
        else:
            sandbox = _with_inherited_memory(request["sandbox"])
            status = run_in_sandbox(sandbox, kernel, _is_wanted, LIFELINE)
    finally:
        _tell(status)
        os._exit(0)


def _keep_only(connection: socket.socket) -> None:
    """Of all descriptors the connection, as ``LIFELINE``, and nothing for standard streams."""
    os.dup2(connection.detach(), LIFELINE)
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    os.closerange(LIFELINE + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])


def _tell(number: int) -> None:
    with suppress(OSError):  # nobody there any more
        os.write(LIFELINE, b"%d\n" % number)


def _is_wanted() -> bool:
    """The other side sends nothing after its request, so that there is something to read only at its end."""
    return not select.select([LIFELINE], [], [], 0)[0]


def _with_inherited_memory(sandbox: dict) -> dict:
    """What kernel and keeper share with the template counts for each of them, and is not a student's."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    (kilobytes,) = (line.split()[1] for line in status.splitlines() if line.startswith("RssAnon:"))
    limits = sandbox["limits"]
    more = limits["memory_bytes"] + 2 * 1024 * int(kilobytes)
    return {**sandbox, "limits": {**limits, "memory_bytes": more}}


def _become_kernel(request: dict) -> None:
    """What ``python -m ipykernel_launcher`` does, in a process that has imported it."""
    import numpy
    from ipykernel.kernelapp import IPKernelApp
    from threadpoolctl import threadpool_limits

    os.closerange(FIRST_INHERITED, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["folder"])
    tempfile.tempdir = None
    random.seed()
    numpy.random.seed()
    threadpool_limits(int(os.environ.get("OMP_NUM_THREADS", os.cpu_count() or 1)))
    sys.argv = ["ipykernel_launcher", *request["arguments"]]
    IPKernelApp.launch_instance(argv=request["arguments"])
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
