"""DenseNet: every layer sees the maps of all layers before it (Huang 2017)."""

from collections.abc import Callable, Sequence

import keras
from keras import KerasTensor, layers

from convbook.models.blocks import (
    IMAGENET,
    Shape,
    batch_norm,
    image_input,
    imagenet_stem,
    pooled_classifier,
    small_stem,
)


def dense_layer(x: KerasTensor, growth: int, name: str) -> KerasTensor:
    """A 1x1 bottleneck and a 3x3 convolution, whose ``growth`` maps join the input.

    Normalisation and ReLU come before each convolution (Huang 2017, section 3).
    """
    new = _norm_relu_conv(x, 4 * growth, 1)
    new = _norm_relu_conv(new, growth, 3)
    return layers.Concatenate(name=name)([x, new])


def transition(x: KerasTensor) -> KerasTensor:
    """A 1x1 convolution to half the maps, and average pooling to half the size.

    Raises:
        ValueError: maps of a single row or column.
    """
    height, width = x.shape[1:3]
    if min(height, width) < 2:
        raise ValueError(
            f"a transition pools 2x2 positions, its maps have {height}x{width}: "
            "take larger images or fewer blocks"
        )
    x = _norm_relu_conv(x, x.shape[-1] // 2, 1)
    return layers.AveragePooling2D(2)(x)


def densenet(
    input_shape: Shape = IMAGENET,
    classes: int = 1000,
    *,
    depths: Sequence[int],
    growth: int = 32,
    stem: Callable[..., KerasTensor] = imagenet_stem,
) -> keras.Model:
    """Blocks of dense layers with a transition between each two (Huang 2017, table 1).

    Args:
        input_shape: one image.
        classes: outputs of the softmax.
        depths: dense layers in each block.
        growth: maps that each layer adds.
        stem: what comes before the first block; it makes 2 * growth maps.

    Raises:
        ValueError: an image that is too small for the transitions.
    """
    image = image_input(input_shape)
    x = stem(image, 2 * growth)
    for block, depth in enumerate(depths, start=1):
        for layer in range(1, depth + 1):
            x = dense_layer(x, growth, f"dense{block}_{layer}")
        if block < len(depths):
            x = transition(x)
    x = layers.ReLU()(batch_norm(x))
    return keras.Model(image, pooled_classifier(x, classes), name="densenet")


def densenet121(input_shape: Shape = IMAGENET, classes: int = 1000) -> keras.Model:
    """8,062,504 parameters: no convolution biases, batch-norm statistics counted."""
    return densenet(input_shape, classes, depths=(6, 12, 24, 16))


def small(input_shape: Shape = (28, 28, 1), classes: int = 10) -> keras.Model:
    """Blocks of 2, 4 and 6 layers that add 8 maps each, for 28 or 32 pixels."""
    return densenet(input_shape, classes, depths=(2, 4, 6), growth=8, stem=small_stem)


def _norm_relu_conv(x: KerasTensor, filters: int, kernel: int) -> KerasTensor:
    x = layers.ReLU()(batch_norm(x))
    return layers.Conv2D(filters, kernel, padding="same", use_bias=False)(x)
