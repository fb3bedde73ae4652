"""One style for every figure, on light or on dark paper.

A colour of the book is a name, such as :data:`BLUE`, and the theme says what it looks like.
Matplotlib takes the names wherever it takes a colour.
"""

from dataclasses import asdict, dataclass

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from cycler import cycler
from matplotlib.colors import (
    Colormap,
    LinearSegmentedColormap,
    get_named_colors_mapping,
    to_rgb,
)

PAPER, INK, FAINT = "book:paper", "book:ink", "book:faint"
"""Ground, text and outlines, and lines that should not be noticed."""

BLUE, ORANGE, GREEN = "book:blue", "book:orange", "book:green"
RED, PURPLE, GREY = "book:red", "book:purple", "book:grey"
"""Lines and fills, told apart by people who are colour-blind; orange marks the point."""

COLOURS = (BLUE, ORANGE, GREEN, RED, PURPLE, GREY)
"""The order in which lines take their colours."""

PALE_BLUE, PALE_ORANGE, PALE_GREEN = "book:paleblue", "book:paleorange", "book:palegreen"
PALE_RED, PALE_PURPLE, PALE_GREY = "book:palered", "book:palepurple", "book:palegrey"
"""The same as grounds for text."""

DIVERGING = "book:diverging"
"""Colour map for weights and differences: zero has the colour of the paper, or nearly."""

FULL_WIDTH = 7.4
"""Inches across a page."""

SMALL = 8.5
"""Points of the smallest text, still to be read where a page is as wide as a telephone."""

PALE = 0.22
"""How much of a colour there is in its pale form."""

READABLE = 4.5
"""The least contrast of text with its ground (WCAG 2.2, level AA)."""


@dataclass(frozen=True)
class Theme:
    """What the book's colours look like."""

    paper: str
    ink: str
    faint: str
    blue: str
    orange: str
    green: str
    red: str
    purple: str
    grey: str
    diverging: str
    """The colour map of matplotlib that :data:`DIVERGING` stands for."""


THEMES = {
    "light": Theme(
        paper="#ffffff",
        ink="#1f2a37",
        faint="#d5dae0",
        blue="#2f6f9f",
        orange="#c9701a",
        green="#3f8f5f",
        red="#b8343d",
        purple="#56205a",
        grey="#858f9b",
        diverging="RdBu_r",
    ),
    "dark": Theme(
        paper="#12171e",
        ink="#e6eaf0",
        faint="#39424e",
        blue="#53a0ff",
        orange="#e59535",
        green="#61d99b",
        red="#d35b4a",
        purple="#9b74ae",
        grey="#8f9298",
        diverging="berlin",
    ),
}


def use_book_style(theme: str = "light") -> None:
    """Every figure made from here on has the book's fonts, sizes and colours.

    Args:
        theme: ``"light"`` or ``"dark"``.

    Raises:
        ValueError: another theme.
    """
    if theme not in THEMES:
        raise ValueError(f"the themes are {', '.join(THEMES)}; there is no {theme!r}")
    _define_colours(THEMES[theme])
    plt.rcParams.update(
        {
            "figure.figsize": (7.2, 3.6),
            "figure.dpi": 110,
            "savefig.bbox": "tight",
            "figure.constrained_layout.use": True,
            "figure.facecolor": PAPER,
            "axes.facecolor": PAPER,
            "font.size": 10,
            "axes.titlesize": 10.5,
            "axes.labelsize": 10,
            "legend.fontsize": 9,
            "axes.edgecolor": INK,
            "axes.labelcolor": INK,
            "axes.titlecolor": INK,
            "text.color": INK,
            "xtick.color": INK,
            "ytick.color": INK,
            "hatch.color": PAPER,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": False,
            "grid.color": FAINT,
            "legend.frameon": False,
            "lines.linewidth": 1.8,
            "image.interpolation": "nearest",
            "axes.prop_cycle": cycler(color=COLOURS),
        }
    )


def tint(colour: str, strength: float) -> tuple[float, float, float]:
    """The paper with so much of ``colour`` in it: 0 is the paper, 1 the colour."""
    paper, full = np.array(to_rgb(PAPER)), np.array(to_rgb(colour))
    return tuple(map(float, paper + strength * (full - paper)))


def fade(colour: str) -> Colormap:
    """A colour map from the paper (least) to ``colour`` (most)."""
    return LinearSegmentedColormap.from_list(f"fade to {colour}", [PAPER, colour])


def contrast(one: str | tuple, other: str | tuple) -> float:
    """How well ``one`` is seen on ``other``: 1 (not at all) to 21 (black on white).

    The contrast ratio of WCAG 2.2, which asks for 4.5 for text and 3 for graphics.
    """
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def text_on(ground: str | tuple) -> str:
    """Ink or paper if it can be read on ``ground``, or else black or white, of which one can."""
    candidates = (INK, PAPER, "black", "white")
    return next(colour for colour in candidates if contrast(colour, ground) >= READABLE)


def _luminance(colour: str | tuple) -> float:
    """Relative luminance of an sRGB colour (WCAG 2.2), 0 to 1."""
    channels = np.array(to_rgb(colour))
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def _define_colours(theme: Theme) -> None:
    names = get_named_colors_mapping()
    for name, colour in asdict(theme).items():
        if name != "diverging":
            names[f"book:{name}"] = colour
    for colour in COLOURS:
        names[colour.replace(":", ":pale")] = tint(colour, PALE)
    mpl.colormaps.unregister(DIVERGING)
    mpl.colormaps.register(mpl.colormaps[theme.diverging], name=DIVERGING)


_define_colours(THEMES["light"])
