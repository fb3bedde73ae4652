"""MobileNetV2: inverted residuals, narrow where they are added (Sandler 2018)."""

from collections.abc import Sequence
from typing import NamedTuple

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


class Stage(NamedTuple):
    """One row of Sandler (2018), table 2, with its letters in brackets."""

    expansion: int
    """How many times more maps the depthwise convolution has than the input (t)."""
    maps: int
    """Maps of the outputs (c)."""
    depth: int
    """Blocks (n)."""
    strides: int
    """Stride of the first block (s)."""


STAGES = (
    Stage(1, 16, 1, 1),
    Stage(6, 24, 2, 2),
    Stage(6, 32, 3, 2),
    Stage(6, 64, 4, 2),
    Stage(6, 96, 3, 1),
    Stage(6, 160, 3, 2),
    Stage(6, 320, 1, 1),
)


def inverted_residual(
    x: KerasTensor, maps: int, strides: int, expansion: int, name: str
) -> KerasTensor:
    """Expand by 1x1, filter each map by 3x3, project by 1x1 (Sandler 2018, table 1).

    The projection has no activation: ReLU would destroy information where maps are few.
    The input is added where it has the shape of the output.
    """
    y = x
    if expansion > 1:
        y = layers.Conv2D(expansion * x.shape[-1], 1, use_bias=False)(y)
        y = _norm_relu(y)
    y = layers.DepthwiseConv2D(3, strides, padding="same", use_bias=False)(y)
    y = _norm_relu(y)
    y = layers.Conv2D(maps, 1, use_bias=False)(y)
    y = batch_norm(y, EPSILON)
    return layers.Add(name=name)([x, y]) if x.shape == y.shape else y


def mobilenetv2(
    input_shape: Shape = IMAGENET,
    classes: int = 1000,
    *,
    stem: tuple[int, int] = (32, 2),
    stages: Sequence[Stage] = STAGES,
    last: int = 1280,
) -> keras.Model:
    """Sandler (2018), table 2: 3,538,984 parameters.

    No convolution biases; batch-norm statistics counted.

    Args:
        input_shape: one image.
        classes: outputs of the softmax.
        stem: maps and stride of the first convolution.
        stages: rows of the table.
        last: maps of the 1x1 convolution before the classifier.
    """
    image = image_input(input_shape)
    maps, strides = stem
    x = layers.Conv2D(maps, 3, strides, padding="same", use_bias=False)(image)
    x = _norm_relu(x)
    for number, stage in enumerate(stages, start=1):
        for block in range(1, stage.depth + 1):
            strides = stage.strides if block == 1 else 1
            name = f"block{number}_{block}"
            x = inverted_residual(x, stage.maps, strides, stage.expansion, name)
    x = _norm_relu(layers.Conv2D(last, 1, use_bias=False)(x))
    return keras.Model(image, pooled_classifier(x, classes), name="mobilenetv2")


def small(input_shape: Shape = (28, 28, 1), classes: int = 10) -> keras.Model:
    """Four stages of 8 to 32 maps, no stride in the stem, for 28 or 32 pixels."""
    stages = (
        Stage(1, 8, 1, 1),
        Stage(6, 16, 2, 2),
        Stage(6, 24, 2, 2),
        Stage(6, 32, 2, 1),
    )
    return mobilenetv2(input_shape, classes, stem=(16, 1), stages=stages, last=128)


def _norm_relu(x: KerasTensor) -> KerasTensor:
    return layers.ReLU(6)(batch_norm(x, EPSILON))
