"""Discretion: the messages of a hidden check tell nothing that a student's code can have put into them.

A function that returns or raises what it was called with would otherwise print hidden inputs on its feedback page.
"""

_hidden = False


def begin(hidden: bool) -> None:
    """The check that runs next is a hidden one, or not; the grader says so."""
    global _hidden
    _hidden = hidden


def told(open_text: str, discreet_text: str) -> str:
    """The first text in a visible check, the second in a hidden one."""
    return discreet_text if _hidden else open_text
