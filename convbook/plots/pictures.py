"""Pictures and small arrays, each shown as it is."""

from collections.abc import Sequence
from textwrap import fill

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from convbook.plots.style import (
    DIVERGING,
    GREY,
    INK,
    fade,
    text_on,
)
from convbook.plots.words import counted, enumerated, finite_range, gaps, number, say_what

LETTERS_AN_INCH = 10
"""Letters of a title that are sure to fit."""


def show_images(
    images: Sequence[np.ndarray],
    titles: Sequence[str] | None = None,
    columns: int = 5,
    cell: float = 1.4,
) -> Figure:
    """Pictures side by side, without axes.

    Grey bytes are shown as bright as they are, other grey values from the picture's own darkest
    (black) to its brightest (white); what is even everywhere is grey.

    Args:
        images: each ``(height, width)``, ``(height, width, 1)`` or ``(height, width, 3)``.
        titles: one a picture; long ones go over several lines.
        columns: pictures in a row.
        cell: inches for each picture.

    Raises:
        ValueError: no pictures, another shape, colours that are neither bytes nor from 0 to 1, or
            not one title for each picture.
    """
    images = [as_picture(image) for image in images]
    if not images:
        raise ValueError("there must be at least one picture to show")
    require_one_each(titles, images, "titles")
    columns = min(columns, len(images))
    rows = -(-len(images) // columns)
    height, width = images[0].shape[:2]
    figure, axes = plt.subplots(
        rows,
        columns,
        figsize=(cell * columns, cell * rows * max(height / width, 0.6) + 0.25 * rows),
    )
    for index, axis in enumerate(np.ravel(axes)):
        axis.axis("off")
        if index < len(images):
            draw_picture(axis, images[index])
            if titles is not None:
                axis.set_title(fill(titles[index], int(LETTERS_AN_INCH * cell)))
    first = figure.axes[0]
    what = f"{counted(len(images), 'picture')} of {height} × {width} pixels"
    named = "" if titles is None else f": {enumerated([str(title) for title in titles])}"
    return say_what(first, f"{what} in {counted(rows, 'row')}{named}.")


def show_signed(axis: Axes, values: np.ndarray, limit: float | None = None) -> Figure:
    """Draws ``(height, width)`` values: zero is like the paper, red above and blue below.

    Args:
        limit: the value of the strongest red; the largest magnitude where None.

    Raises:
        ValueError: another shape, or not one finite number.
    """
    values = _as_plane(values)
    low, high = finite_range(values)
    limit = signed_limit(values) if limit is None else limit
    axis.imshow(values, cmap=DIVERGING, vmin=-limit, vmax=limit)
    axis.set_xticks([])
    axis.set_yticks([])
    height, width = values.shape
    sentence = f"{height} × {width} values from {number(low)} (blue) to {number(high)} (red)."
    return say_what(axis, sentence + gaps(values))


def show_grid(
    axis: Axes, values: np.ndarray, fmt: str = "g", colour: str = INK, highlight: float = 0.0
) -> Figure:
    """Draws a small ``(height, width)`` array as squares with their numbers in them.

    Args:
        fmt: format of the numbers.
        colour: of the squares with large values.
        highlight: how strong the colour of the largest value is, 0 (none) to 1.

    Raises:
        ValueError: another shape.
    """
    values = _as_plane(values)
    height, width = values.shape
    finite = np.abs(np.nan_to_num(np.asarray(values, float), posinf=0, neginf=0))
    strengths = highlight * finite / (finite.max() or 1.0)
    drawn = axis.imshow(strengths, fade(colour), vmin=0, vmax=1)
    for (row, column), value in np.ndenumerate(values):
        ground = drawn.to_rgba(strengths[row, column])[:3]
        axis.text(column, row, format(value, fmt), ha="center", va="center", color=text_on(ground))
    axis.set_xticks([])  # a major tick would hide the minor tick, and its line, at the same place
    axis.set_yticks([])
    axis.set_xticks(np.arange(-0.5, width), minor=True)
    axis.set_yticks(np.arange(-0.5, height), minor=True)
    axis.grid(which="minor", color=GREY, linewidth=0.8)
    axis.tick_params(which="both", length=0, labelbottom=False, labelleft=False)
    axis.spines[:].set_visible(True)
    rows = "; ".join(", ".join(format(value, fmt) for value in line) for line in values)
    return say_what(axis, f"{height} × {width} squares with the numbers {rows}.")


def draw_picture(axis: Axes, image: np.ndarray) -> None:
    """Draws a picture that :func:`as_picture` has checked, without ticks around it."""
    low, high = (0, 255) if image.dtype == np.uint8 else finite_range(image)
    if low == high:
        low, high = low - 1, high + 1
    axis.imshow(image, cmap="gray", vmin=low, vmax=high)  # colours are shown as they are
    axis.axis("off")


def as_picture(image: np.ndarray) -> np.ndarray:
    """The picture as matplotlib draws it: ``(height, width)`` or ``(height, width, 3)``.

    Raises:
        ValueError: another shape, or colours that are neither bytes nor from 0 to 1.
    """
    image = without_single_channel(np.asarray(image))
    if not image.size:
        raise ValueError(f"a picture of shape {image.shape} has no pixels")
    if image.ndim == 3 and image.dtype != np.uint8:
        low, high = finite_range(image)
        if low < 0 or high > 1:
            raise ValueError(
                f"colours are bytes or numbers from 0 to 1, got {low:g} to {high:g} ({image.dtype})"
            )
    return image


def signed_limit(values: np.ndarray) -> float:
    """The largest magnitude, or 1 where all values are zero."""
    return max(map(abs, finite_range(values))) or 1.0


def without_single_channel(image: np.ndarray) -> np.ndarray:
    """``(height, width)`` where there is one channel; raises ValueError if not one or three."""
    if image.ndim == 3 and image.shape[2] == 1:
        return image[..., 0]
    if image.ndim == 2 or (image.ndim == 3 and image.shape[2] == 3):
        return image
    raise ValueError(
        "a picture has the shape (height, width), (height, width, 1) or (height, width, 3),"
        f" got {image.shape}"
    )


def _as_plane(values: np.ndarray) -> np.ndarray:
    values = np.asarray(values)
    if values.ndim != 2 or not values.size:
        raise ValueError(f"values to draw have the shape (height, width), got {values.shape}")
    return values


def require_one_each(words: Sequence[str] | None, things: Sequence, name: str) -> None:
    """Raises ValueError unless ``words`` is None or has one for each of ``things``."""
    if words is not None and len(words) != len(things):
        raise ValueError(f"got {len(words)} {name} for {len(things)} pictures")
