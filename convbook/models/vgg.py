"""VGG: nothing but 3x3 convolutions, stacked deep (Simonyan 2014)."""

from collections.abc import Sequence

import keras
from keras import layers

from convbook.models.blocks import (
    IMAGENET,
    Shape,
    dense_classifier,
    image_input,
    paired,
)


def vgg(
    input_shape: Shape = IMAGENET,
    classes: int = 1000,
    *,
    depths: Sequence[int],
    widths: Sequence[int] = (64, 128, 256, 512, 512),
    units: Sequence[int] = (4096, 4096),
) -> keras.Model:
    """Stages of 3x3 convolutions, each ended by a pooling that halves the size.

    Args:
        input_shape: one image, at least 2 ** stages pixels a side.
        classes: outputs of the softmax.
        depths: convolutions in each stage.
        widths: maps in each stage.
        units: hidden dense layers.

    Raises:
        ValueError: an image that is too small, or depths and widths of different
            lengths.
    """
    image = image_input(input_shape, smallest=2 ** len(depths))
    x = image
    for stage, (depth, width) in enumerate(paired(depths, widths), start=1):
        for conv in range(1, depth + 1):
            x = layers.Conv2D(
                width, 3, padding="same", activation="relu", name=f"conv{stage}_{conv}"
            )(x)
        x = layers.MaxPooling2D(2, name=f"pool{stage}")(x)
    return keras.Model(image, dense_classifier(x, units, classes), name="vgg")


def vgg16(input_shape: Shape = IMAGENET, classes: int = 1000) -> keras.Model:
    """Configuration D of Simonyan (2014), table 1: 138,357,544 parameters."""
    return vgg(input_shape, classes, depths=(2, 2, 3, 3, 3))


def vgg19(input_shape: Shape = IMAGENET, classes: int = 1000) -> keras.Model:
    """Configuration E of Simonyan (2014), table 1: 143,667,240 parameters."""
    return vgg(input_shape, classes, depths=(2, 2, 4, 4, 4))


def small(input_shape: Shape = (28, 28, 1), classes: int = 10) -> keras.Model:
    """Three stages of 16, 32 and 64 maps and 64 hidden units, for 28 or 32 pixels."""
    return vgg(input_shape, classes, depths=(1, 2, 2), widths=(16, 32, 64), units=(64,))
