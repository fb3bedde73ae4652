"""The sliding window: what it meets at a position, and where its positions are."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from convbook.ops import conv
from convbook.plots.pictures import signed_limit
from convbook.plots.squares import canvas, cells, frame, say, shades, signed
from convbook.plots.style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PALE_BLUE,
    PALE_RED,
    PAPER,
    PURPLE,
    RED,
    SMALL,
    tint,
)
from convbook.plots.words import counted, enumerated, finite_range, number, say_what
from convbook.sizes import Padding, effective_kernel, output_size, padding_amounts

WINDOW_COLOURS = (BLUE, ORANGE, GREEN, PURPLE)
"""Neighbouring windows of a strip take these in turn."""

GAP = 1.7
"""Cells between two arrays of a sliding window."""


def show_sliding_window(
    x: np.ndarray,
    kernel: np.ndarray,
    positions: Sequence[tuple[int, int]],
    strides: int = 1,
    padding: Padding = "valid",
) -> Figure:
    """The window on its input, the kernel, the products and the output, a row for each position.

    Pixels are brighter for larger values, zeros of the padding pale blue. The output is filled up
    to the position, row by row.

    Args:
        x: input, ``(rows, columns)``.
        kernel: weights, ``(rows, columns)``.
        positions: ``(row, column)`` in the output.
        strides: step of the window.
        padding: see :data:`convbook.sizes.Padding`.

    Raises:
        ValueError: another shape, a window that does not fit, or a position outside the output.
    """
    x, kernel = np.asarray(x), np.asarray(kernel)
    if x.ndim != 2 or kernel.ndim != 2:
        raise ValueError(
            f"input and kernel have the shape (rows, columns), got {x.shape} and {kernel.shape}"
        )
    zeros = [
        padding_amounts(size, window, strides, padding)
        for size, window in zip(x.shape, kernel.shape, strict=True)
    ]
    padded = np.pad(x, zeros)
    channels = padded[np.newaxis, :, :, np.newaxis]
    output = conv(channels, kernel[:, :, np.newaxis, np.newaxis], strides=strides)[0, :, :, 0]
    _require_positions(positions, output.shape)

    arrays = {"input $x$": padded, "kernel $w$": kernel, "products": kernel, "output $z$": output}
    sizes = np.array([array.shape for array in arrays.values()])
    lefts = 0.2 + np.cumsum([0, *(sizes[:-1, 1] + [GAP, GAP, GAP + 1])])
    height = sizes[:, 0].max() + 0.8
    width = lefts[-1] + max(sizes[-1, 1], 2.6) + 0.2
    axis = canvas(width, 0.9 + height * len(positions), inches=min(7.4, 0.42 * width))
    for title, left, columns in zip(arrays, lefts, sizes[:, 1], strict=True):
        say(axis, left + max(columns, 2.4) / 2, 0.4, title)
    for number_of_row, position in enumerate(positions):
        middle = 0.9 + height * number_of_row + sizes[:, 0].max() / 2
        _draw_position(axis, lefts, middle, padded, zeros, kernel, output, position, strides)
    return say_what(axis, _sentence(x, kernel, output, positions, strides, padding))


def draw_windows(
    axis: Axes,
    left: float,
    top: float,
    size: int,
    kernel: int,
    stride: int = 1,
    padding: Padding = "valid",
    dilation: int = 1,
    hanging: bool = False,
) -> Figure:
    """A strip of inputs with its zeros (dotted), and below it every window with its weights.

    Positions that no window sees are red. One unit of the axis is one cell.

    Args:
        size, kernel, stride, padding, dilation: as in :func:`convbook.sizes.output_size`.
        hanging: draws the first window that does not fit, too.

    Raises:
        ValueError: a window that does not fit into the padded input even once.
    """
    before, after = padding_amounts(size, kernel, stride, padding, dilation)
    count = output_size(size, kernel, stride, padding, dilation)
    weights = np.arange(kernel) * dilation
    starts = np.arange(count + hanging) * stride - before
    seen = {int(start + weight) for start in starts[:count] for weight in weights}
    missed = [position for position in range(size) if position not in seen]
    for position in range(-before, size + after):
        _draw_input(axis, left + position, top, position, size, position in missed)
    for index, start in enumerate(starts):
        fits = index < count
        colour = WINDOW_COLOURS[index % len(WINDOW_COLOURS)] if fits else RED
        y = top + 1.55 + 0.62 * index
        _draw_window(axis, left + start, y, weights, colour, f"$z_{{{index}}}$" if fits else None)
    zeros = f"{counted(before + after, 'zero')} ({before} before, {after} after)"
    unseen = f"; no window sees {enumerated(list(map(str, missed)))}" if missed else ""
    return say_what(
        axis,
        f"{counted(size, 'input')} and {zeros}, {counted(count, 'window')} of"
        f" {counted(kernel, 'weight')} with stride {stride}{unseen}.",
    )


def _draw_position(axis, lefts, middle, padded, zeros, kernel, output, position, strides):
    """One row of :func:`show_sliding_window`."""
    x_left, w_left, p_left, z_left = lefts
    (height, width), (row, column) = kernel.shape, position
    first_row, first_column = row * strides, column * strides
    window = padded[first_row : first_row + height, first_column : first_column + width]
    products = window * kernel
    order = np.arange(output.size).reshape(output.shape)
    done = np.where(order <= order[position], output, np.nan)
    x_top, w_top, z_top = (middle - len(array) / 2 for array in (padded, kernel, output))

    cells(axis, x_left, x_top, padded, _input_faces(padded, zeros))
    cells(axis, w_left, w_top, kernel, signed(kernel))
    cells(axis, p_left, w_top, products, signed(products))
    shown = np.nan_to_num(np.abs(done))
    cells(axis, z_left, z_top, done, shades(shown, PURPLE, signed_limit(output)))
    frame(axis, x_left + first_column, x_top + first_row, width, height)
    frame(axis, z_left + column, z_top + row, 1, 1)
    say(axis, w_left - GAP / 2, middle, "×", fontsize=14)
    say(axis, p_left - GAP / 2, middle, "=", fontsize=14)
    between = (p_left + width + z_left) / 2
    say(axis, between, middle - 0.75, "sum", fontsize=SMALL)
    say(axis, between, middle, "→", fontsize=14)
    say(axis, between, middle + 0.75, number(output[position]), fontsize=SMALL)


def _input_faces(padded: np.ndarray, zeros: list[tuple[int, int]]) -> np.ndarray:
    """Brighter for larger values; pale blue where a zero was put."""
    low, high = finite_range(padded)
    faces = plt.get_cmap("gray")(0.35 + 0.6 * (padded - low) / (high - low or 1))
    real = np.pad(np.ones(np.subtract(padded.shape, np.sum(zeros, axis=1)), bool), zeros)
    faces[~real] = to_rgba(PALE_BLUE)
    return faces


def _draw_input(axis: Axes, x: float, y: float, position: int, size: int, missed: bool) -> None:
    real = 0 <= position < size
    frame(
        axis,
        x,
        y,
        1,
        1,
        RED if missed else GREY,
        facecolor=PALE_RED if missed else PALE_BLUE if real else PAPER,
        linewidth=1,
        linestyle="-" if real else ":",
        zorder=6 if missed else 2,
    )
    if real:
        say(axis, x + 0.5, y + 0.53, position, fontsize=9, zorder=7)


def _draw_window(
    axis: Axes, x: float, y: float, weights: np.ndarray, colour: str, name: str | None
) -> None:
    """One window; without a name it is one that does not fit."""
    span = effective_kernel(len(weights), int(weights[1]) if len(weights) > 1 else 1)
    fill = {"facecolor": tint(colour, 0.28)} if name else {"linestyle": "--"}
    outline = "none" if name else colour
    frame(axis, x + 0.08, y - 0.22, span - 0.16, 0.44, outline, linewidth=1.2, **fill)
    axis.plot(x + weights + 0.5, [y] * len(weights), "o", color=colour, markersize=4, zorder=6)
    axis.text(x + span + 0.3, y, name or "does not fit", va="center")


def _require_positions(positions: Sequence[tuple[int, int]], shape: tuple[int, ...]) -> None:
    rows, columns = shape
    if not len(positions):
        raise ValueError("there must be at least one position to show")
    for row, column in positions:
        if not (0 <= row < rows and 0 <= column < columns):
            raise ValueError(
                f"the output has {rows} rows and {columns} columns, there is no ({row}, {column})"
            )


def _sentence(x, kernel, output, positions, strides, padding) -> str:
    sums = [
        f"{number(output[row, column])} at row {row}, column {column}" for row, column in positions
    ]
    shapes = [" × ".join(map(str, array.shape)) for array in (x, kernel, output)]
    return (
        f"A window of {shapes[1]} on an input of {shapes[0]} (stride {strides}, padding {padding})"
        f" with the products of pixels and weights; the output is {shapes[2]}, and the sum is"
        f" {enumerated(sums)}."
    )
