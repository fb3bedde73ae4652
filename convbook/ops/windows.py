"""Windows: take every window out of an input, or add every window back to its place.

The two are adjoint: ``(windows * sliding_windows(x)).sum()`` equals
``(scatter_windows(windows) * x).sum()``. So the one begins the forward pass of
everything that slides, and the other ends its backward pass.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from convbook.sizes import (
    Padding,
    effective_kernel,
    output_size,
    padding_amounts,
    per_axis,
)


class WindowAxis(NamedTuple):
    """How a window slides along one spatial axis."""

    size: int
    kernel: int
    stride: int
    padding: tuple[int, int]
    dilation: int

    @property
    def span(self) -> int:
        """Positions from a window's first weight to its last."""
        return effective_kernel(self.kernel, self.dilation)

    @property
    def outputs(self) -> int:
        """Windows along this axis."""
        return output_size(*self)

    def reach(self, weight: int) -> slice:
        """The padded positions that one weight meets, one in each window."""
        first = weight * self.dilation
        return slice(first, first + (self.outputs - 1) * self.stride + 1, self.stride)


def window_axes(
    input_shape: Sequence[int],
    kernel_size: Sequence[int],
    strides: int | Sequence[int] = 1,
    padding: Padding = "valid",
    dilation: int | Sequence[int] = 1,
) -> tuple[WindowAxis, ...]:
    """The spatial axes of an input, each with how the window slides along it.

    Args:
        input_shape: ``(batch, *spatial, channels)``.
        kernel_size: weights along each spatial axis.
        strides: step of the window, one number or one for each spatial axis.
        padding: see :data:`convbook.sizes.Padding`; the same rule on every axis.
        dilation: distance between neighbouring weights, in input positions.

    Raises:
        ValueError: the window does not fit, or an argument has a wrong number of axes.
    """
    rank = len(kernel_size)
    if rank < 1:
        raise ValueError("a window needs at least one axis to slide along")
    if len(input_shape) != rank + 2:
        raise ValueError(
            f"a window along {rank} axes needs an input with {rank + 2} axes "
            f"(batch, spatial, channels), got {tuple(input_shape)}"
        )
    strides = per_axis(strides, rank, "strides")
    dilation = per_axis(dilation, rank, "dilation")
    axes = []
    for size, kernel, stride, rate in zip(
        input_shape[1:-1], kernel_size, strides, dilation, strict=True
    ):
        amounts = padding_amounts(size, kernel, stride, padding, rate)
        output_size(size, kernel, stride, amounts, rate)  # raises where it does not fit
        axes.append(WindowAxis(size, kernel, stride, amounts, rate))
    return tuple(axes)


def output_sizes(
    input_shape: Sequence[int],
    kernel_size: Sequence[int],
    strides: int | Sequence[int] = 1,
    padding: Padding = "valid",
    dilation: int | Sequence[int] = 1,
) -> tuple[int, ...]:
    """Windows along each spatial axis; arguments and errors as :func:`window_axes`."""
    axes = window_axes(input_shape, kernel_size, strides, padding, dilation)
    return tuple(axis.outputs for axis in axes)


def sliding_windows(
    x: np.ndarray,
    kernel_size: Sequence[int],
    strides: int | Sequence[int] = 1,
    padding: Padding = "valid",
    dilation: int | Sequence[int] = 1,
    *,
    fill: float = 0,
) -> np.ndarray:
    """Every window that a kernel sees, as a read-only view of the padded input.

    Args:
        x: ``(batch, *spatial, channels)``.
        kernel_size: weights along each spatial axis.
        strides, padding, dilation: as for :func:`convbook.ops.conv`.
        fill: what the padding holds.

    Returns:
        ``(batch, *output_sizes, channels, *kernel_size)``.

    Raises:
        ValueError: the window does not fit, or an argument has a wrong number of axes.
    """
    axes = window_axes(x.shape, kernel_size, strides, padding, dilation)
    around = [(0, 0), *(axis.padding for axis in axes), (0, 0)]
    padded = np.pad(x, around, constant_values=fill)
    spans = tuple(axis.span for axis in axes)
    spatial = tuple(range(1, len(axes) + 1))
    windows = sliding_window_view(padded, spans, axis=spatial)
    every_stride = (slice(None, None, axis.stride) for axis in axes)
    every_dilation = (slice(None, None, axis.dilation) for axis in axes)
    return windows[:, *every_stride, :, *every_dilation]


