"""Squared paper: drawings in which one unit is one cell, and rows count from the top."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.patches import Polygon, Rectangle

from convbook.plots.pictures import signed_limit
from convbook.plots.style import DIVERGING, GREY, ORANGE, PAPER, fade, text_on

LETTER_WIDTH = 0.62
"""Width of a digit, in sizes of its font."""


def canvas(columns: float, rows: float, inches: float = 7.2) -> Axes:
    """An empty drawing of that many cells, ``inches`` wide."""
    figure = plt.figure(figsize=(inches, inches * rows / columns), layout="none")
    axis = figure.add_axes((0, 0, 1, 1))
    axis.set(xlim=(0, columns), ylim=(rows, 0))
    axis.axis("off")
    return axis


def say(axis: Axes, x: float, y: float, text: str, **style) -> None:
    """Text with its middle at (x, y)."""
    axis.text(x, y, text, **{"ha": "center", "va": "center", **style})


def frame(
    axis: Axes,
    left: float,
    top: float,
    columns: float,
    rows: float,
    colour: str = ORANGE,
    **style,
) -> None:
    """A coloured outline, or with ``facecolor=...`` a coloured area."""
    style = {"facecolor": "none", "linewidth": 2.5, "zorder": 5, **style}
    axis.add_patch(Rectangle((left, top), columns, rows, edgecolor=colour, **style))


def arrow(
    axis: Axes, start: tuple[float, float], end: tuple[float, float], colour: str = GREY
) -> None:
    """A straight arrow between two points."""
    style = {"arrowstyle": "-|>", "color": colour, "linewidth": 1.6}
    axis.annotate("", end, start, zorder=30, arrowprops=style)


def shades(values: np.ndarray, colour: str = ORANGE, largest: float | None = None) -> np.ndarray:
    """A face for each value: the paper at zero, six tenths of ``colour`` at the largest.

    Args:
        values: ``(rows, columns)``, none of them negative.
        largest: the value with the strongest colour; the largest of the values where None.

    Returns:
        ``(rows, columns, 4)``, as :func:`cells` takes it.
    """
    largest = np.max(values) if largest is None else largest
    return fade(colour)(0.6 * np.asarray(values) / (largest or 1))


def signed(values: np.ndarray) -> np.ndarray:
    """Faces ``(rows, columns, 4)``: pale red for positive values, pale blue for negative ones."""
    return plt.get_cmap(DIVERGING)(0.5 + 0.22 * np.asarray(values) / signed_limit(values))


def cells(
    axis: Axes,
    left: float,
    top: float,
    values: np.ndarray,
    faces: np.ndarray | None = None,
    labels: str = "g",
    edge: str = GREY,
) -> None:
    """A small array as squares with its numbers in them, as large as they fit.

    Args:
        values: ``(rows, columns)``; a square whose value is NaN stays empty.
        faces: ``(rows, columns, 4)`` colours of the squares; the paper where None.
        labels: format of the numbers, or ``""`` for none.
        edge: colour of the lines.

    Raises:
        ValueError: not an array of two axes, or faces of another size.
    """
    if values.ndim != 2:
        raise ValueError(f"cells take an array of shape (rows, columns), got {values.shape}")
    rows, columns = values.shape
    if faces is None:
        faces = np.tile(to_rgba(PAPER), (rows, columns, 1))
    if faces.shape != (rows, columns, 4):
        raise ValueError(
            f"{rows} × {columns} cells need faces {(rows, columns, 4)}, got {faces.shape}"
        )
    axis.imshow(faces, extent=(left, left + columns, top + rows, top), aspect="auto", zorder=1)
    axis.hlines(np.arange(rows + 1) + top, left, left + columns, edge, linewidth=0.8)
    axis.vlines(np.arange(columns + 1) + left, top, top + rows, edge, linewidth=0.8)
    if not labels:
        return
    texts = {
        place: format(value, labels).replace("-", "−")
        for place, value in np.ndenumerate(values)
        if not np.isnan(value)
    }
    inches_a_cell = axis.figure.get_size_inches()[0] / abs(np.diff(axis.get_xlim())[0])
    longest = max(map(len, texts.values()), default=1)
    room = 0.8 * 72 * inches_a_cell / (LETTER_WIDTH * longest)
    for (row, column), text in texts.items():
        red, green, blue, opacity = faces[row, column]
        ground = opacity * np.array([red, green, blue]) + (1 - opacity) * np.array(
            to_rgba(PAPER)[:3]
        )
        say(
            axis,
            left + column + 0.5,
            top + row + 0.52,
            text,
            fontsize=min(11, 32 * inches_a_cell, room),
            color=text_on(tuple(ground)),
        )


def sheets(
    axis: Axes,
    left: float,
    top: float,
    size: int,
    faces: list,
    marked: tuple[int, int, int] | None = None,
    step: float = 0.6,
    edge: str = GREY,
) -> None:
    """Square sheets, one behind the other, such as the channels of an image.

    Args:
        size: cells along each side.
        faces: a colour for each sheet, from front to back.
        marked: ``(row, column, cells)`` of a window through all sheets.
        step: cells by which each sheet is set off from the one before it.
        edge: colour of the outlines.
    """
    for depth, face in enumerate(faces):
        x, y, z = left + depth * step, top - depth * step, 20 - 2 * depth
        frame(axis, x, y, size, size, edge, facecolor=face, linewidth=1.2, zorder=z)
        lines_at = np.arange(1, size)
        axis.hlines(lines_at + y, x, x + size, PAPER, linewidth=0.8, zorder=z)
        axis.vlines(lines_at + x, y, y + size, PAPER, linewidth=0.8, zorder=z)
        if marked:
            row, column, side = marked
            see_through = to_rgba(ORANGE, 0.35)
            frame(axis, x + column, y + row, side, side, facecolor=see_through, zorder=z + 1)


def cube(
    axis: Axes, left: float, top: float, size: int, face: str, edge: str, zorder: float
) -> None:
    """A cube of ``size`` cells in parallel projection: its front, its top and its right face."""
    right, down, back = np.array([1, 0]), np.array([0, 1]), np.array([0.45, -0.45])
    front = np.array([left, top])
    for corner, first, second, strength in (
        (front, right, down, 1.0),
        (front, right, back, 0.6),
        (front + size * right, down, back, 0.8),
    ):
        sides = (0 * first, first, first + second, second)
        outline = [corner + size * side for side in sides]
        style = {"edgecolor": edge, "zorder": zorder}
        axis.add_patch(Polygon(outline, facecolor=PAPER, zorder=zorder))
        axis.add_patch(Polygon(outline, facecolor=to_rgba(face, strength), **style))
        for n in range(1, size):
            for start, along in ((corner + n * first, second), (corner + n * second, first)):
                x, y = zip(start, start + size * along, strict=True)
                axis.plot(x, y, color=edge, linewidth=0.6, zorder=zorder)
