"""The book's figures: one style, and the drawings that several chapters share."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.figure import Figure

INK = "#1f2a37"
BLUE, ORANGE, GREEN, RED, PURPLE, GREY = (
    "#2f6f9f",
    "#d9822b",
    "#3f8f5f",
    "#b8433a",
    "#5e3370",
    "#8b95a1",
)
"""Line and fill colours, told apart by people who are colour-blind; orange marks the point."""

DIVERGING = "RdBu_r"
"""For weights and differences: white is zero, see :func:`show_signed`."""


def use_book_style() -> None:
    """Every figure made from here on has the book's fonts, sizes and colours."""
    plt.rcParams.update(
        {
            "figure.figsize": (7.2, 3.6),
            "figure.dpi": 110,
            "savefig.bbox": "tight",
            "figure.constrained_layout.use": True,
            "figure.facecolor": "white",
            "font.size": 10,
            "axes.titlesize": 10.5,
            "axes.labelsize": 10,
            "axes.edgecolor": INK,
            "axes.labelcolor": INK,
            "axes.titlecolor": INK,
            "text.color": INK,
            "xtick.color": INK,
            "ytick.color": INK,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": False,
            "grid.color": "#e3e7ec",
            "legend.frameon": False,
            "lines.linewidth": 1.8,
            "image.interpolation": "nearest",
            "axes.prop_cycle": cycler(color=[BLUE, ORANGE, GREEN, RED, PURPLE, GREY]),
        }
    )


def show_images(
    images: Sequence[np.ndarray],
    titles: Sequence[str] | None = None,
    columns: int = 5,
    cell: float = 1.4,
) -> Figure:
    """Pictures side by side, without axes.

    Grey bytes are shown as bright as they are, other grey values from the picture's own darkest
    (black) to its brightest (white).

    Args:
        images: each ``(height, width)``, ``(height, width, 1)`` or ``(height, width, 3)``.
        titles: one a picture.
        columns: pictures in a row.
        cell: inches for each picture.
    """
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
            image = images[index]
            if image.shape[2:] == (1,):
                image = image[..., 0]
            vmin, vmax = (0, 255) if image.dtype == np.uint8 else (None, None)
            axis.imshow(image, cmap="gray" if image.ndim == 2 else None, vmin=vmin, vmax=vmax)
            if titles is not None:
                axis.set_title(titles[index])
    return figure


def show_signed(axis: Axes, values: np.ndarray, limit: float | None = None) -> None:
    """Draws ``(height, width)`` values with white at zero, red above and blue below."""
    limit = float(np.abs(values).max()) or 1.0 if limit is None else limit
    axis.imshow(values, cmap=DIVERGING, vmin=-limit, vmax=limit)
    axis.set_xticks([])
    axis.set_yticks([])


def show_grid(
    axis: Axes, values: np.ndarray, fmt: str = "g", cmap: str = "Greys", highlight: float = 0.0
) -> None:
    """Draws a small ``(height, width)`` array as squares with their numbers in them.

    Args:
        fmt: format of the numbers.
        cmap: colours of the squares.
        highlight: how dark the largest value is, 0 (all white) to 1.
    """
    height, width = values.shape
    span = float(np.abs(values).max()) or 1.0
    top = span / highlight if highlight else np.inf
    axis.imshow(
        np.abs(values) / top if highlight else np.zeros_like(values, float), cmap, vmin=0, vmax=1
    )
    for row in range(height):
        for column in range(width):
            axis.text(column, row, format(values[row, column], fmt), ha="center", va="center")
    axis.set_xticks([])  # a major tick would hide the minor tick, and its line, at the same place
    axis.set_yticks([])
    axis.set_xticks(np.arange(-0.5, width), minor=True)
    axis.set_yticks(np.arange(-0.5, height), minor=True)
    axis.grid(which="minor", color=GREY, linewidth=0.8)
    axis.tick_params(which="both", length=0, labelbottom=False, labelleft=False)
    axis.spines[:].set_visible(True)
