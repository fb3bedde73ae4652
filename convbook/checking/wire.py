"""Plain data as bytes, and back: what crosses the boundary between two processes.

A message is the length of a header, the header as JSON, and the raw bytes of its arrays one after the
other. Nothing in it is code: unpacking builds numbers, text, arrays, lists, tuples and dicts, whatever
the bytes are, and takes no more memory than a small multiple of their length.
"""

import json
import math
import re
import struct
from dataclasses import dataclass
from typing import Any

import numpy as np

LARGEST_MESSAGE = 512 * 2**20
LARGEST_HEADER = 16 * 2**20  # bytes of JSON, which take many times their size in memory
_LENGTH = struct.Struct(">Q")
_DTYPE = re.compile(r"[<>|=]?(b1|[iu][1248]|f[248]|[US][1-9]\d{0,6})")
_CODE_POINTS = 0x110000


class WireError(ValueError):
    """Bytes that are no message, or a value that cannot become one."""


@dataclass(frozen=True)
class Reference:
    """Stands for an object that stays on the other side, a model for instance."""

    number: int


def pack(value: Any) -> bytes:
    """A message that holds a plain value.

    Args:
        value: made of None, bool, int, float, str, NumPy arrays of these, lists, tuples, dicts and
            :class:`Reference`.

    Raises:
        WireError: it contains something else, or is too large.
    """
    arrays: list[np.ndarray] = []
    tree = _to_json(value, arrays)
    kinds = [[array.dtype.str, array.shape] for array in arrays]
    header = json.dumps({"value": tree, "arrays": kinds}).encode()
    parts = [_LENGTH.pack(len(header)), header, *(array.tobytes() for array in arrays)]
    size = sum(map(len, parts))
    if size > LARGEST_MESSAGE or len(header) > LARGEST_HEADER:
        raise WireError(
            f"{size / 1e6:,.0f} MB are too much: {LARGEST_MESSAGE / 1e6:,.0f} MB are allowed, "
            f"{LARGEST_HEADER / 1e6:,.0f} MB of them outside arrays"
        )
    return b"".join(parts)


def unpack(message: bytes) -> Any:
    """The value in a message, which may come from anyone.

    Raises:
        WireError: the bytes are not a message.
    """
    try:
        (length,) = _LENGTH.unpack_from(message)
        if length > LARGEST_HEADER or len(message) > LARGEST_MESSAGE:
            raise WireError("a message beyond the limits on size")
        header = json.loads(message[_LENGTH.size : _LENGTH.size + length])
        arrays = _read_arrays(header["arrays"], memoryview(message)[_LENGTH.size + length :])
        return _from_json(header["value"], arrays)
    except WireError:
        raise
    except (struct.error, ValueError, TypeError, KeyError, IndexError, RecursionError) as error:
        raise WireError(f"not a message: {type(error).__name__}") from None


def _to_json(value: Any, arrays: list[np.ndarray]) -> Any:
    if value is None or type(value) in (bool, int, float, str):
        return value
    if type(value) is np.ndarray and _DTYPE.fullmatch(value.dtype.str):
        arrays.append(value)
        return {"array": len(arrays) - 1}
    if type(value) is Reference:
        return {"reference": value.number}
    if type(value) is list:
        return {"list": [_to_json(item, arrays) for item in value]}
    if type(value) is tuple:
        return {"tuple": [_to_json(item, arrays) for item in value]}
    if type(value) is dict:
        pairs = [[_to_json(k, arrays), _to_json(v, arrays)] for k, v in value.items()]
        return {"dict": pairs}
    raise WireError(f"a {type(value).__name__} is not plain data")


def _from_json(node: Any, arrays: list[np.ndarray]) -> Any:
    if node is None or type(node) in (bool, int, float, str):
        return node
    ((kind, content),) = node.items()
    if kind == "array" and type(content) is int and content >= 0:
        return arrays[content]
    if kind == "reference" and type(content) is int:
        return Reference(content)
    if kind == "list":
        return [_from_json(item, arrays) for item in content]
    if kind == "tuple":
        return tuple(_from_json(item, arrays) for item in content)
    if kind == "dict":
        return {_from_json(key, arrays): _from_json(value, arrays) for key, value in content}
    raise WireError(f"not a message: an unknown kind of value, {str(kind)[:40]!r}")


def _read_arrays(kinds: Any, raw: memoryview) -> list[np.ndarray]:
    arrays, start = [], 0
    for dtype_name, shape in kinds:
        if not _DTYPE.fullmatch(dtype_name) or not all(type(n) is int and n >= 0 for n in shape):
            raise WireError("not a message: an array of unknown kind")
        dtype = np.dtype(dtype_name)
        size = math.prod(shape) * dtype.itemsize
        if start + size > len(raw):
            raise WireError("not a message: an array is cut off")
        array = np.frombuffer(raw[start : start + size], np.uint8).copy()
        arrays.append(array.view(dtype).reshape(shape))
        _require_text(arrays[-1])
        start += size
    if start != len(raw):
        raise WireError("not a message: bytes are left over")
    return arrays


def _require_text(array: np.ndarray) -> None:
    """NumPy text is read as it stands, so code points that do not exist must not get in."""
    if array.dtype.kind == "U" and array.size:
        points = array.reshape(-1).view(array.dtype.str[0] + "u4")
        if (points >= _CODE_POINTS).any():
            raise WireError("not a message: text with impossible characters")
