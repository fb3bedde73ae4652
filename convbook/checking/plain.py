"""Plain data: what a test may know of a student's work."""

import sys
from typing import Any

import numpy as np

DEEPEST = 50
LONGEST_INTEGER = 4_000  # digits; Python itself refuses to write much longer ones
_TOO_LONG = 10**LONGEST_INTEGER


class CheckFailed(AssertionError):  # noqa: N818 - students read this name in their notebooks
    """A check that the student's work did not pass; the message is written for the student."""


def plain(value: Any, what: str = "the value", depth: int = 0) -> Any:
    """A copy of ``value`` made of built-in types and NumPy arrays only.

    Raises:
        CheckFailed: ``value`` is, or contains, something else, or it is nested without end.
    """
    if depth > DEEPEST:
        raise CheckFailed(f"{what} is nested more than {DEEPEST} deep. Does it contain itself?")
    if isinstance(value, np.generic):
        value = value.item()
    if type(value) is int and abs(value) >= _TOO_LONG:
        raise CheckFailed(f"{what} is a whole number of more than {LONGEST_INTEGER:,} digits.")
    if value is None or type(value) in (bool, int, float, str):
        return value
    if isinstance(value, np.ndarray):
        return _plain_array(value, what)
    if type(value) in (list, tuple):
        return type(value)(plain(item, what, depth + 1) for item in value)
    if type(value) is dict:
        return {
            plain(key, what, depth + 1): plain(item, what, depth + 1) for key, item in value.items()
        }
    if hasattr(value, "__array__") and hasattr(value, "dtype"):  # a Keras tensor or variable
        return _plain_array(value, what)
    raise _not_plain(value, what)


def _plain_array(value: Any, what: str) -> np.ndarray:
    try:
        array = np.array(_as_numpy(value), subok=False)
    except Exception:  # whatever an object's own conversion raises; Keras's symbolic tensors do
        raise _not_plain(value, what) from None
    if array.dtype.name == "bfloat16":  # of mixed precision; NumPy itself cannot save it
        array = array.astype(np.float32)
    # What counts is the copy's type: an object can claim to be an array of numbers.
    if array.dtype.kind not in "biufUS":
        raise CheckFailed(f"{what} is an array of {array.dtype}; expected an array of numbers.")
    return array


def _as_numpy(value: Any) -> Any:
    """A tensor of Keras's backend as an array; NumPy alone does not read all of PyTorch's."""
    keras = sys.modules.get("keras")
    tensor = keras is not None and keras.ops.is_tensor(value)
    return keras.ops.convert_to_numpy(value) if tensor else value


def _not_plain(value: Any, what: str) -> CheckFailed:
    return CheckFailed(
        f"{what} is a {type(value).__name__}; expected numbers, text, arrays, lists or dicts."
    )
