"""ZFNet: AlexNet with smaller filters and strides where it starts (Zeiler 2014)."""

from collections.abc import Sequence

import keras
from keras import layers

from convbook.models.blocks import (
    IMAGENET,
    Shape,
    dense_classifier,
    image_input,
    smallest_input,
)
from convbook.models.normalisation import LocalResponseNormalization


def zfnet(
    input_shape: Shape = IMAGENET,
    classes: int = 1000,
    *,
    stem: tuple[int, int] = (7, 2),
    second: tuple[int, int] = (5, 2),
    maps: Sequence[int] = (96, 256, 384, 384, 256),
    units: Sequence[int] = (4096, 4096),
) -> keras.Model:
    """Zeiler (2014), figure 3: 62,357,608 parameters.

    Args:
        input_shape: one image.
        classes: outputs of the softmax.
        stem: kernel and stride of the first convolution, which is padded by 1.
        second: kernel and stride of the second one, which is not padded.
        maps: filters of the five convolutions.
        units: hidden dense layers.

    Raises:
        ValueError: an image that is too small.
    """
    stem_on_unpadded = (stem[0] - 2, stem[1])
    halving = (1, 2)
    windows = [stem_on_unpadded, halving, second, halving, (3, 2)]
    image = image_input(input_shape, smallest_input(windows))
    c1, c2, c3, c4, c5 = maps

    x = layers.ZeroPadding2D(1)(image)
    x = layers.Conv2D(c1, *stem, activation="relu", name="conv1")(x)
    x = layers.MaxPooling2D(3, 2, padding="same", name="pool1")(x)
    x = LocalResponseNormalization(name="norm1")(x)

    x = layers.Conv2D(c2, *second, activation="relu", name="conv2")(x)
    x = layers.MaxPooling2D(3, 2, padding="same", name="pool2")(x)
    x = LocalResponseNormalization(name="norm2")(x)

    x = layers.Conv2D(c3, 3, padding="same", activation="relu", name="conv3")(x)
    x = layers.Conv2D(c4, 3, padding="same", activation="relu", name="conv4")(x)
    x = layers.Conv2D(c5, 3, padding="same", activation="relu", name="conv5")(x)
    x = layers.MaxPooling2D(3, 2, name="pool5")(x)

    return keras.Model(image, dense_classifier(x, units, classes), name="zfnet")


def small(input_shape: Shape = (28, 28, 1), classes: int = 10) -> keras.Model:
    """Two 3x3 convolutions without stride first, 16 to 48 maps, for 28 or 32 pixels."""
    return zfnet(
        input_shape,
        classes,
        stem=(3, 1),
        second=(3, 1),
        maps=(16, 32, 48, 48, 32),
        units=(128, 128),
    )
