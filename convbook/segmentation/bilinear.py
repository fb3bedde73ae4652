"""Upsampling by transposed convolution that starts as bilinear interpolation."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np


def bilinear_weights(size: int) -> np.ndarray:
    """One axis of a bilinear kernel: a tent that falls from the middle, ``(size,)``.

    Raises:
        ValueError: a size that is not positive.
    """
    if size < 1:
        raise ValueError(f"a kernel has at least one position, got {size}")
    middle = (size - 1) / 2
    reach = (size + 1) // 2
    return 1 - abs(np.arange(size) - middle) / reach


@keras.saving.register_keras_serializable("convbook")
class Bilinear(keras.initializers.Initializer):
    """Kernel of a transposed convolution that interpolates each channel bilinearly.

    For stride ``s``, a kernel of ``2s - s % 2`` and "same" padding, the layer starts as
    bilinear upsampling by ``s`` (Long 2015, section 3.3), except along the image's
    border, beyond which it sees zeros.
    """

    def __call__(self, shape: Sequence[int], dtype: str | None = None) -> Any:
        """The kernel.

        Args:
            shape: ``(height, width, channels_out, channels_in)``, as many out as in.
            dtype: of the kernel; Keras's default for None.

        Raises:
            ValueError: another number of axes, or channels that differ.
        """
        if len(shape) != 4 or shape[2] != shape[3]:
            raise ValueError(
                "bilinear upsampling keeps each channel to itself and needs a kernel "
                f"(height, width, channels, channels), got {tuple(shape)}"
            )
        height, width, channels, _ = shape
        tent = np.outer(bilinear_weights(height), bilinear_weights(width))
        kernel = tent[:, :, np.newaxis, np.newaxis] * np.eye(channels)
        return keras.ops.convert_to_tensor(kernel, dtype or keras.config.floatx())


def bilinear_upsampling(
    channels: int, factor: int, *, trainable: bool = True, name: str | None = None
) -> keras.layers.Conv2DTranspose:
    """A layer that enlarges maps by ``factor``, at first bilinearly.

    Args:
        channels: of the input, and of the output.
        factor: how many times higher and wider, a whole number.
        trainable: whether training may change the interpolation.
        name: of the layer.

    Returns:
        ``(batch, h, w, channels)`` to ``(batch, factor * h, factor * w, channels)``.

    Raises:
        ValueError: a factor or a number of channels that is not positive.
    """
    if factor < 1 or channels < 1:
        raise ValueError(f"cannot enlarge {channels} channels by {factor}: both from 1")
    return keras.layers.Conv2DTranspose(
        channels,
        kernel_size=2 * factor - factor % 2,
        strides=factor,
        padding="same",
        use_bias=False,
        kernel_initializer=Bilinear(),
        trainable=trainable,
        name=name,
    )
