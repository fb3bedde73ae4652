"""Depthwise and separable convolutions: each channel alone, then all together."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from convbook.ops.convolution import ConvGradients, bias_gradient, conv, conv_backward
from convbook.ops.windows import require_shape, scatter_windows, sliding_windows
from convbook.sizes import Padding


class SeparableGradients(NamedTuple):
    """Gradients of a loss with respect to what went into a separable convolution."""

    input: np.ndarray
    depthwise_kernel: np.ndarray
    pointwise_kernel: np.ndarray
    bias: np.ndarray


def depthwise_conv(
    x: np.ndarray,
    kernel: np.ndarray,
    bias: np.ndarray | None = None,
    *,
    strides: int | Sequence[int] = 1,
    padding: Padding = "valid",
    dilation: int | Sequence[int] = 1,
) -> np.ndarray:
    """Depthwise convolution layer, forward: every channel has kernels of its own.

    Map ``c * multiplier + m`` of the output is channel ``c`` of the input under kernel
    ``kernel[..., c, m]``: a convolution with a group for each channel.

    Args:
        x: input, ``(batch, *spatial, channels)``.
        kernel: weights, ``(*kernel_size, channels, multiplier)``.
        bias: ``(channels * multiplier,)`` or None.
        strides, padding, dilation: as for :func:`convbook.ops.conv`.

    Returns:
        ``(batch, *output_sizes, channels * multiplier)``.

    Raises:
        ValueError: shapes that do not fit together.
    """
    x, kernel = np.asarray(x), np.asarray(kernel)
    _require_fitting(x, kernel)
    *kernel_size, channels, multiplier = kernel.shape
    if bias is not None:
        require_shape("bias", bias, (channels * multiplier,))
    windows = sliding_windows(x, kernel_size, strides, padding, dilation)
    outputs = windows.shape[: x.ndim - 1]
    maps = np.einsum(
        "ncw,wcm->ncm",  # n: position, c: channel, w: weight, m: map of the channel
        windows.reshape(-1, channels, math.prod(kernel_size)),
        kernel.reshape(-1, channels, multiplier),
    )
    z = maps.reshape(*outputs, channels * multiplier)
    return z if bias is None else z + bias


def depthwise_conv_backward(
    dz: np.ndarray,
    x: np.ndarray,
    kernel: np.ndarray,
    *,
    strides: int | Sequence[int] = 1,
    padding: Padding = "valid",
    dilation: int | Sequence[int] = 1,
) -> ConvGradients:
    """Depthwise convolution layer, backward.

    Args:
        dz: gradient of the loss with respect to the output, of that output's shape.
        x, kernel, strides, padding, dilation: as given to :func:`depthwise_conv`.

    Returns:
        Gradients with respect to the input, the kernel and the bias.

    Raises:
        ValueError: shapes that do not fit together.
    """
    dz, x, kernel = np.asarray(dz), np.asarray(x), np.asarray(kernel)
    _require_fitting(x, kernel)
    *kernel_size, channels, multiplier = kernel.shape
    windows = sliding_windows(x, kernel_size, strides, padding, dilation)
    outputs = windows.shape[: x.ndim - 1]
    require_shape("dz", dz, (*outputs, channels * multiplier))
    d_maps = dz.reshape(-1, channels, multiplier)
    d_windows = np.einsum(
        "ncm,wcm->ncw",
        d_maps,
        kernel.reshape(-1, channels, multiplier),
    ).reshape(windows.shape)
    d_kernel = np.einsum(
        "ncw,ncm->wcm",
        windows.reshape(-1, channels, math.prod(kernel_size)),
        d_maps,
    ).reshape(kernel.shape)
    d_input = scatter_windows(d_windows, x.shape, strides, padding, dilation)
    return ConvGradients(d_input, d_kernel, bias_gradient(dz))


def separable_conv(
    x: np.ndarray,
    depthwise_kernel: np.ndarray,
    pointwise_kernel: np.ndarray,
    bias: np.ndarray | None = None,
    *,
    strides: int | Sequence[int] = 1,
    padding: Padding = "valid",
    dilation: int | Sequence[int] = 1,
) -> np.ndarray:
    """Depthwise separable convolution layer, forward: neighbours first, then channels.

    A depthwise convolution without bias, and a convolution with kernels of one position
    that mixes its maps (Chollet 2017).

    Args:
        x: input, ``(batch, *spatial, channels_in)``.
        depthwise_kernel: ``(*kernel_size, channels_in, multiplier)``.
        pointwise_kernel: ``(1, ..., 1, channels_in * multiplier, channels_out)``.
        bias: ``(channels_out,)`` or None.
        strides, padding, dilation: of the depthwise convolution, as for
            :func:`convbook.ops.conv`.

    Returns:
        ``(batch, *output_sizes, channels_out)``.

    Raises:
        ValueError: shapes that do not fit together.
    """
    slide = {"strides": strides, "padding": padding, "dilation": dilation}
    maps = depthwise_conv(x, depthwise_kernel, **slide)
    _require_pointwise(pointwise_kernel, maps)
    return conv(maps, pointwise_kernel, bias)


def separable_conv_backward(
    dz: np.ndarray,
    x: np.ndarray,
    depthwise_kernel: np.ndarray,
    pointwise_kernel: np.ndarray,
    *,
    strides: int | Sequence[int] = 1,
    padding: Padding = "valid",
    dilation: int | Sequence[int] = 1,
) -> SeparableGradients:
    """Depthwise separable convolution layer, backward: channels first, then neighbours.

    Args:
        dz: gradient of the loss with respect to the output, of that output's shape.
        x, depthwise_kernel, pointwise_kernel, strides, padding, dilation: as given to
            :func:`separable_conv`.

    Returns:
        Gradients with respect to the input, both kernels and the bias.

    Raises:
        ValueError: shapes that do not fit together.
    """
    slide = {"strides": strides, "padding": padding, "dilation": dilation}
    maps = depthwise_conv(x, depthwise_kernel, **slide)
    _require_pointwise(pointwise_kernel, maps)
    d_maps, d_pointwise, d_bias = conv_backward(dz, maps, pointwise_kernel)
    d_input, d_depthwise, _ = depthwise_conv_backward(
        d_maps,
        x,
        depthwise_kernel,
        **slide,
    )
    return SeparableGradients(d_input, d_depthwise, d_pointwise, d_bias)


def _require_fitting(x: np.ndarray, kernel: np.ndarray) -> None:
    rank = kernel.ndim - 2
    if rank < 1 or x.ndim != rank + 2 or x.shape[-1] != kernel.shape[-2]:
        raise ValueError(
            "a depthwise kernel has the shape (*kernel_size, channels, multiplier): "
            f"{kernel.shape} does not fit an input of shape {x.shape}"
        )


def _require_pointwise(kernel: np.ndarray, maps: np.ndarray) -> None:
    one_position = (1,) * (maps.ndim - 2)
    channels_out = np.shape(kernel)[-1:]
    fitting = (*one_position, maps.shape[-1], *channels_out)
    require_shape("pointwise_kernel", kernel, fitting)
