"""Pooling: one number for each window of each channel, forward and backward.

Padding is never counted: it cannot be the maximum, and an average is over the values of
the input that lie in the window, as in TensorFlow.
"""

import math
from collections.abc import Sequence

import numpy as np

from convbook.ops.windows import (
    require_shape,
    scatter_windows,
    sliding_windows,
    window_axes,
)
from convbook.sizes import Padding, per_axis


def max_pool(
    x: np.ndarray,
    pool_size: int | Sequence[int],
    *,
    strides: int | Sequence[int] | None = None,
    padding: Padding = "valid",
) -> np.ndarray:
    """Max pooling layer, forward: the largest value of each window.

    Args:
        x: input, ``(batch, *spatial, channels)``.
        pool_size: the window, one number or one for each spatial axis.
        strides: step of the window; None for the window's own size.
        padding: see :data:`convbook.sizes.Padding`; narrower than the window.

    Returns:
        ``(batch, *output_sizes, channels)``.

    Raises:
        ValueError: the window does not fit, or one might hold nothing but padding.
    """
    return _max_windows(x, pool_size, strides, padding).max(axis=-1)


def max_pool_backward(
    dz: np.ndarray,
    x: np.ndarray,
    pool_size: int | Sequence[int],
    *,
    strides: int | Sequence[int] | None = None,
    padding: Padding = "valid",
) -> np.ndarray:
    """Max pooling layer, backward: a window's whole gradient goes to its winner.

    The winner is the position of the maximum; among equals the first, in rows from the
    top.

    Args:
        dz: gradient of the loss with respect to the output, of that output's shape.
        x, pool_size, strides, padding: as given to :func:`max_pool`.

    Returns:
        Gradient with respect to the input, of its shape.

    Raises:
        ValueError: as :func:`max_pool`, or ``dz`` is not of the output's shape.
    """
    windows = _max_windows(x, pool_size, strides, padding)
    d_windows = _to_winners(dz, windows)
    return _scatter(d_windows, np.shape(x), pool_size, strides, padding)


def average_pool(
    x: np.ndarray,
    pool_size: int | Sequence[int],
    *,
    strides: int | Sequence[int] | None = None,
    padding: Padding = "valid",
) -> np.ndarray:
    """Average pooling layer, forward: the mean of each window, padding left out.

    Arguments, result and errors as for :func:`max_pool`.
    """
    windows = _windows(x, pool_size, strides, padding)
    in_input = _windows(np.ones_like(x), pool_size, strides, padding)
    return windows.sum(axis=-1) / in_input.sum(axis=-1)


def average_pool_backward(
    dz: np.ndarray,
    x: np.ndarray,
    pool_size: int | Sequence[int],
    *,
    strides: int | Sequence[int] | None = None,
    padding: Padding = "valid",
) -> np.ndarray:
    """Average pooling layer, backward: each value of a window gets an equal share.

    Arguments, result and errors as for :func:`max_pool_backward`.
    """
    in_input = _windows(np.ones_like(x), pool_size, strides, padding)
    require_shape("dz", dz, in_input.shape[:-1])
    d_windows = np.expand_dims(dz, -1) * in_input / in_input.sum(axis=-1, keepdims=True)
    return _scatter(d_windows, np.shape(x), pool_size, strides, padding)


def l2_pool(
    x: np.ndarray,
    pool_size: int | Sequence[int],
    *,
    strides: int | Sequence[int] | None = None,
    padding: Padding = "valid",
) -> np.ndarray:
    """L2 pooling layer, forward: the length of each window, read as a vector.

    The square root of the sum of squares, without weights (Goodfellow, Bengio and
    Courville 2016, section 9.3). Arguments, result and errors as for :func:`max_pool`.
    """
    return np.linalg.norm(_windows(x, pool_size, strides, padding), axis=-1)


def l2_pool_backward(
    dz: np.ndarray,
    x: np.ndarray,
    pool_size: int | Sequence[int],
    *,
    strides: int | Sequence[int] | None = None,
    padding: Padding = "valid",
) -> np.ndarray:
    """L2 pooling layer, backward: each value gets its share of the window's length.

    A window of zeros has no derivative and gets 0. Arguments, result and errors as for
    :func:`max_pool_backward`.
    """
    windows = _windows(x, pool_size, strides, padding)
    require_shape("dz", dz, windows.shape[:-1])
    lengths = np.linalg.norm(windows, axis=-1, keepdims=True)
    directions = windows / np.where(lengths == 0, 1, lengths)
    d_windows = np.expand_dims(dz, -1) * directions
    return _scatter(d_windows, np.shape(x), pool_size, strides, padding)


def global_max_pool(x: np.ndarray) -> np.ndarray:
    """Global max pooling layer, forward: the largest value of each map.

    Args:
        x: input, ``(batch, *spatial, channels)``.

    Returns:
        ``(batch, channels)``.

    Raises:
        ValueError: no spatial axis.
    """
    return _flat(max_pool(x, np.shape(x)[1:-1]))


