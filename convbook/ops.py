"""Reference operations in NumPy: exact, readable, and equal to Keras in the tests.

Arrays are channels-last, as in Keras: ``(batch, *spatial, channels)``. Kernels are
``(*kernel_size, channels_in, channels_out)``.
"""

from collections.abc import Sequence

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from convbook.sizes import Padding, effective_kernel, output_size, padding_amounts, per_axis


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

    z[n, i, j, k] = b[k] + sum over u, v, c of x[n, i*s + u*d, j*s + v*d, c] * w[u, v, c, k]

    This is what deep learning calls a convolution; mathematics calls it a cross-correlation, since
    the kernel is not flipped.

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
    group_outputs = [
        _weigh(group_windows, group_kernel, rank)
        for group_windows, group_kernel in zip(
            np.split(windows, groups, axis=rank + 1), np.split(kernel, groups, axis=-1), strict=True
        )
    ]
    z = np.concatenate(group_outputs, axis=-1)
    return z if bias is None else z + bias


def sliding_windows(
    x: np.ndarray,
    kernel_size: Sequence[int],
    strides: int | Sequence[int] = 1,
    padding: Padding = "valid",
    dilation: int | Sequence[int] = 1,
) -> np.ndarray:
    """Every window that a kernel sees, as a read-only view of the padded input.

    Args:
        x: ``(batch, *spatial, channels)``.
        kernel_size: weights along each spatial axis.

    Returns:
        ``(batch, *output_sizes, channels, *kernel_size)``.

    Raises:
        ValueError: the window does not fit, or an argument has the wrong number of axes.
    """
    rank = len(kernel_size)
    if x.ndim != rank + 2:
        raise ValueError(
            f"a window along {rank} axes needs an input with {rank + 2} axes "
            f"(batch, spatial, channels), got {x.shape}"
        )
    strides = per_axis(strides, rank, "strides")
    dilation = per_axis(dilation, rank, "dilation")
    sizes = x.shape[1:-1]
    amounts = [
        padding_amounts(*axis)
        for axis in zip(sizes, kernel_size, strides, [padding] * rank, dilation, strict=True)
    ]
    for axis in zip(sizes, kernel_size, strides, amounts, dilation, strict=True):
        output_size(*axis)  # raises, in plain words, where the window does not fit
    padded = np.pad(x, [(0, 0), *amounts, (0, 0)])
    spans = tuple(effective_kernel(k, d) for k, d in zip(kernel_size, dilation, strict=True))
    windows = sliding_window_view(padded, spans, axis=tuple(range(1, rank + 1)))
    every_stride = tuple(slice(None, None, s) for s in strides)
    every_dilation = tuple(slice(None, None, d) for d in dilation)
    return windows[(slice(None), *every_stride, slice(None), *every_dilation)]


def _weigh(windows: np.ndarray, kernel: np.ndarray, rank: int) -> np.ndarray:
    """Weighted sum of each window: contracts its channels and kernel positions with the kernel."""
    window_axes = [rank + 1, *range(rank + 2, 2 * rank + 2)]
    kernel_axes = [rank, *range(rank)]
    return np.tensordot(windows, kernel, axes=(window_axes, kernel_axes))


def _require_fitting(
    x: np.ndarray, kernel: np.ndarray, bias: np.ndarray | None, groups: int, rank: int
) -> None:
    if rank < 1 or x.ndim != rank + 2:
        raise ValueError(
            f"kernel {kernel.shape} slides along {rank} axes and needs an input with {rank + 2} "
            f"axes (batch, spatial, channels), got {x.shape}"
        )
    channels_in, channels_out = kernel.shape[-2:]
    if groups < 1 or channels_out % groups or x.shape[-1] != channels_in * groups:
        raise ValueError(
            f"input has {x.shape[-1]} channels, kernel {kernel.shape} in {groups} group(s) takes "
            f"{channels_in * groups} and gives {channels_out}"
        )
    if bias is not None and np.shape(bias) != (channels_out,):
        raise ValueError(f"bias must have shape ({channels_out},), got {np.shape(bias)}")
