"""What a figure says to those who cannot see it.

Each function that draws leaves a sentence, made from the data that it drew, with the axes it drew
on. The sentences of a figure are its alternative text.
"""

from weakref import WeakKeyDictionary

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

_SENTENCES: WeakKeyDictionary[Axes, list[str]] = WeakKeyDictionary()


def alt_text(figure: Figure) -> str:
    """What the functions of ``convbook.plots`` drew on ``figure``, in words; empty if nothing."""
    return " ".join(sentence for axis in figure.axes for sentence in _SENTENCES.get(axis, []))


def say_what(axis: Axes, sentence: str) -> Figure:
    """Adds a sentence to the alternative text of the axis' figure, and gives that figure."""
    _SENTENCES.setdefault(axis, []).append(sentence)
    return axis.get_figure(root=True)


def enumerated(words: list[str], at_most: int = 12) -> str:
    """``"a, b and c"``; of a long list the first ones and how many follow."""
    if len(words) > at_most:
        return f"{', '.join(words[:at_most])} and {len(words) - at_most} more"
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def counted(count: int, noun: str) -> str:
    """``"1 picture"``, ``"1,200 pictures"``."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def shortened(name: str, most: int = 24) -> str:
    """A long name without its middle."""
    return name if len(name) <= most else f"{name[: most // 2]}…{name[-most // 2 + 1 :]}"


def number(value: float) -> str:
    """Three significant digits, or whole thousands and millions, with a true minus sign."""
    whole = 1e3 <= abs(value) < 1e7
    return (f"{value:,.0f}" if whole else f"{value:.3g}").replace("-", "−")


def finite_range(values: np.ndarray) -> tuple[float, float]:
    """The least and the greatest of the values that are numbers.

    Raises:
        ValueError: there are none.
    """
    finite = np.asarray(values, float)
    finite = finite[np.isfinite(finite)]
    if not finite.size:
        raise ValueError(f"none of the {np.size(values)} values to draw is a finite number")
    return float(finite.min()), float(finite.max())


def gaps(values: np.ndarray) -> str:
    """A sentence about values that are not finite numbers; empty if all are."""
    missing = int((~np.isfinite(np.asarray(values, float))).sum())
    verb = "is" if missing == 1 else "are"
    return f" {counted(missing, 'value')} {verb} not finite." if missing else ""
