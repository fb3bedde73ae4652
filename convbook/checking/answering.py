"""The student's side of the channel: answers requests inside their kernel, one after the other.

Whatever happens here is in the student's hands; the other side believes nothing but that the bytes it
gets are plain data.
"""

import os
import socket
import sys
from contextlib import suppress
from typing import Any

from convbook.checking.local import is_function, is_model
from convbook.checking.models import describe
from convbook.checking.plain import CheckFailed, plain
from convbook.checking.remote import receive, send
from convbook.checking.wire import Reference, WireError, pack, unpack

CHANNEL_VARIABLE = "CONVBOOK_CHANNEL"
"""Names the Unix socket on which requests come."""

_models: dict[int, Any] = {}


def serve() -> None:
    """Answers requests until the other side hangs up."""
    with socket.socket(socket.AF_UNIX) as connection, suppress(EOFError):
        connection.connect(os.environ[CHANNEL_VARIABLE])
        while True:
            send(connection, answer(receive(connection)))


def answer(request: bytes) -> bytes:
    """The packed reply to a packed request."""
    try:
        return pack(_reply_to(unpack(request)))
    except WireError as error:
        return pack({"failed": f"The answer cannot be handed over: {error}."})


def _reply_to(request: dict[str, Any]) -> dict[str, Any]:
    try:
        if request["do"] == "describe":
            return {"value": describe(_models[request["model"]])}
        return _of_name(request)
    except CheckFailed as failed:
        return {"failed": str(failed)}
    except Exception as error:
        return {"raised": type(error).__name__, "message": str(error)}


def _of_name(request: dict[str, Any]) -> dict[str, Any]:
    names, name = sys.modules["__main__"].__dict__, request["name"]
    if name not in names:
        return {"missing": True}
    value = names[name]
    if request["do"] == "get":
        if is_function(value):
            return {"function": True}
        return {"value": _hand_over(value, name)}
    args = [_take_over(argument) for argument in request["args"]]
    keywords = {key: _take_over(argument) for key, argument in request["keywords"].items()}
    try:
        result = value(*args, **keywords)
    except NotImplementedError:
        raise CheckFailed(f"{name} is still to be written.") from None
    return {"value": _hand_over(result, f"the result of {name}")}


def _hand_over(value: Any, what: str) -> Any:
    if not is_model(value):
        return plain(value, what)
    number = next((n for n, model in _models.items() if model is value), len(_models))
    _models[number] = value
    return Reference(number)


def _take_over(argument: Any) -> Any:
    return _models[argument.number] if isinstance(argument, Reference) else argument