def scatter_windows(
    windows: np.ndarray,
    input_shape: Sequence[int],
    strides: int | Sequence[int] = 1,
    padding: Padding = "valid",
    dilation: int | Sequence[int] = 1,
) -> np.ndarray:
    """Adds every window back to its place: the adjoint of :func:`sliding_windows`.

    Where windows overlap, their values add up; what falls on the padding is dropped.

    Args:
        windows: ``(batch, *output_sizes, channels, *kernel_size)``.
        input_shape: ``(batch, *spatial, channels)`` of the input with these windows.
        strides, padding, dilation: as for :func:`convbook.ops.conv`.

    Returns:
        ``input_shape``.

    Raises:
        ValueError: such an input does not have such windows.
    """
    batch, *_, channels = input_shape
    kernel_size = windows.shape[len(input_shape) :]
    axes = window_axes(input_shape, kernel_size, strides, padding, dilation)
    outputs = tuple(axis.outputs for axis in axes)
    require_shape("windows", windows, (batch, *outputs, channels, *kernel_size))
    padded_sizes = (axis.size + sum(axis.padding) for axis in axes)
    padded = np.zeros((batch, *padded_sizes, channels), windows.dtype)
    for weight in np.ndindex(kernel_size):
        reached = (axis.reach(w) for axis, w in zip(axes, weight, strict=True))
        padded[:, *reached, :] += windows[..., *weight]
    inside = (slice(axis.padding[0], axis.padding[0] + axis.size) for axis in axes)
    return padded[:, *inside, :]


def im2col(
    x: np.ndarray,
    kernel_size: Sequence[int],
    strides: int | Sequence[int] = 1,
    padding: Padding = "valid",
    dilation: int | Sequence[int] = 1,
) -> np.ndarray:
    """Every window as a row, its values in the order of a kernel's weights.

    ``im2col(x, kernel_size) @ kernel.reshape(-1, channels_out)`` is the convolution of
    ``x``, a position in each row (Chellapilla, Puri and Simard 2006).

    Args:
        x: ``(batch, *spatial, channels)``.
        kernel_size: weights along each spatial axis.
        strides, padding, dilation: as for :func:`convbook.ops.conv`.

    Returns:
        ``(batch * positions, kernel_positions * channels)``.

    Raises:
        ValueError: the window does not fit, or an argument has a wrong number of axes.
    """
    rank = len(kernel_size)
    windows = sliding_windows(x, kernel_size, strides, padding, dilation)
    as_in_kernels = np.moveaxis(windows, rank + 1, -1)
    return as_in_kernels.reshape(-1, math.prod(kernel_size) * x.shape[-1])


def col2im(
    rows: np.ndarray,
    input_shape: Sequence[int],
    kernel_size: Sequence[int],
    strides: int | Sequence[int] = 1,
    padding: Padding = "valid",
    dilation: int | Sequence[int] = 1,
) -> np.ndarray:
    """Adds every row back to its window's place: the adjoint of :func:`im2col`.

    Not its inverse: a position in several windows comes back as many times.

    Args:
        rows: ``(batch * positions, kernel_positions * channels)``.
        input_shape: ``(batch, *spatial, channels)`` of the input with these windows.
        kernel_size: weights along each spatial axis.
        strides, padding, dilation: as for :func:`convbook.ops.conv`.

    Returns:
        ``input_shape``.

    Raises:
        ValueError: such an input does not have so many windows of that size.
    """
    batch, *_, channels = input_shape
    outputs = output_sizes(input_shape, kernel_size, strides, padding, dilation)
    row_shape = (batch * math.prod(outputs), math.prod(kernel_size) * channels)
    require_shape("rows", rows, row_shape)
    as_in_kernels = rows.reshape(batch, *outputs, *kernel_size, channels)
    windows = np.moveaxis(as_in_kernels, -1, len(outputs) + 1)
    return scatter_windows(windows, input_shape, strides, padding, dilation)


def require_shape(name: str, array: np.ndarray, shape: Sequence[int]) -> None:
    """Raises ValueError, naming the array, where its shape does not fit."""
    if np.shape(array) != tuple(shape):
        given = np.shape(array)
        raise ValueError(f"{name} must have shape {tuple(shape)}, got {given}")
