"""What the test cells of exercises import.

``student`` is the only way from a test to a student's work. It carries plain data both ways
(numbers, text, arrays, lists, dicts), so a test reads the same whether the work lives in the same
notebook, as it does for a student, or behind a process boundary. A Keras model stays where it is
and answers requests through a :class:`ModelHandle`.

The ``expect_...`` functions compare, and say what was expected, what came, and a hint.
"""

import math
import sys
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

__all__ = [
    "CheckFailed",
    "ModelHandle",
    "Student",
    "expect_at_least",
    "expect_at_most",
    "expect_close",
    "expect_equal",
    "plain",
    "student",
]

LONGEST_SHOWN = 300


class CheckFailed(AssertionError):  # noqa: N818 - students read this name in their notebooks
    """A check that the student's work did not pass; the message is written for the student."""


class ModelHandle:
    """A student's Keras model, seen from a test: it answers requests and stays where it is."""

    def __init__(self, model: Any):
        self._model = model

    def predict(self, x: np.ndarray, batch_size: int = 256) -> Any:
        """The model's output for ``x`` as an array; several outputs as a list or dict of arrays."""
        return plain(self._model.predict(np.array(x), batch_size=batch_size, verbose=0))

    def parameters(self) -> int:
        """Number of weights, trainable or not."""
        return plain(self._model.count_params())

    def input_shape(self) -> tuple[int | None, ...]:
        """Shape of the input, batch axis first."""
        return plain(tuple(self._model.input_shape))

    def output_shape(self) -> tuple[int | None, ...]:
        """Shape of the output, batch axis first."""
        return plain(tuple(self._model.output_shape))

    def layer_kinds(self) -> list[str]:
        """Class names of the layers in order, e.g. ``["Conv2D", "Flatten", "Dense"]``."""
        return [type(layer).__name__ for layer in self._model.layers]


class Student:
    """The names that a student's notebook defines, as plain data and functions on plain data."""

    def __init__(self, namespace: Mapping[str, Any] | None = None):
        self._namespace = namespace

    def __getattr__(self, name: str) -> Any:
        names = sys.modules["__main__"].__dict__ if self._namespace is None else self._namespace
        if name not in names:
            raise CheckFailed(
                f"{name} is not defined. Did you rename it, or not run the cell that makes it?"
            )
        value = names[name]
        return _student_function(name, value) if _is_function(value) else _hand_over(value, name)


student = Student()


def _student_function(name: str, function: Callable) -> Callable:
    def call(*args: Any, **kwargs: Any) -> Any:
        live_args = [_take_over(arg) for arg in args]
        live_kwargs = {key: _take_over(arg) for key, arg in kwargs.items()}
        try:
            value = function(*live_args, **live_kwargs)
        except NotImplementedError:
            raise CheckFailed(f"{name} is still to be written.") from None
        return _hand_over(value, f"the result of {name}")

    return call


def _is_function(value: Any) -> bool:
    return callable(value) and not _is_model(value)


def _is_model(value: Any) -> bool:
    keras = sys.modules.get("keras")  # no model exists where Keras was never imported
    return keras is not None and isinstance(value, keras.Model)


def _hand_over(value: Any, what: str) -> Any:
    return ModelHandle(value) if _is_model(value) else plain(value, what)


def _take_over(argument: Any) -> Any:
    return argument._model if isinstance(argument, ModelHandle) else plain(argument, "an argument")


def plain(value: Any, what: str = "the value") -> Any:
    """A copy of ``value`` made of built-in types and NumPy arrays only.

    Raises:
        CheckFailed: ``value`` is, or contains, something else.
    """
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or type(value) in (bool, int, float, str):
        return value
    if isinstance(value, np.ndarray):
        return _plain_array(value, what)
    if type(value) in (list, tuple):
        return type(value)(plain(item, what) for item in value)
    if type(value) is dict:
        return {plain(key, what): plain(item, what) for key, item in value.items()}
    if hasattr(value, "__array__") and hasattr(value, "dtype"):  # a Keras tensor or variable
        return _plain_array(value, what)
    raise _not_plain(value, what)


def _plain_array(value: Any, what: str) -> np.ndarray:
    try:
        array = np.array(value, subok=False)
    except Exception:  # whatever an object's own conversion raises; Keras's symbolic tensors do
        raise _not_plain(value, what) from None
    # What counts is the copy's type: an object can claim to be an array of numbers.
    if array.dtype.kind not in "biufUS":
        raise CheckFailed(f"{what} is an array of {array.dtype}; expected an array of numbers.")
    return array


def _not_plain(value: Any, what: str) -> CheckFailed:
    return CheckFailed(
        f"{what} is a {type(value).__name__}; expected numbers, text, arrays, lists or dicts."
    )


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


def expect_at_least(actual: Any, bound: float, of: str, hint: str = "") -> None:
    """``actual`` is a number that is at least ``bound``."""
    if not (_is_number(actual := _unboxed(plain(actual, of))) and actual >= bound):
        raise CheckFailed(_difference(of, f"at least {_shown(bound)}", _shown(actual), hint))


def expect_at_most(actual: Any, bound: float, of: str, hint: str = "") -> None:
    """``actual`` is a number that is at most ``bound``."""
    if not (_is_number(actual := _unboxed(plain(actual, of))) and actual <= bound):
        raise CheckFailed(_difference(of, f"at most {_shown(bound)}", _shown(actual), hint))


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


def _difference(of: str, expected: str, actual: str, hint: str) -> str:
    return f"{of}: expected {expected}, got {actual}." + (f" Hint: {hint}" if hint else "")


def _first_difference(
    of: str, actual: np.ndarray, expected: np.ndarray, wrong: np.ndarray, hint: str
) -> str:
    first = tuple(int(index) for index in np.argwhere(wrong)[0])
    where = f"{int(wrong.sum())} of {wrong.size} values differ, the first at {list(first)}"
    return _difference(f"{of}: {where}", _shown(expected[first]), _shown(actual[first]), hint)


def _shown(value: Any) -> str:
    value = _unboxed(value)
    if type(value) is int:
        return f"{value:,}"
    if type(value) is float:
        return f"{value:,.6g}"
    text = f"an array of shape {value.shape}" if isinstance(value, np.ndarray) else repr(value)
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + " …"
