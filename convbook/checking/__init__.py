"""What the test cells of exercises import.

``student`` is the only way from a test to a student's work. It carries plain data both ways
(numbers, text, arrays, lists, dicts), so a test reads the same whether the work lives in the same
notebook, as it does for a student, or in a kernel of its own, as it does when the grader runs it. A
Keras model stays where it is and answers requests through a :class:`ModelHandle`.

The ``expect_...`` functions compare, and say what was expected, what came, and a hint.
"""

import os

from convbook.checking.expectations import (
    expect_at_least,
    expect_at_most,
    expect_close,
    expect_equal,
)
from convbook.checking.local import ModelHandle, Student
from convbook.checking.plain import CheckFailed, plain
from convbook.checking.remote import SOCKET_VARIABLE, RemoteStudent

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


def __getattr__(name: str) -> Student | RemoteStudent:
    """``student`` is made where it is first asked for: a kernel may be forked after this module was imported."""
    if name != "student":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    path = os.environ.get(SOCKET_VARIABLE)
    globals()[name] = made = RemoteStudent(path) if path else Student()
    return made