def global_max_pool_backward(dz: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Global max pooling layer, backward: a map's whole gradient goes to its winner.

    Args:
        dz: gradient of the loss with respect to the output, ``(batch, channels)``.
        x: as given to :func:`global_max_pool`.

    Returns:
        Gradient with respect to the input, of its shape.

    Raises:
        ValueError: no spatial axis, or ``dz`` is not of the output's shape.
    """
    return max_pool_backward(_as_one_window(dz, x), x, np.shape(x)[1:-1])


def global_average_pool(x: np.ndarray) -> np.ndarray:
    """Global average pooling layer, forward: the mean of each map.

    From Lin, Chen and Yan (2013), in place of dense layers. Arguments, result and
    errors as for :func:`global_max_pool`.
    """
    return _flat(average_pool(x, np.shape(x)[1:-1]))


def global_average_pool_backward(dz: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Global average pooling layer, backward: equal shares for each value of a map.

    Arguments, result and errors as for :func:`global_max_pool_backward`.
    """
    return average_pool_backward(_as_one_window(dz, x), x, np.shape(x)[1:-1])


def depthwise_max_pool(x: np.ndarray, pool_size: int) -> np.ndarray:
    """Depthwise max pooling, forward: the largest of ``pool_size`` neighbouring maps.

    Where the maps of a window respond to turned versions of one pattern, their maximum
    responds to the pattern at any of these turns (Géron 2019, ch. 14).

    Args:
        x: input, ``(..., channels)``.
        pool_size: channels in a window; it must divide their number.

    Returns:
        ``(..., channels // pool_size)``.

    Raises:
        ValueError: the windows do not divide the channels.
    """
    return _channel_windows(x, pool_size).max(axis=-1)


def depthwise_max_pool_backward(
    dz: np.ndarray,
    x: np.ndarray,
    pool_size: int,
) -> np.ndarray:
    """Depthwise max pooling, backward: the gradient goes to the first of the largest.

    Args:
        dz: gradient of the loss with respect to the output, of that output's shape.
        x, pool_size: as given to :func:`depthwise_max_pool`.

    Returns:
        Gradient with respect to the input, of its shape.

    Raises:
        ValueError: as :func:`depthwise_max_pool`, or ``dz`` is not of the output's
            shape.
    """
    return _to_winners(dz, _channel_windows(x, pool_size)).reshape(np.shape(x))


def _max_windows(
    x: np.ndarray,
    pool_size: int | Sequence[int],
    strides: int | Sequence[int] | None,
    padding: Padding,
) -> np.ndarray:
    """Windows whose padding is smaller than every number."""
    x = np.asarray(x)
    lowest = -np.inf if np.issubdtype(x.dtype, np.inexact) else np.iinfo(x.dtype).min
    return _windows(x, pool_size, strides, padding, fill=lowest)


def _windows(
    x: np.ndarray,
    pool_size: int | Sequence[int],
    strides: int | Sequence[int] | None,
    padding: Padding,
    fill: float = 0,
) -> np.ndarray:
    """``(batch, *output_sizes, channels, values of the window)``."""
    x = np.asarray(x)
    window, strides = _window_and_strides(x.shape, pool_size, strides)
    for axis in window_axes(x.shape, window, strides, padding):
        if max(axis.padding) >= axis.kernel:
            raise ValueError(
                f"a window of {axis.kernel} would hold nothing but padding: padding "
                f"{axis.padding} must be narrower than the window"
            )
    windows = sliding_windows(x, window, strides, padding, fill=fill)
    return windows.reshape(*windows.shape[: x.ndim], math.prod(window))


def _scatter(
    d_windows: np.ndarray,
    input_shape: tuple[int, ...],
    pool_size: int | Sequence[int],
    strides: int | Sequence[int] | None,
    padding: Padding,
) -> np.ndarray:
    """The adjoint of :func:`_windows`."""
    window, strides = _window_and_strides(input_shape, pool_size, strides)
    d_windows = d_windows.reshape(*d_windows.shape[:-1], *window)
    return scatter_windows(d_windows, input_shape, strides, padding)


def _window_and_strides(
    input_shape: tuple[int, ...],
    pool_size: int | Sequence[int],
    strides: int | Sequence[int] | None,
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    rank = len(input_shape) - 2
    if rank < 1:
        raise ValueError(
            "pooling needs an input (batch, spatial, channels) with at least one "
            f"spatial axis, got {input_shape}"
        )
    window = per_axis(pool_size, rank, "pool_size")
    if min(window) < 1:
        raise ValueError(f"pool_size must be at least 1, got {pool_size}")
    return window, window if strides is None else per_axis(strides, rank, "strides")


def _channel_windows(x: np.ndarray, pool_size: int) -> np.ndarray:
    *others, channels = np.shape(x)
    if pool_size < 1 or channels % pool_size:
        raise ValueError(f"a pool of {pool_size} maps does not divide {channels} maps")
    return np.reshape(x, (*others, channels // pool_size, pool_size))


def _to_winners(dz: np.ndarray, windows: np.ndarray) -> np.ndarray:
    """Gradient of the windows' maxima: ``dz`` at the first maximum, zero elsewhere."""
    require_shape("dz", dz, windows.shape[:-1])
    dz = np.asarray(dz)
    winners = windows.argmax(axis=-1)
    d_windows = np.zeros(windows.shape, dz.dtype)
    np.put_along_axis(d_windows, winners[..., np.newaxis], dz[..., np.newaxis], axis=-1)
    return d_windows


def _flat(z: np.ndarray) -> np.ndarray:
    """Without the spatial axes of size 1 that a single window leaves."""
    return z.reshape(z.shape[0], z.shape[-1])


def _as_one_window(dz: np.ndarray, x: np.ndarray) -> np.ndarray:
    """The undoing of :func:`_flat`."""
    batch, *spatial, channels = np.shape(x)
    require_shape("dz", dz, (batch, channels))
    return np.reshape(dz, (batch, *(1 for _ in spatial), channels))
