"""AlexNet: large filters, ReLU, overlapping pooling, dropout (Krizhevsky 2012)."""

from collections.abc import Sequence

import keras
from keras import layers

from convbook.models.blocks import Shape, dense_classifier, image_input, smallest_input
from convbook.models.normalisation import LocalResponseNormalization


def alexnet(
    input_shape: Shape = (227, 227, 3),
    classes: int = 1000,
    *,
    stem: tuple[int, int] = (11, 4),
    maps: Sequence[int] = (96, 256, 384, 384, 256),
    units: Sequence[int] = (4096, 4096),
    groups: int = 1,
) -> keras.Model:
    """Krizhevsky (2012), figure 2, for images of 227x227, which its strides need.

    62,378,344 parameters; 60,965,224 with ``groups=2``, where layers 2, 4 and 5 connect
    maps only within each half, as on the paper's two GPUs.

    Args:
        input_shape: one image.
        classes: outputs of the softmax.
        stem: kernel and stride of the first convolution.
        maps: filters of the five convolutions.
        units: hidden dense layers.
        groups: groups of the convolutions that do not see all maps.

    Raises:
        ValueError: an image that is too small, or maps that the groups do not divide.
    """
    kernel, stride = stem
    pool = (3, 2)
    image = image_input(input_shape, smallest_input([stem, pool, pool, pool]))
    c1, c2, c3, c4, c5 = maps

    x = layers.Conv2D(c1, kernel, stride, activation="relu", name="conv1")(image)
    x = LocalResponseNormalization(name="norm1")(x)
    x = layers.MaxPooling2D(*pool, name="pool1")(x)

    x = _conv(c2, 5, groups, "conv2")(x)
    x = LocalResponseNormalization(name="norm2")(x)
    x = layers.MaxPooling2D(*pool, name="pool2")(x)

    x = _conv(c3, 3, 1, "conv3")(x)
    x = _conv(c4, 3, groups, "conv4")(x)
    x = _conv(c5, 3, groups, "conv5")(x)
    x = layers.MaxPooling2D(*pool, name="pool5")(x)

    return keras.Model(image, dense_classifier(x, units, classes), name="alexnet")


def _conv(filters: int, kernel: int, groups: int, name: str) -> layers.Layer:
    return layers.Conv2D(
        filters, kernel, padding="same", activation="relu", groups=groups, name=name
    )


def small(input_shape: Shape = (28, 28, 1), classes: int = 10) -> keras.Model:
    """A 5x5 stem without stride and 16 to 48 maps, for images of 28 or 32 pixels."""
    return alexnet(
        input_shape,
        classes,
        stem=(5, 1),
        maps=(16, 32, 48, 48, 32),
        units=(128, 128),
    )
