"""On a picture: boxes around objects, masks over them, and where a network looked."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap, to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle
from matplotlib.patheffects import Normal, Stroke
from matplotlib.transforms import Bbox

from convbook.detection.boxes import as_boxes
from convbook.plots.pictures import as_picture, draw_picture
from convbook.plots.style import COLOURS, FAINT, PAPER, SMALL, text_on
from convbook.plots.words import enumerated, finite_range, gaps, number, say_what

LONGEST_SIDE = 5.0
"""Inches of the longer side of a picture with something on it."""

HALO = [Stroke(linewidth=4, foreground=PAPER), Normal()]
"""Paper around a line, so that it is seen on any picture."""


def show_boxes(
    image: np.ndarray,
    boxes: np.ndarray,
    labels: Sequence[str] | None = None,
    axis: Axes | None = None,
) -> Figure:
    """A picture with boxes around objects; the same label has the same colour.

    Args:
        image: ``(height, width)`` or ``(height, width, 3)``.
        boxes: ``(n, 4)``, each ``(x_min, y_min, x_max, y_max)`` in pixels from the upper left
            corner of the picture; edges lie between pixels.
        labels: one a box, such as a class and a score.
        axis: where to draw; a new figure where None.

    Raises:
        ValueError: not a picture, not boxes, or not one label for each box.
    """
    image, boxes = as_picture(image), as_boxes(boxes)
    if labels is not None and len(labels) != len(boxes):
        raise ValueError(f"got {len(labels)} labels for {len(boxes)} boxes")
    axis = _picture_axis(image) if axis is None else axis
    draw_picture(axis, image)
    names = [""] * len(boxes) if labels is None else [str(label) for label in labels]
    kinds = list(dict.fromkeys(names))
    axis.get_figure(root=True).draw_without_rendering()  # so that labels have a size
    labelled: list[Bbox] = []
    for box, name in zip(boxes - 0.5, names, strict=True):
        colour = COLOURS[kinds.index(name) % len(COLOURS)]
        x_min, y_min, x_max, y_max = box
        outline = Rectangle((x_min, y_min), x_max - x_min, y_max - y_min, fill=False)
        outline.set(edgecolor=colour, linewidth=2, path_effects=HALO)
        axis.add_patch(outline)
        if name:
            _label_box(axis, box, name, colour, labelled)
    told = [
        f"{name or 'object'} from ({_corner(x_min, y_min)}) to ({_corner(x_max, y_max)})"
        for (x_min, y_min, x_max, y_max), name in zip(boxes, names, strict=True)
    ]
    where = f": {enumerated(told)}" if told else ""
    height, width = image.shape[:2]
    plural = "box" if len(boxes) == 1 else "boxes"
    return say_what(
        axis, f"A picture of {height} × {width} pixels with {len(boxes)} {plural}{where}."
    )


def show_masks(
    image: np.ndarray,
    mask: np.ndarray,
    names: Sequence[str] | None = None,
    axis: Axes | None = None,
) -> Figure:
    """A picture with its objects or classes painted over, and a legend.

    Args:
        image: ``(height, width)`` or ``(height, width, 3)``.
        mask: ``(height, width)`` whole numbers; 0 is not painted.
        names: ``names[n]`` is what number n stands for; the numbers themselves where None.
        axis: where to draw; a new figure where None.

    Raises:
        ValueError: not a picture, a mask of another size or not of whole numbers from 0, or a
            number without a name.
    """
    image, mask = as_picture(image), np.asarray(mask)
    if mask.shape != image.shape[:2]:
        raise ValueError(f"a picture of {image.shape[:2]} needs such a mask, got {mask.shape}")
    if not (np.issubdtype(mask.dtype, np.integer) or mask.dtype == bool) or mask.min() < 0:
        raise ValueError(f"a mask holds whole numbers from 0, got {mask.dtype} from {mask.min()}")
    mask = mask.astype(int)
    shown = [int(n) for n in np.unique(mask) if n]
    if names is not None and shown and shown[-1] >= len(names):
        raise ValueError(f"number {shown[-1]} has no name: got {len(names)} names, from 0")
    axis = _picture_axis(image) if axis is None else axis
    draw_picture(axis, image)
    called = {n: str(n) if names is None else str(names[n]) for n in shown}
    patches = []
    for place, n in enumerate(shown):
        colour = COLOURS[place % len(COLOURS)]
        hatch = [None, "///", "...", "xxx"][place // len(COLOURS) % 4]
        region = mask == n
        paint = ListedColormap([to_rgba(colour, 0.6)])
        axis.imshow(np.ma.masked_where(~region, region), cmap=paint, vmin=0, vmax=1)
        axis.contour(region, levels=[0.5], colors=[colour], linewidths=1.2)
        if hatch:
            axis.contourf(region, levels=[0.5, 1.5], colors="none", hatches=[hatch])
        patches.append(Patch(facecolor=colour, hatch=hatch, label=called[n]))
    if patches:
        columns = 1 + (len(patches) - 1) // 12
        axis.legend(handles=patches, loc="center left", bbox_to_anchor=(1.01, 0.5), ncols=columns)
    shares = [f"{called[n]} {(mask == n).mean():.0%}" for n in shown]
    painted = f", painted over: {enumerated(shares)}" if shares else ", nothing painted"
    height, width = image.shape[:2]
    return say_what(axis, f"A picture of {height} × {width} pixels{painted}.")


def show_heat(image: np.ndarray, heat: np.ndarray, axis: Axes | None = None) -> Figure:
    """A picture under a heat map, such as Grad-CAM's, stretched over it.

    Args:
        image: ``(height, width)`` or ``(height, width, 3)``.
        heat: ``(rows, columns)``, of any size; each value covers its part of the picture.
        axis: where to draw; a new figure where None.

    Raises:
        ValueError: not a picture, another shape of heat, or not one finite number in it.
    """
    image, heat = as_picture(image), np.asarray(heat, float)
    if heat.ndim != 2:
        raise ValueError(f"a heat map has the shape (rows, columns), got {heat.shape}")
    low, high = finite_range(heat)
    axis = _picture_axis(image) if axis is None else axis
    draw_picture(axis, image)
    height, width = image.shape[:2]
    covered = (-0.5, width - 0.5, height - 0.5, -0.5)
    drawn = axis.imshow(
        heat, cmap="inferno", alpha=0.55, extent=covered, interpolation="bilinear", vmin=low
    )
    bar = axis.figure.colorbar(drawn, ax=axis, shrink=0.8, pad=0.02)
    bar.outline.set_color(FAINT)
    row, column = np.unravel_index(
        np.nanargmax(np.where(np.isfinite(heat), heat, np.nan)), heat.shape
    )
    rows, columns = heat.shape
    x, y = (column + 0.5) / columns, (row + 0.5) / rows
    sentence = (
        f"A heat map of {rows} × {columns} over a picture of {height} × {width} pixels, from"
        f" {number(low)} to {number(high)}; hottest {x:.0%} from the left and {y:.0%} from the top."
    )
    if low == high:
        sentence = (
            f"A heat map of {rows} × {columns} over a picture of {height} × {width} pixels,"
            f" {number(low)} everywhere."
        )
    return say_what(axis, sentence + gaps(heat))


def _picture_axis(image: np.ndarray) -> Axes:
    height, width = image.shape[:2]
    inches = LONGEST_SIDE / max(height, width)
    size = (max(width * inches, 1.5) + 1.2, max(height * inches, 1.5))
    return plt.subplots(figsize=size)[1]


def _label_box(axis: Axes, box: np.ndarray, name: str, colour: str, taken: list[Bbox]) -> None:
    """A label at a corner of a box where it covers no other and does not leave the picture."""
    x_min, y_min, x_max, y_max = box
    corners = [  # and how the label lies there: outside the box first, then inside
        (x_min, y_min, "left", "bottom"),
        (x_max, y_min, "right", "bottom"),
        (x_min, y_max, "left", "top"),
        (x_max, y_max, "right", "top"),
        (x_min, y_min, "left", "top"),
        (x_max, y_max, "right", "bottom"),
    ]
    ground = {"facecolor": colour, "edgecolor": "none", "pad": 1.5}
    style = {"fontsize": SMALL, "color": text_on(colour), "bbox": ground, "zorder": 4}
    label = axis.text(x_min, y_min, name, **style)
    label.set_in_layout(False)
    picture = axis.get_window_extent()
    for x, y, across, up in [*corners, corners[0]]:
        label.set(position=(x, y), ha=across, va=up)
        extent = label.get_window_extent().padded(3)
        inside = picture.containsx(extent.x0) and picture.containsx(extent.x1)
        inside = inside and picture.containsy(extent.y0) and picture.containsy(extent.y1)
        if inside and not extent.count_overlaps(taken):
            break
    taken.append(extent)


def _corner(x: float, y: float) -> str:
    return f"{round(x, 1):g}, {round(y, 1):g}"
