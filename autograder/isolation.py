"""Isolation: how much of it is asked for, and what this machine answers."""

from typing import Literal

from autograder.errors import UserError
from autograder.sandbox import available

Isolation = Literal["require", "best", "off"]


def isolates(asked: Isolation) -> tuple[bool, str]:
    """Whether student code runs in a sandbox, and a warning where it was asked for and cannot.

    Raises:
        UserError: it must run in one and cannot.
    """
    if asked == "off":
        return False, ""
    report = available()
    if report.ok:
        return True, ""
    reasons = " ".join(report.missing)
    if asked == "require":
        raise UserError(
            f"student code cannot be isolated here, and --sandbox require (the default) asks for it. {reasons} "
            "For code that you trust use --sandbox best or --sandbox off"
        )
    return False, f"student code is not isolated, it runs with your rights. {reasons}"
