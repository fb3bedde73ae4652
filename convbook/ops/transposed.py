"""Transposed convolution: a convolution's backward pass, as a layer that enlarges."""

from collections.abc import Sequence

import numpy as np

from convbook.ops.convolution import (
    ConvGradients,
    bias_gradient,
    conv,
    conv_input_gradient,
    conv_kernel_gradient,
)
from convbook.ops.windows import require_shape
from convbook.sizes import per_axis, transposed_output_size


def conv_transpose(
    x: np.ndarray,
    kernel: np.ndarray,
    bias: np.ndarray | None = None,
    *,
    strides: int | Sequence[int] = 1,
    padding: str = "valid",
    dilation: int | Sequence[int] = 1,
    output_padding: int | Sequence[int] | None = None,
) -> np.ndarray:
    """Transposed convolution layer, forward: the adjoint of a convolution.

    Each input stamps its multiple of the kernel on the output, ``strides`` apart, and
    the stamps add up. For the same kernel and settings
    ``(conv(a, kernel) * x).sum()`` equals ``(a * conv_transpose(x, kernel)).sum()``
    (Dumoulin and Visin 2016, ch. 4).

    Args:
        x: input, ``(batch, *spatial, channels_in)``.
        kernel: weights, ``(*kernel_size, channels_out, channels_in)``.
        bias: ``(channels_out,)`` or None.
        strides: distance between stamps, one number or one for each spatial axis.
        padding: ``"valid"`` or ``"same"``, as of the convolution turned round.
        dilation: distance between neighbouring weights, in output positions.
        output_padding: see :func:`convbook.sizes.transposed_output_size`.

    Returns:
        ``(batch, *output_sizes, channels_out)``.

    Raises:
        ValueError: shapes that do not fit together, or a size that no convolution with
            these settings takes back to the input's.
    """
    x, kernel = np.asarray(x), np.asarray(kernel)
    output_shape = _output_shape(x, kernel, strides, padding, dilation, output_padding)
    if bias is not None:
        require_shape("bias", bias, output_shape[-1:])
    z = conv_input_gradient(
        x, kernel, output_shape, strides=strides, padding=padding, dilation=dilation
    )
    return z if bias is None else z + bias


def conv_transpose_backward(
    dz: np.ndarray,
    x: np.ndarray,
    kernel: np.ndarray,
    *,
    strides: int | Sequence[int] = 1,
    padding: str = "valid",
    dilation: int | Sequence[int] = 1,
    output_padding: int | Sequence[int] | None = None,
) -> ConvGradients:
    """Transposed convolution layer, backward: a convolution, with the roles exchanged.

    Args:
        dz: gradient of the loss with respect to the output, of that output's shape.
        x, kernel, strides, padding, dilation, output_padding: as given to
            :func:`conv_transpose`.

    Returns:
        Gradients with respect to the input, the kernel and the bias.

    Raises:
        ValueError: shapes that do not fit together.
    """
    dz, x, kernel = np.asarray(dz), np.asarray(x), np.asarray(kernel)
    output_shape = _output_shape(x, kernel, strides, padding, dilation, output_padding)
    require_shape("dz", dz, output_shape)
    slide = {"strides": strides, "padding": padding, "dilation": dilation}
    return ConvGradients(
        input=conv(dz, kernel, **slide),
        kernel=conv_kernel_gradient(x, dz, kernel.shape[:-2], **slide),
        bias=bias_gradient(dz),
    )


def _output_shape(
    x: np.ndarray,
    kernel: np.ndarray,
    strides: int | Sequence[int],
    padding: str,
    dilation: int | Sequence[int],
    output_padding: int | Sequence[int] | None,
) -> tuple[int, ...]:
    rank = kernel.ndim - 2
    if rank < 1 or x.ndim != rank + 2:
        raise ValueError(
            f"kernel {kernel.shape} stamps along {rank} axes and needs an input with "
            f"{rank + 2} axes (batch, spatial, channels), got {x.shape}"
        )
    *kernel_size, channels_out, channels_in = kernel.shape
    if x.shape[-1] != channels_in:
        raise ValueError(
            f"input has {x.shape[-1]} channels, kernel {kernel.shape} takes "
            f"{channels_in} (its last axis) and gives {channels_out}"
        )
    strides = per_axis(strides, rank, "strides")
    dilation = per_axis(dilation, rank, "dilation")
    extras = (None,) * rank
    if output_padding is not None:
        extras = per_axis(output_padding, rank, "output_padding")
    sizes = (
        transposed_output_size(size, weights, stride, padding, step, extra)
        for size, weights, stride, step, extra in zip(
            x.shape[1:-1], kernel_size, strides, dilation, extras, strict=True
        )
    )
    return (len(x), *sizes, channels_out)
