"""Broker: takes a check's requests to the student's kernel, and its answers back.

It stands between the two kernels in the grader's own process and understands neither side: bytes in,
bytes out, within limits on size and time. The checker reaches it through a Unix socket that the
student's kernel cannot see, the student's kernel through another one in its scratch folder.
"""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty

import zmq
from jupyter_client.blocking.client import BlockingKernelClient

from autograder.kernels import (
    COULD_NOT_BE_STOPPED,
    DIED,
    SECONDS_TO_REACT,
    SPEAKS_NO_JUPYTER,
    GradingKernel,
    limited,
)
from convbook.checking.remote import receive, send
from convbook.checking.wire import WireError, pack

SECONDS_BETWEEN_LOOKS = 0.5
SECONDS_TO_FINISH = 10
_SERVE = "from convbook.checking.answering import serve as _serve; _serve()"


class Broker(threading.Thread):
    """Serves the one connection of a checker, until it is closed.

    Make it before the student's kernel starts, since whoever runs that has to be given its socket.

    Args:
        for_checker: path of the socket to make for the checker.
        for_student: path of the one for the student's kernel.

    Attributes:
        deadline: when (``time.monotonic``) the request that runs has to be over.
    """

    def __init__(self, student: GradingKernel, for_checker: Path, for_student: Path):
        super().__init__(daemon=True, name="broker")
        self.deadline = time.monotonic()
        self._student = student
        self._for_checker = _listener(for_checker)
        self._for_student = _listener(for_student)
        self._client: BlockingKernelClient | None = None
        self._connection: socket.socket | None = None
        self._served = ""

    def run(self) -> None:
        with suppress(OSError, EOFError, WireError):
            connection, _ = self._for_checker.accept()
            with connection, self._client_of_student() as self._client:
                while True:
                    send(connection, self._answer(receive(connection)))

    def pause(self) -> None:
        """Lets go of the student's kernel, so that it can run a cell. Not while a check runs."""
        if self._connection is None:
            return
        self._hang_up()
        try:
            is_free = self._replies(time.monotonic() + SECONDS_TO_REACT)
        except Exception:  # whatever Jupyter's client makes of messages that are none
            self._student.kill("missing", SPEAKS_NO_JUPYTER)
            return
        if not is_free and self._is_alive():
            self._student.kill("timeout", COULD_NOT_BE_STOPPED)

    def close(self) -> None:
        """Takes no connection any more; one that is open ends with the checker."""
        self._hang_up()
        for listener in (self._for_checker, self._for_student):
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()

    def finish(self) -> None:
        """Waits for the end, once both kernels are gone."""
        if self.is_alive():
            self.join(SECONDS_TO_FINISH)

    @contextmanager
    def _client_of_student(self) -> Iterator[BlockingKernelClient]:
        context = limited(zmq.Context())
        client = BlockingKernelClient(context=context)
        client.load_connection_info(self._student.km.get_connection_info())
        client.start_channels(shell=True, iopub=False, stdin=False, hb=False, control=False)  # noqa: S604
        try:
            yield client
        finally:
            # Unsent messages for a dead kernel would keep its sockets, and this process, waiting.
            client.stop_channels()
            context.destroy(linger=0)

    def _answer(self, request: bytes) -> bytes:
        if not self._student.gone:
            try:
                return self._ask(request)
            except Exception:  # whatever Jupyter's client makes of messages that are none
                self._student.kill("missing", SPEAKS_NO_JUPYTER)
        return pack({"gone": self._student.gone[1]})

    def _ask(self, request: bytes) -> bytes:
        seconds = self.deadline - time.monotonic()
        try:
            connection = self._connection or self._connect()
            connection.settimeout(SECONDS_BETWEEN_LOOKS)
            send(connection, request, self._may_go_on)
            return receive(connection, self._may_go_on)
        except TimeoutError:
            return self._stopped(seconds)
        except WireError:
            self._stopped(seconds)
            return pack({"failed": "The answer is too large."})
        except (OSError, EOFError):
            return self._without_answer()

    def _connect(self) -> socket.socket:
        """Has the student's kernel serve requests, and takes its connection."""
        self._served = self._client.execute(
            _SERVE, silent=True, store_history=False, allow_stdin=False
        )
        self._for_student.settimeout(SECONDS_BETWEEN_LOOKS)
        while True:
            with suppress(TimeoutError):
                self._connection, _ = self._for_student.accept()
                return self._connection
            self._may_go_on()

    def _may_go_on(self) -> None:
        """Raises TimeoutError at the deadline, EOFError where the kernel is dead."""
        if time.monotonic() >= self.deadline:
            raise TimeoutError
        if not self._is_alive():
            raise EOFError

    def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _replies(self, deadline: float) -> bool:
        """Whether the kernel has stopped serving before the deadline and its own end."""
        while (left := deadline - time.monotonic()) > 0 and self._is_alive():
            with suppress(Empty):
                reply = self._client.get_shell_msg(timeout=min(left, SECONDS_BETWEEN_LOOKS))
                if reply["parent_header"].get("msg_id") == self._served:
                    return True
        return False

    def _without_answer(self) -> bytes:
        """The kernel hung up: it is dead, or something that was called left with an exit."""
        self._hang_up()
        if self._replies(self.deadline):
            return pack({"raised": "NoAnswer", "message": "an exit?"})
        return self._stopped(0)

    def _stopped(self, seconds: float) -> bytes:
        self._hang_up()
        if not self._is_alive():
            self._student.gone = self._student.gone or ("missing", DIED)
            return pack({"gone": self._student.gone[1]})
        self._student.interrupt()
        if not self._replies(time.monotonic() + SECONDS_TO_REACT):
            self._student.kill("timeout", COULD_NOT_BE_STOPPED)
        return pack({"timeout": f"Stopped after {seconds:.0f} s. Does a loop never end?"})

    def _is_alive(self) -> bool:
        process = self._student.km.provisioner.process
        return process is not None and process.poll() is None


def _listener(path: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen(1)
    return listener
