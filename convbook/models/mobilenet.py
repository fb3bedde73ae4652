"""MobileNet: depthwise separable convolutions from start to end (Howard 2017)."""

from collections.abc import Sequence

import keras
from keras import KerasTensor, layers

from convbook.models.blocks import (
    IMAGENET,
    Shape,
    batch_norm,
    image_input,
    pooled_classifier,
)

EPSILON = 1e-3
"""Batch normalisation's, as in the reference implementation."""

LAYERS = (
    (64, 1),
    (128, 2),
    (128, 1),
    (256, 2),
    (256, 1),
    (512, 2),
    *[(512, 1)] * 5,
    (1024, 2),
    (1024, 1),
)
"""Maps and stride of each separable layer: Howard (2017), table 1, except its last
stride of 2, which would not give the size that it states."""


def separable(x: KerasTensor, filters: int, strides: int, name: str) -> KerasTensor:
    """3x3 on each map alone, then 1x1 across maps, each normalised and cut to 0..6."""
    x = layers.DepthwiseConv2D(3, strides, padding="same", use_bias=False)(x)
    x = layers.ReLU(6)(batch_norm(x, EPSILON))
    x = layers.Conv2D(filters, 1, use_bias=False)(x)
    return layers.ReLU(6, name=name)(batch_norm(x, EPSILON))


def thinned(maps: int, alpha: float) -> int:
    """``maps`` times the width multiplier of Howard (2017), section 3.3, rounded down.

    Raises:
        ValueError: nothing is left.
    """
    left = int(maps * alpha)
    if left < 1:
        raise ValueError(f"width multiplier {alpha} leaves none of {maps} maps")
    return left


def mobilenet(
    input_shape: Shape = IMAGENET,
    classes: int = 1000,
    *,
    stem: tuple[int, int] = (32, 2),
    separables: Sequence[tuple[int, int]] = LAYERS,
    alpha: float = 1.0,
) -> keras.Model:
    """Howard (2017), table 1: 4,253,864 parameters.

    No convolution biases; batch-norm statistics counted.

    Args:
        input_shape: one image.
        classes: outputs of the softmax.
        stem: maps and stride of the one ordinary convolution.
        separables: maps and stride of each separable layer.
        alpha: width multiplier, of every layer.

    Raises:
        ValueError: a width multiplier that leaves a layer without maps.
    """
    image = image_input(input_shape)
    maps, strides = stem
    maps = thinned(maps, alpha)
    x = layers.Conv2D(maps, 3, strides, padding="same", use_bias=False)(image)
    x = layers.ReLU(6)(batch_norm(x, EPSILON))
    for index, (maps, strides) in enumerate(separables, start=1):
        x = separable(x, thinned(maps, alpha), strides, f"separable{index}")
    return keras.Model(image, pooled_classifier(x, classes), name="mobilenet")


def small(input_shape: Shape = (28, 28, 1), classes: int = 10) -> keras.Model:
    """Six layers of half the width and no stride in the stem, for 28 or 32 pixels."""
    return mobilenet(
        input_shape,
        classes,
        stem=(32, 1),
        separables=LAYERS[:6],
        alpha=0.5,
    )
