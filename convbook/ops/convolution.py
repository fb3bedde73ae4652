"""Convolution, forward and backward, in one, two or three dimensions."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from convbook.ops.windows import (
    output_sizes,
    require_shape,
    scatter_windows,
    sliding_windows,
)
from convbook.sizes import Padding


class ConvGradients(NamedTuple):
    """Gradients of a loss with respect to what went into a convolution layer."""

    input: np.ndarray
    kernel: np.ndarray
    bias: np.ndarray


def conv(
    x: np.ndarray,
    kernel: np.ndarray,
    bias: np.ndarray | None = None,
    *,
    strides: int | Sequence[int] = 1,
    padding: Padding = "valid",
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
) -> np.ndarray:
    """Convolution layer, forward: the same for 1D, 2D and 3D.

    z[n, i, j, k] = b[k] + sum over u, v, c of
                    x[n, i*s + u*d, j*s + v*d, c] * w[u, v, c, k]

    This is what deep learning calls a convolution; mathematics calls it a
    cross-correlation, since the kernel is not flipped.

    Args:
        x: input, ``(batch, *spatial, channels_in)``.
        kernel: weights, ``(*kernel_size, channels_in // groups, channels_out)``.
        bias: ``(channels_out,)`` or None.
        strides: step of the window, one number or one for each spatial axis.
        padding: see :data:`convbook.sizes.Padding`; the same rule on every axis.
        dilation: distance between neighbouring weights, in input positions.
        groups: channels are split into this many groups that do not see one another.

    Returns:
        ``(batch, *output_sizes, channels_out)``.

    Raises:
        ValueError: shapes that do not fit together.
    """
    x, kernel = np.asarray(x), np.asarray(kernel)
    rank = kernel.ndim - 2
    _require_fitting(x, kernel, bias, groups, rank)
    windows = sliding_windows(x, kernel.shape[:rank], strides, padding, dilation)
    of_each_group = zip(
        np.split(windows, groups, axis=rank + 1),
        np.split(kernel, groups, axis=-1),
        strict=True,
    )
    z = np.concatenate([_weigh(*group, rank) for group in of_each_group], axis=-1)
    return z if bias is None else z + bias


def _weigh(windows: np.ndarray, kernel: np.ndarray, rank: int) -> np.ndarray:
    """Weighted sum of each window, over its channels and kernel positions."""
    window_axes = [rank + 1, *range(rank + 2, 2 * rank + 2)]
    kernel_axes = [rank, *range(rank)]
    return np.tensordot(windows, kernel, axes=(window_axes, kernel_axes))


def conv_backward(
    dz: np.ndarray,
    x: np.ndarray,
    kernel: np.ndarray,
    *,
    strides: int | Sequence[int] = 1,
    padding: Padding = "valid",
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
) -> ConvGradients:
    """Convolution layer, backward: the gradients of all that went in.

    Args:
        dz: gradient of the loss with respect to the output, of that output's shape.
        x, kernel, strides, padding, dilation, groups: as given to :func:`conv`.

    Returns:
        Gradients with respect to the input, the kernel and the bias.

    Raises:
        ValueError: shapes that do not fit together.
    """
    dz, x, kernel = np.asarray(dz), np.asarray(x), np.asarray(kernel)
    rank = kernel.ndim - 2
    _require_fitting(x, kernel, None, groups, rank)
    kernel_size, channels_out = kernel.shape[:rank], kernel.shape[-1]
    outputs = output_sizes(x.shape, kernel_size, strides, padding, dilation)
    require_shape("dz", dz, (len(x), *outputs, channels_out))
    slide = {"strides": strides, "padding": padding, "dilation": dilation}
    of_each_group = zip(
        np.split(dz, groups, axis=-1),
        np.split(x, groups, axis=-1),
        np.split(kernel, groups, axis=-1),
        strict=True,
    )
    gradients = [
        ConvGradients(
            input=conv_input_gradient(dz, kernel, x.shape, **slide),
            kernel=conv_kernel_gradient(dz, x, kernel_size, **slide),
            bias=bias_gradient(dz),
        )
        for dz, x, kernel in of_each_group
    ]
    by_kind = zip(*gradients, strict=True)
    return ConvGradients(*(np.concatenate(parts, axis=-1) for parts in by_kind))


def conv_input_gradient(
    dz: np.ndarray,
    kernel: np.ndarray,
    input_shape: Sequence[int],
    *,
    strides: int | Sequence[int] = 1,
    padding: Padding = "valid",
    dilation: int | Sequence[int] = 1,
) -> np.ndarray:
    """Gradient of a convolution with respect to its input.

    Each output hands its gradient back to the inputs in its window, times the weight
    that each was seen with; an input in several windows adds up what it gets. With
    stride 1 that is a full convolution of ``dz`` with the flipped kernel (Dumoulin and
    Visin 2016, ch. 4).

    Args:
        dz: gradient with respect to the output,
            ``(batch, *output_sizes, channels_out)``.
        kernel: weights, ``(*kernel_size, channels_in, channels_out)``.
        input_shape: ``(batch, *spatial, channels_in)``.
        strides, padding, dilation: as given to :func:`conv`.

    Returns:
        ``input_shape``.

    Raises:
        ValueError: shapes that do not fit together.
    """
    dz, kernel = np.asarray(dz), np.asarray(kernel)
    rank = kernel.ndim - 2
    kernel_size, channels_out = kernel.shape[:rank], kernel.shape[-1]
    outputs = output_sizes(input_shape, kernel_size, strides, padding, dilation)
    require_shape("dz", dz, (input_shape[0], *outputs, channels_out))
    require_shape("kernel", kernel, (*kernel_size, input_shape[-1], channels_out))
    weighted = np.tensordot(dz, kernel, axes=(-1, -1))
    windows = np.moveaxis(weighted, -1, rank + 1)  # channels before kernel positions
    return scatter_windows(windows, input_shape, strides, padding, dilation)


def conv_kernel_gradient(
    dz: np.ndarray,
    x: np.ndarray,
    kernel_size: Sequence[int],
    *,
    strides: int | Sequence[int] = 1,
    padding: Padding = "valid",
    dilation: int | Sequence[int] = 1,
) -> np.ndarray:
    """Gradient of a convolution with respect to its kernel.

    A weight is shared by all positions, so its gradient is a sum over all positions:
    what the weight met there, times the gradient of the output there.

    Args:
        dz: gradient with respect to the output,
            ``(batch, *output_sizes, channels_out)``.
        x: input, ``(batch, *spatial, channels_in)``.
        kernel_size: weights along each spatial axis.
        strides, padding, dilation: as given to :func:`conv`.

    Returns:
        ``(*kernel_size, channels_in, channels_out)``.

    Raises:
        ValueError: shapes that do not fit together.
    """
    dz, x = np.asarray(dz), np.asarray(x)
    rank = len(kernel_size)
    windows = sliding_windows(x, kernel_size, strides, padding, dilation)
    require_shape("dz", dz, (*windows.shape[: rank + 1], *dz.shape[-1:]))
    positions = list(range(rank + 1))
    gradient = np.tensordot(windows, dz, axes=(positions, positions))
    return np.moveaxis(gradient, 0, rank)  # channels after kernel positions


def bias_gradient(dz: np.ndarray) -> np.ndarray:
    """Gradient with respect to a bias, ``(channels_out,)``: summed over positions."""
    return dz.sum(axis=tuple(range(dz.ndim - 1)))


def _require_fitting(
    x: np.ndarray, kernel: np.ndarray, bias: np.ndarray | None, groups: int, rank: int
) -> None:
    if rank < 1 or x.ndim != rank + 2:
        raise ValueError(
            f"kernel {kernel.shape} slides along {rank} axes and needs an input with "
            f"{rank + 2} axes (batch, spatial, channels), got {x.shape}"
        )
    channels_in, channels_out = kernel.shape[-2:]
    if groups < 1 or channels_out % groups or x.shape[-1] != channels_in * groups:
        raise ValueError(
            f"input has {x.shape[-1]} channels, kernel {kernel.shape} in {groups} "
            f"group(s) takes {channels_in * groups} and gives {channels_out}"
        )
    if bias is not None:
        require_shape("bias", bias, (channels_out,))
