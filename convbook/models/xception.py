"""Xception: residual modules of depthwise separable convolutions (Chollet 2017)."""

from collections.abc import Sequence

import keras
from keras import KerasTensor, layers

from convbook.models.blocks import (
    Shape,
    batch_norm,
    image_input,
    pooled_classifier,
    smallest_input,
)

EPSILON = 1e-3
"""Batch normalisation's, as in the reference implementation."""


def relu_separable(x: KerasTensor, filters: int) -> KerasTensor:
    """ReLU, 3x3 depthwise separable convolution, batch normalisation."""
    return _separable(layers.ReLU()(x), filters)


def halving_module(x: KerasTensor, first: int, second: int, name: str) -> KerasTensor:
    """Two separable convolutions and max pooling, beside a strided 1x1 projection."""
    carried = layers.Conv2D(second, 1, 2, padding="same", use_bias=False)(x)
    carried = batch_norm(carried, EPSILON)
    x = relu_separable(x, first)
    x = relu_separable(x, second)
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    return layers.Add(name=name)([x, carried])


def middle_module(x: KerasTensor, name: str) -> KerasTensor:
    """Three separable convolutions added to their input."""
    residual = x
    for _ in range(3):
        residual = relu_separable(residual, x.shape[-1])
    return layers.Add(name=name)([residual, x])


def xception(
    input_shape: Shape = (299, 299, 3),
    classes: int = 1000,
    *,
    stem: Sequence[int] = (32, 64),
    stem_strides: int = 2,
    entry: Sequence[int] = (128, 256, 728),
    middle: int = 8,
    exits: tuple[int, int, int] = (1024, 1536, 2048),
) -> keras.Model:
    """Chollet (2017), figure 5: 22,910,480 parameters.

    No convolution biases; batch-norm statistics counted. The first module repeats the
    stem's ReLU, which changes nothing.

    Args:
        input_shape: one image.
        classes: outputs of the softmax.
        stem: maps of the ordinary convolutions at the start.
        stem_strides: stride of the first one.
        entry: maps of the modules of the entry flow, each of which halves the size.
        middle: modules of the middle flow.
        exits: maps of the exit flow: its module, which halves the size, and two
            convolutions.

    Raises:
        ValueError: an image that is too small.
    """
    stem_windows = [(3, stem_strides), *[(3, 1)] * (len(stem) - 1)]
    image = image_input(input_shape, smallest_input(stem_windows))
    x = image
    for (kernel, strides), filters in zip(stem_windows, stem, strict=True):
        x = layers.Conv2D(filters, kernel, strides, use_bias=False)(x)
        x = layers.ReLU()(batch_norm(x, EPSILON))
    for index, width in enumerate(entry, start=1):
        x = halving_module(x, width, width, f"entry{index}")
    for index in range(1, middle + 1):
        x = middle_module(x, f"middle{index}")
    module, *last = exits
    x = halving_module(x, x.shape[-1], module, "exit")
    for width in last:
        x = layers.ReLU()(_separable(x, width))
    return keras.Model(image, pooled_classifier(x, classes), name="xception")


def small(input_shape: Shape = (28, 28, 1), classes: int = 10) -> keras.Model:
    """One module in each flow, no stride in the stem, for 28 or 32 pixels."""
    return xception(
        input_shape,
        classes,
        stem=(16, 32),
        stem_strides=1,
        entry=(64,),
        middle=1,
        exits=(96, 128, 192),
    )


def _separable(x: KerasTensor, filters: int) -> KerasTensor:
    x = layers.SeparableConv2D(filters, 3, padding="same", use_bias=False)(x)
    return batch_norm(x, EPSILON)
