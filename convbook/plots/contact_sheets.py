"""Sheets: many pictures of one size on one scale, such as a layer's filters and its maps."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from convbook.plots.pictures import require_one_each, signed_limit, without_single_channel
from convbook.plots.style import DIVERGING, FAINT, FULL_WIDTH, SMALL
from convbook.plots.words import counted, enumerated, finite_range, gaps, number, say_what

LARGEST, SCALE = 1.6, 1.0
"""Inches of the largest picture on a sheet, and for the scale beside it."""


def montage(pictures: Sequence[np.ndarray], columns: int, gap: int = 2) -> np.ndarray:
    """Pictures of one size side by side in one array; the gaps between them hold NaN.

    Args:
        pictures: each ``(height, width)``, also with one channel, or ``(height, width, 3)``.
        columns: pictures in a row.
        gap: pixels between two pictures.

    Raises:
        ValueError: no pictures, different sizes, or neither one channel nor three.
    """
    if not len(pictures):
        raise ValueError("there must be at least one picture to show")
    pictures = [without_single_channel(np.asarray(picture)) for picture in pictures]
    shapes = {picture.shape for picture in pictures}
    if len(shapes) > 1:
        raise ValueError(f"pictures of one sheet have one shape, got {sorted(shapes)}")
    height, width, *channels = pictures[0].shape
    rows = -(-len(pictures) // columns)
    size = (rows * (height + gap) - gap, columns * (width + gap) - gap)
    sheet = np.full((*size, *channels), np.nan)
    for index, picture in enumerate(pictures):
        row, column = divmod(index, columns)
        top, left = row * (height + gap), column * (width + gap)
        sheet[top : top + height, left : left + width] = picture
    return sheet


def show_sheet(
    axis: Axes,
    pictures: Sequence[np.ndarray],
    columns: int,
    labels: Sequence[str] = (),
    gap: int = 2,
    cmap: str = "gray_r",
    vmin: float | None = None,
    vmax: float | None = None,
) -> Figure:
    """Draws pictures of one size as a sheet, on one scale, with a label under each.

    Args:
        pictures, columns, gap: as in :func:`montage`; here with one channel.
        labels: one a picture, or none at all.
        cmap: colour map.
        vmin, vmax: values of the first and the last colour; the least and greatest where None.

    Raises:
        ValueError: as :func:`montage`, or not one label for each picture.
    """
    if len(labels):
        require_one_each(labels, pictures, "labels")
    axis.imshow(montage(pictures, columns, gap), cmap=cmap, vmin=vmin, vmax=vmax)
    axis.axis("off")
    height, width = pictures[0].shape[:2]
    for index, label in enumerate(labels):
        row, column = divmod(index, columns)
        x, y = column * (width + gap) + width / 2 - 0.5, row * (height + gap) + height
        axis.text(x, y, label, ha="center", va="top", fontsize=SMALL)
    rows = -(-len(pictures) // columns)
    what = f"{counted(len(pictures), 'picture')} of {height} × {width} in {counted(rows, 'row')}"
    named = f": {enumerated([str(label) for label in labels])}" if len(labels) else ""
    return say_what(axis, f"{what}{named}.{gaps(np.stack(pictures))}")


def show_filters(kernel: np.ndarray, columns: int = 16) -> Figure:
    """The filters of a convolution as pictures, all on one scale.

    One channel in: a picture each, red positive, blue negative. Three: a picture in colours each,
    where grey is zero. More: a row for each filter with a picture for each channel.

    Args:
        kernel: ``(height, width, channels, filters)``, as Keras stores it.
        columns: pictures in a row, for one channel or three.

    Raises:
        ValueError: another shape, or not one finite number.
    """
    kernel = np.asarray(kernel)
    if kernel.ndim != 4 or not kernel.size:
        raise ValueError(
            f"a kernel has the shape (height, width, channels, filters), got {kernel.shape}"
        )
    low, high = finite_range(kernel)
    limit = signed_limit(kernel)
    height, width, channels, filters = kernel.shape
    in_colour = channels == 3
    if in_colour:
        pictures = list(np.moveaxis(0.5 + 0.5 * kernel / limit, -1, 0))
    else:
        pictures = list(kernel.transpose(3, 2, 0, 1).reshape(-1, height, width))
    columns = min(columns, filters) if channels in (1, 3) else channels
    gap = 1 + max(height, width) // 8
    sheet = montage(pictures, columns, gap)
    figure, axis = _sheet_axis(sheet, columns)
    if in_colour:
        axis.imshow(_with_clear_gaps(sheet))
    else:
        drawn = axis.imshow(sheet, cmap=DIVERGING, vmin=-limit, vmax=limit)
        figure.colorbar(drawn, ax=axis, shrink=0.8, pad=0.02, label="weight").outline.set_color(
            FAINT
        )
    size = f"{height} × {width} × {channels}"
    sentence = (
        f"{counted(filters, 'filter')} of {size}, weights from {number(low)} to {number(high)}."
    )
    return say_what(axis, sentence + gaps(kernel))


def show_feature_maps(maps: np.ndarray, columns: int = 8, title: str | None = None) -> Figure:
    """The feature maps of one image, all on one scale.

    Brighter is larger; where some values are negative, red is positive and blue negative.

    Args:
        maps: ``(height, width, maps)``.
        columns: maps in a row.
        title: how the layer is called.

    Raises:
        ValueError: another shape, or not one finite number.
    """
    maps = np.asarray(maps)
    if maps.ndim != 3 or not maps.size:
        raise ValueError(f"feature maps have the shape (height, width, maps), got {maps.shape}")
    low, high = finite_range(maps)
    limit = signed_limit(maps)
    colours = (DIVERGING, -limit) if low < 0 else ("magma", 0)
    height, width, count = maps.shape
    columns = min(columns, count)
    sheet = montage(list(np.moveaxis(maps, -1, 0)), columns, 1 + width // 12)
    figure, axis = _sheet_axis(sheet, columns)
    drawn = axis.imshow(sheet, cmap=colours[0], vmin=colours[1], vmax=limit)
    figure.colorbar(drawn, ax=axis, shrink=0.8, pad=0.02, label="activation").outline.set_color(
        FAINT
    )
    zeros = float((maps == 0).mean())
    dead = int((maps == 0).all(axis=(0, 1)).sum())
    size = f"{counted(count, 'map')} of {height} × {width}"
    axis.set_title(f"{title}: {size}" if title else size)
    sentence = f"{title or 'Layer'}: {size}, values from {number(low)} to {number(high)}, {zeros:.0%} zeros"
    nothing = f"; {counted(dead, 'map')} with nothing but zeros" if dead else ""
    return say_what(axis, f"{sentence}{nothing}.{gaps(maps)}")


def _with_clear_gaps(sheet: np.ndarray) -> np.ndarray:
    """A sheet of colours with an opacity: 0 where there is no picture."""
    return np.dstack([np.nan_to_num(sheet), np.isfinite(sheet).all(axis=-1)])


def _sheet_axis(sheet: np.ndarray, columns: int) -> tuple[Figure, Axes]:
    """An axis for a sheet and room for its scale; no picture is larger than need be."""
    height, width = sheet.shape[:2]
    inches = min(LARGEST * columns, FULL_WIDTH - SCALE)
    size = (inches + SCALE, max(inches * height / width, 1.3) + 0.35)
    figure, axis = plt.subplots(figsize=size)
    axis.axis("off")
    return figure, axis
