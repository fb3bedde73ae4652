"""Labels beside points, so placed that none covers another or a point."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Annotation
from matplotlib.transforms import Bbox

from convbook.plots.style import GREY, SMALL

DISTANCES = np.arange(7, 200, 6)
"""Points (1/72 inch) from a point to its label; the first that has room is taken."""

DIRECTIONS = np.deg2rad([0, 180, 90, 270, 30, 330, 150, 210, 60, 300, 120, 240])
LEADER = 14
"""From this distance on, a line leads from the label to its point."""

CLEAR, POINT = 2.0, 3.5
"""Pixels around a label, and points around the middle of a marker, that stay empty."""


def place_labels(
    axis: Axes, x: np.ndarray, y: np.ndarray, spans: np.ndarray, texts: Sequence[str]
) -> list[Annotation]:
    """Writes a text beside each point.

    The limits and the layout of the axis must not change afterwards.

    Args:
        x, y: ``(n,)`` points, in data.
        spans: ``(n, 2)``, the lowest and the highest y drawn at each point.
        texts: one a point.
    """
    points = np.column_stack([x, y])
    figure = axis.get_figure(root=True)
    figure.draw_without_rendering()
    room = axis.get_window_extent()
    scale = figure.dpi / 72
    spots = axis.transData.transform(points)
    ends = [axis.transData.transform(np.column_stack([x, end])) for end in spans.T]
    taken = [
        Bbox([low - POINT * scale, high + POINT * scale]) for low, high in zip(*ends, strict=True)
    ]
    placed = []
    for point, spot, text in zip(points, spots, texts, strict=True):
        label = axis.annotate(
            text,
            point,
            (0, 0),
            textcoords="offset points",
            fontsize=SMALL,
            va="center",
            ha="center",
        )
        size = label.get_window_extent().size
        offset, box = _first_free(spot, size, scale, room, taken)
        label.set_position(offset / scale)
        taken.append(box)
        placed.append(label)
        nearest = np.clip(spot, box.min, box.max)
        if np.hypot(*(nearest - spot)) > LEADER * scale:
            _lead(axis, spot, nearest)
    return placed


def _first_free(
    spot: np.ndarray, size: np.ndarray, scale: float, room: Bbox, taken: list[Bbox]
) -> tuple[np.ndarray, Bbox]:
    """Pixels from the spot to the middle of its label, and the label's box."""
    best = None
    for distance in DISTANCES * scale:
        for angle in DIRECTIONS:
            towards = np.array([np.cos(angle), np.sin(angle)])
            middle = spot + towards * distance + np.sign(towards.round(6)) * size / 2
            box = Bbox([middle - size / 2 - CLEAR, middle + size / 2 + CLEAR])
            inside = room.containsx(box.x0) and room.containsx(box.x1)
            inside = inside and room.containsy(box.y0) and room.containsy(box.y1)
            hidden = box.count_overlaps(taken)
            if inside and not hidden:
                return middle - spot, box
            if not hidden and best is None:
                best = middle - spot, box
    return best or (middle - spot, box)


def _lead(axis: Axes, spot: np.ndarray, end: np.ndarray) -> None:
    ends = axis.transData.inverted().transform([spot, end])
    axis.plot(*ends.T, color=GREY, linewidth=0.7, zorder=1, scalex=False, scaley=False)
