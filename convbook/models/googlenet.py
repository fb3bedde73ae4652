"""GoogLeNet: modules that look at several scales at once, cheaply (Szegedy 2015)."""

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

import keras
from keras import KerasTensor, layers

from convbook.models.blocks import IMAGENET, Shape, image_input, pooled_classifier
from convbook.models.normalisation import LocalResponseNormalization


class Module(NamedTuple):
    """Maps of an Inception module, as in the columns of Szegedy (2015), table 1."""

    ones: int
    reduce_threes: int
    threes: int
    reduce_fives: int
    fives: int
    pooled: int


MODULES = {
    "3a": Module(64, 96, 128, 16, 32, 32),
    "3b": Module(128, 128, 192, 32, 96, 64),
    "4a": Module(192, 96, 208, 16, 48, 64),
    "4b": Module(160, 112, 224, 24, 64, 64),
    "4c": Module(128, 128, 256, 24, 64, 64),
    "4d": Module(112, 144, 288, 32, 64, 64),
    "4e": Module(256, 160, 320, 32, 128, 128),
    "5a": Module(256, 160, 320, 32, 128, 128),
    "5b": Module(384, 192, 384, 48, 128, 128),
}
"""The nine modules. The first character of a name is its stage."""


def inception(x: KerasTensor, maps: Module, name: str) -> KerasTensor:
    """Four branches side by side (Szegedy 2015, figure 2b), stacked in depth.

    ``(batch, H, W, C)`` becomes ``(batch, H, W, ones + threes + fives + pooled)``. The
    1x1 convolutions before the 3x3 and 5x5 ones are bottlenecks: fewer maps for the
    costly filters.
    """
    ones = _conv(x, maps.ones, 1)
    threes = _conv(_conv(x, maps.reduce_threes, 1), maps.threes, 3)
    fives = _conv(_conv(x, maps.reduce_fives, 1), maps.fives, 5)
    pooled = _conv(layers.MaxPooling2D(3, 1, padding="same")(x), maps.pooled, 1)
    return layers.Concatenate(name=name)([ones, threes, fives, pooled])


def auxiliary_head(x: KerasTensor, classes: int, name: str) -> KerasTensor:
    """A classifier on inner maps (Szegedy 2015, section 5), for training only.

    The paper weights its loss by 0.3.

    Raises:
        ValueError: maps smaller than its 5x5 pooling.
    """
    height, width = x.shape[1:3]
    if min(height, width) < 5:
        raise ValueError(
            "an auxiliary head pools 5x5 positions, "
            f"its maps have {height}x{width}: take larger images"
        )
    x = layers.AveragePooling2D(5, strides=3)(x)
    x = _conv(x, 128, 1)
    x = layers.Flatten()(x)
    x = layers.Dense(1024, activation="relu")(x)
    x = layers.Dropout(0.7)(x)
    return layers.Dense(classes, activation="softmax", name=name)(x)


def googlenet_stem(x: KerasTensor) -> KerasTensor:
    """Szegedy (2015), table 1, up to the pooling before the first module."""
    x = _conv(x, 64, 7, strides=2)
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    x = LocalResponseNormalization()(x)
    x = _conv(x, 64, 1)
    x = _conv(x, 192, 3)
    return LocalResponseNormalization()(x)


def one_conv_stem(x: KerasTensor) -> KerasTensor:
    """One 3x3 convolution with 32 maps, for small images."""
    return _conv(x, 32, 3)


def googlenet(
    input_shape: Shape = IMAGENET,
    classes: int = 1000,
    *,
    stem: Callable[[KerasTensor], KerasTensor] = googlenet_stem,
    modules: Mapping[str, Module] = MODULES,
    auxiliary: Sequence[str] = (),
    recalibrate: Callable[..., KerasTensor] | None = None,
) -> keras.Model:
    """Szegedy (2015), table 1: 6,998,552 parameters.

    13,378,280 with the paper's two auxiliary heads, ``auxiliary=("4a", "4d")``. A max
    pooling starts every stage; local response normalisation has no parameters.

    Args:
        input_shape: one image.
        classes: outputs of each softmax.
        stem: what comes before the first stage.
        modules: maps of each module; names start with the number of the stage.
        auxiliary: modules with a head; the heads' outputs follow the main one.
        recalibrate: applied to the output of every module, as
            :func:`convbook.models.senet.se_block`.

    Raises:
        ValueError: a head on a module that is not there, or on too small maps.
    """
    unknown = set(auxiliary) - set(modules)
    if unknown:
        raise ValueError(f"no modules {sorted(unknown)}, there are {list(modules)}")
    image = image_input(input_shape)
    heads = []
    x = stem(image)
    for _, stage in groupby(modules, key=lambda name: name[0]):
        x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
        for name in stage:
            x = inception(x, modules[name], f"inception_{name}")
            if recalibrate:
                x = recalibrate(x, name=f"se_{name}")
            if name in auxiliary:
                heads.append(auxiliary_head(x, classes, f"classes_{name}"))
    output = pooled_classifier(x, classes, dropout=0.4)
    return keras.Model(image, [output, *heads] if heads else output, name="googlenet")


def _conv(x: KerasTensor, filters: int, kernel: int, strides: int = 1) -> KerasTensor:
    return layers.Conv2D(filters, kernel, strides, "same", activation="relu")(x)


def small(
    input_shape: Shape = (28, 28, 1),
    classes: int = 10,
    *,
    recalibrate: Callable[..., KerasTensor] | None = None,
) -> keras.Model:
    """Three modules of 64 to 128 maps after one convolution, for 28 or 32 pixels."""
    modules = {
        "3a": Module(16, 24, 32, 4, 8, 8),
        "4a": Module(32, 32, 48, 8, 24, 16),
        "4b": Module(32, 32, 64, 8, 16, 16),
    }
    return googlenet(
        input_shape,
        classes,
        stem=one_conv_stem,
        modules=modules,
        recalibrate=recalibrate,
    )
