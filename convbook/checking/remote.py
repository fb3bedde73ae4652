"""The student's work in another process: the checker's side of the channel.

Everything that comes back is plain data or an error. A model that is asked about is fetched, built
again here and judged here, so that no count and no prediction is the student's own word.
"""

import builtins
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from convbook.checking.discretion import told
from convbook.checking.local import ModelHandle
from convbook.checking.models import rebuild
from convbook.checking.plain import CheckFailed, plain
from convbook.checking.wire import LARGEST_MESSAGE, Reference, WireError, pack, unpack

SOCKET_VARIABLE = "CONVBOOK_STUDENT"
"""Names the Unix socket that leads to the student's kernel."""

NOT_PLAIN = "Your notebook's answer is not plain data"

_LENGTH = struct.Struct(">Q")


class StudentTimeout(Exception):  # noqa: N818 - the grader tells it from other errors by this name
    """The student's code took too long."""


class StudentGone(Exception):  # noqa: N818 - see above
    """The student's kernel is dead."""


class RemoteStudent:
    """The names that a student's notebook defines, in its kernel behind a Unix socket."""

    def __init__(self, socket_path: str):
        self._path = socket_path
        self._connection: socket.socket | None = None
        self._asked = 0

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        reply = self._ask({"do": "get", "name": name})
        if reply.get("missing"):
            raise CheckFailed(
                f"{name} is not defined. Did you rename it, or not run the cell that makes it?"
            )
        return self._function(name) if reply.get("function") else self._value_of(reply)

    def _function(self, name: str) -> Callable:
        def call(*args: Any, **keywords: Any) -> Any:
            request = {
                "do": "call",
                "name": name,
                "args": tuple(map(_sent, args)),
                "keywords": {key: _sent(value) for key, value in keywords.items()},
            }
            return self._value_of(self._ask(request))

        return call

    def _value_of(self, reply: dict[str, Any]) -> Any:
        if "value" not in reply:
            raise StudentGone("Your notebook gave no answer.")
        value = reply["value"]
        return RemoteModel(self, value.number) if isinstance(value, Reference) else plain(value)

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """Sends a request and waits for its reply; raises what the reply says went wrong."""
        self._asked += 1
        if self._connection is None:
            self._connection = socket.socket(socket.AF_UNIX)
            self._connection.connect(self._path)
        send(self._connection, pack(request))
        try:
            reply = unpack(receive(self._connection))
        except WireError as error:
            reason = told(f"{NOT_PLAIN} ({error})", NOT_PLAIN)
            raise CheckFailed(f"{reason}.") from None
        if not isinstance(reply, dict):
            raise CheckFailed(f"{NOT_PLAIN}.")
        _raise_what_happened(reply, request.get("name", ""))
        return reply


class RemoteModel(ModelHandle):
    """A student's Keras model, fetched and built again here whenever it may have changed."""

    def __init__(self, student: RemoteStudent, number: int):
        self._student = student
        self._number = number
        self._fetched: tuple[int, Any] | None = None

    @property
    def _model(self) -> Any:
        asked = self._student._asked
        if self._fetched is None or self._fetched[0] != asked:
            reply = self._student._ask({"do": "describe", "model": self._number})
            described = reply.get("value")
            if not isinstance(described, dict):
                raise CheckFailed("The model could not be handed over.")
            self._fetched = (self._student._asked, _rebuilt(described))
        return self._fetched[1]


def send(
    connection: socket.socket, message: bytes, still_wanted: Callable[[], None] | None = None
) -> None:
    """One message, with its length in front.

    ``still_wanted`` is asked again and again, at the latest when the connection's own timeout passes; what it
    raises ends the wait. Without it, TimeoutError does.
    """
    left = memoryview(_LENGTH.pack(len(message)) + message)
    while left:
        with _patience(still_wanted):
            left = left[connection.send(left) :]


def receive(connection: socket.socket, still_wanted: Callable[[], None] | None = None) -> bytes:
    """One message from the other end; ``still_wanted`` as in :func:`send`.

    Raises:
        WireError: it is too large.
        EOFError: the other end is closed.
    """
    (length,) = _LENGTH.unpack(_exactly(connection, _LENGTH.size, still_wanted))
    if length > LARGEST_MESSAGE:
        raise WireError(f"a message of {length / 1e6:,.0f} MB")
    return _exactly(connection, length, still_wanted)


def _exactly(
    connection: socket.socket, length: int, still_wanted: Callable[[], None] | None
) -> bytes:
    received = bytearray()
    while len(received) < length:
        with _patience(still_wanted):
            part = connection.recv(min(length - len(received), 2**20))
            if not part:
                raise EOFError("the connection is closed")
            received += part
    return bytes(received)


@contextmanager
def _patience(still_wanted: Callable[[], None] | None) -> Iterator[None]:
    try:
        yield
    except TimeoutError:
        if still_wanted is None:
            raise
    if still_wanted is not None:
        still_wanted()


def _sent(argument: Any) -> Any:
    if isinstance(argument, RemoteModel):
        return Reference(argument._number)
    value = plain(argument, "an argument")
    return np.ascontiguousarray(value) if isinstance(value, np.ndarray) and value.ndim else value


def _rebuilt(described: dict[str, Any]) -> Any:
    try:
        return rebuild(described)
    except CheckFailed as failed:
        raise CheckFailed(told(str(failed), "The model cannot be checked.")) from None


def _raise_what_happened(reply: dict[str, Any], name: str) -> None:
    """Everything in a reply may be the student's own invention."""
    if "failed" in reply:
        unwritten, said = f"{name} is still to be written.", str(reply["failed"])
        raise CheckFailed(said if said == unwritten else told(said, f"{NOT_PLAIN}."))
    if "timeout" in reply:
        raise StudentTimeout(told(str(reply["timeout"]), "Stopped. Does a loop never end?"))
    if "gone" in reply:
        raise StudentGone(told(str(reply["gone"]), "Your notebook's kernel has ended."))
    if "raised" in reply:
        raise _exception_named(str(reply["raised"]))(str(reply.get("message", "")))


def _exception_named(name: str) -> type[Exception]:
    """Python's own exception of that name, so that a check can expect it; else one that is called so."""
    if name in _MEANT_BY_THE_CHECK:
        return type(f"{name} in your code", (Exception,), {})
    known = getattr(builtins, name, None)
    if isinstance(known, type) and issubclass(known, Exception):
        return known if known in _TAKE_A_MESSAGE else RuntimeError
    shown = name if name.isidentifier() and len(name) < 80 else "Error"
    return type(shown, (Exception,), {})


_MEANT_BY_THE_CHECK = ("AssertionError", "CheckFailed", "StudentTimeout", "StudentGone")
_TAKE_A_MESSAGE = (
    *(ArithmeticError, AttributeError, EOFError, ImportError, IndexError, KeyError, LookupError),
    *(MemoryError, ModuleNotFoundError, NameError, NotImplementedError, OSError, OverflowError),
    *(RecursionError, RuntimeError, StopIteration, TypeError, ValueError, ZeroDivisionError),
    Exception,
)
