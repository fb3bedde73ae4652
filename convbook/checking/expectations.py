"""Comparisons that say what was expected, what came, and a hint.

In a hidden check they say only that it is not what was expected, and the hint.
"""

import math
from typing import Any

import numpy as np

from convbook.checking.discretion import told
from convbook.checking.plain import CheckFailed, plain

LONGEST_SHOWN = 300


def expect_equal(actual: Any, expected: Any, of: str, hint: str = "") -> None:
    """``actual`` is exactly ``expected``; lists and tuples with equal items are equal.

    Args:
        of: what is compared, e.g. ``"output_size(13, 6, 5)"``.
        hint: the likely mistake, shown after the difference.
    """
    actual = plain(actual, of)
    if _same(actual, expected):
        return
    if _are_arrays_of_one_shape(actual, expected):
        raise CheckFailed(_first_difference(of, actual, expected, actual != expected, hint))
    raise CheckFailed(_difference(of, _shown(expected), _shown(actual), hint))


def expect_close(
    actual: Any, expected: Any, of: str, hint: str = "", rtol: float = 1e-5, atol: float = 1e-6
) -> None:
    """Numbers or arrays agree: same shape, and every value within the tolerance; NaN never does."""
    actual = plain(actual, of)
    try:
        got, wanted = _as_floats(actual), _as_floats(expected)
    except (TypeError, ValueError, OverflowError):
        raise CheckFailed(_difference(of, _shown(expected), _shown(actual), hint)) from None
    if got.shape != wanted.shape:
        raise CheckFailed(_difference(of, f"the shape {wanted.shape}", f"{got.shape}", hint))
    wrong = ~np.isclose(got, wanted, rtol=rtol, atol=atol)
    if not wrong.any():
        return
    if got.ndim == 0:
        raise CheckFailed(_difference(of, _shown(expected), _shown(actual), hint))
    raise CheckFailed(_first_difference(of, got, wanted, wrong, hint))


def expect_at_least(
    actual: Any, bound: float, of: str, hint: str = "", measured: bool = False
) -> None:
    """``actual`` is a number that is at least ``bound``.

    Args:
        measured: the number was computed here, as an accuracy is, and is no answer of the student's: it is told in
            a hidden check as well.
    """
    if not (_is_number(actual := _unboxed(plain(actual, of))) and actual >= bound):
        raise CheckFailed(
            _difference(of, f"at least {_shown(bound)}", _shown(actual), hint, open_always=measured)
        )


def expect_at_most(
    actual: Any, bound: float, of: str, hint: str = "", measured: bool = False
) -> None:
    """``actual`` is a number that is at most ``bound``; ``measured`` as in :func:`expect_at_least`."""
    if not (_is_number(actual := _unboxed(plain(actual, of))) and actual <= bound):
        raise CheckFailed(
            _difference(of, f"at most {_shown(bound)}", _shown(actual), hint, open_always=measured)
        )


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and not math.isnan(value)


def _as_floats(value: Any) -> np.ndarray:
    array = np.asarray(value)
    if array.dtype.kind in "US":
        raise TypeError("text is not a number, even where NumPy can read one in it")
    return array.astype(float)


def _unboxed(value: Any) -> Any:
    """The number in an array without axes, such as Keras's sums and means; else ``value``."""
    is_box = isinstance(value, np.generic) or (isinstance(value, np.ndarray) and value.ndim == 0)
    return value.item() if is_box else value


def _are_arrays_of_one_shape(actual: Any, expected: Any) -> bool:
    both = isinstance(actual, np.ndarray) and isinstance(expected, np.ndarray)
    return both and actual.shape == expected.shape and actual.ndim > 0


def _same(actual: Any, expected: Any) -> bool:
    actual, expected = _unboxed(actual), _unboxed(expected)
    if isinstance(expected, dict):
        return (
            isinstance(actual, dict)
            and actual.keys() == expected.keys()
            and all(_same(actual[key], expected[key]) for key in expected)
        )
    if isinstance(expected, (list, tuple)):
        return (
            isinstance(actual, (list, tuple))
            and len(actual) == len(expected)
            and all(map(_same, actual, expected))
        )
    if isinstance(expected, np.ndarray):
        return isinstance(actual, np.ndarray) and np.array_equal(actual, expected)
    if isinstance(actual, np.ndarray) or isinstance(actual, bool) != isinstance(expected, bool):
        return False
    return actual == expected


def _difference(
    of: str, expected: str, actual: str, hint: str, where: str = "", open_always: bool = False
) -> str:
    values = f"{where}expected {expected}, got {actual}."
    difference = values if open_always else told(values, "not what was expected.")
    return f"{of}: {difference}" + (f" Hint: {hint}" if hint else "")


def _first_difference(
    of: str, actual: np.ndarray, expected: np.ndarray, wrong: np.ndarray, hint: str
) -> str:
    first = tuple(int(index) for index in np.argwhere(wrong)[0])
    where = f"{int(wrong.sum())} of {wrong.size} values differ, the first at {list(first)}: "
    return _difference(of, _shown(expected[first]), _shown(actual[first]), hint, where)


def _shown(value: Any) -> str:
    value = _unboxed(value)
    if type(value) is int:
        return f"{value:,}"
    if type(value) is float:
        return f"{value:,.6g}"
    text = f"an array of shape {value.shape}" if isinstance(value, np.ndarray) else repr(value)
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + " …"
