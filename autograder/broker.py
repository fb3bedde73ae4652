"""Broker: takes a check's requests to the student's kernel, and its answers back.

It stands between the two kernels in the grader's own process and understands neither side: bytes in,
bytes out, within limits on size and time. The checker reaches it through a Unix socket that the
student's kernel cannot see; requests and answers are files in the student's scratch folder.
"""

import os
import socket
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty

from jupyter_client.blocking.client import BlockingKernelClient

from autograder.kernels import (
    COULD_NOT_BE_STOPPED,
    DIED,
    SECONDS_TO_REACT,
    SPEAKS_NO_JUPYTER,
    GradingKernel,
)
from convbook.checking.remote import receive, send
from convbook.checking.wire import LARGEST_MESSAGE, WireError, pack

SECONDS_BETWEEN_LOOKS = 0.5
SECONDS_TO_FINISH = 10
_ANSWER = "from convbook.checking.answering import answer as _answer; _answer({})"


class Broker(threading.Thread):
    """Serves the one connection of a checker, until it is closed.

    Attributes:
        deadline: when (``time.monotonic``) the request that runs has to be over.
    """

    def __init__(self, student: GradingKernel, channel: Path, socket_path: Path):
        super().__init__(daemon=True, name="broker")
        self.deadline = time.monotonic()
        self._student = student
        self._channel = channel
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(socket_path))
        self._listener.listen(1)
        self._requests = 0

    def run(self) -> None:
        with suppress(OSError, EOFError, WireError):
            connection, _ = self._listener.accept()
            with connection, self._client_of_student() as self._client:
                while True:
                    send(connection, self._answer(receive(connection)))

    def close(self) -> None:
        """Takes no connection any more; one that is open ends with the checker."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def finish(self) -> None:
        """Waits for the end, once both kernels are gone."""
        if self.is_alive():
            self.join(SECONDS_TO_FINISH)

    @contextmanager
    def _client_of_student(self) -> Iterator[BlockingKernelClient]:
        client = BlockingKernelClient()
        client.load_connection_info(self._student.km.get_connection_info())
        client.start_channels(shell=True, iopub=False, stdin=False, hb=False, control=False)  # noqa: S604
        try:
            yield client
        finally:
            # Unsent messages for a dead kernel would keep its sockets, and this process, waiting.
            client.stop_channels()

    def _answer(self, request: bytes) -> bytes:
        if not self._student.gone:
            try:
                return self._ask(request)
            except Exception:  # whatever Jupyter's client makes of messages that are none
                self._student.kill("missing", SPEAKS_NO_JUPYTER)
        return pack({"gone": self._student.gone[1]})

    def _ask(self, request: bytes) -> bytes:
        self._requests += 1
        number = self._requests
        (self._channel / f"request-{number}").write_bytes(request)
        seconds = self.deadline - time.monotonic()
        sent = self._client.execute(
            _ANSWER.format(number), silent=True, store_history=False, allow_stdin=False
        )
        if not self._replies(sent, self.deadline):
            return self._stopped(sent, seconds)
        with suppress(OSError):
            (self._channel / f"request-{number}").unlink()
        answer = _read_limited(self._channel / f"answer-{number}")
        return pack({"raised": "NoAnswer", "message": "an exit?"}) if answer is None else answer

    def _replies(self, sent: str, deadline: float) -> bool:
        """Whether the kernel is through with a request before the deadline and its own end."""
        while (left := deadline - time.monotonic()) > 0 and self._is_alive():
            with suppress(Empty):
                reply = self._client.get_shell_msg(timeout=min(left, SECONDS_BETWEEN_LOOKS))
                if reply["parent_header"].get("msg_id") == sent:
                    return True
        return False

    def _stopped(self, sent: str, seconds: float) -> bytes:
        if not self._is_alive():
            self._student.gone = self._student.gone or ("missing", DIED)
            return pack({"gone": self._student.gone[1]})
        self._student.interrupt()
        if not self._replies(sent, time.monotonic() + SECONDS_TO_REACT):
            self._student.kill("timeout", COULD_NOT_BE_STOPPED)
        return pack({"timeout": f"Stopped after {seconds:.0f} s. Does a loop never end?"})

    def _is_alive(self) -> bool:
        process = self._student.km.provisioner.process
        return process is not None and process.poll() is None


def _read_limited(path: Path) -> bytes | None:
    """A plain file's bytes; None where there is none. A student's process made it: it may be anything."""
    try:
        number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    with os.fdopen(number, "rb") as file:
        found = os.fstat(number)
        if not stat.S_ISREG(found.st_mode) or found.st_size > LARGEST_MESSAGE:
            return pack({"failed": "The answer is too large."})
        answer = file.read(LARGEST_MESSAGE)
    with suppress(OSError):
        path.unlink()
    return answer
