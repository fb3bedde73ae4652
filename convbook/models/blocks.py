"""Blocks that several architectures share: inputs, convolutions, stems, classifiers."""

from collections.abc import Sequence

import keras
from keras import KerasTensor, layers

Shape = tuple[int, int, int]
"""``(height, width, channels)`` of one image."""

IMAGENET = (224, 224, 3)


def image_input(input_shape: Shape, smallest: int = 1) -> KerasTensor:
    """The input of a network for images.

    Args:
        input_shape: ``(height, width, channels)``, all fixed.
        smallest: fewest pixels a side for which every window of the network fits.

    Raises:
        ValueError: not three positive sizes, or an image that is too small.
    """
    sizes = tuple(input_shape)
    if len(sizes) != 3 or any(size is None or size < 1 for size in sizes):
        raise ValueError(
            f"an image has three positive sizes (height, width, channels), got {sizes}"
        )
    if min(sizes[:2]) < smallest:
        raise ValueError(
            f"images of {sizes[0]}x{sizes[1]} are too small for this network: "
            f"it needs at least {smallest}x{smallest}"
        )
    return keras.Input(sizes, name="image")


def smallest_input(windows: Sequence[tuple[int, int]]) -> int:
    """Smallest side on which a stack of windows, (kernel, stride) each, has an output.

    Solves W' = (W - F) / S + 1 for W from the last window, where W' = 1, back to the
    first. A window padded "same" counts as one of kernel 1.
    """
    size = 1
    for kernel, stride in reversed(windows):
        size = (size - 1) * stride + kernel
    return size


def paired(depths: Sequence[int], widths: Sequence[int]) -> list[tuple[int, int]]:
    """Depth and width of each stage.

    Raises:
        ValueError: not one width for each depth.
    """
    if len(depths) != len(widths):
        raise ValueError(
            "each stage has a depth and a width: "
            f"{tuple(depths)} are {len(depths)} depths, "
            f"{tuple(widths)} are {len(widths)} widths"
        )
    return list(zip(depths, widths, strict=True))


def batch_norm(x: KerasTensor, epsilon: float = 1.001e-5) -> KerasTensor:
    """Batch normalisation (Ioffe 2015): 2 trainable parameters and 2 statistics a map.

    The statistics move by a tenth a step, fast enough for trainings of a few hundred
    steps. ``epsilon`` is that of Keras's ResNets and DenseNets.
    """
    return layers.BatchNormalization(momentum=0.9, epsilon=epsilon)(x)


def conv_bn(
    x: KerasTensor,
    filters: int,
    kernel: int,
    strides: int = 1,
    *,
    groups: int = 1,
    use_bias: bool = False,
) -> KerasTensor:
    """Convolution and batch normalisation, without activation.

    ``(batch, H, W, C)`` becomes ``(batch, ceil(H / strides), ceil(W / strides),
    filters)``. Both sides are padded alike, also where a stride would make "same" pad
    the right and the bottom more. The bias is left out by default: normalisation
    subtracts it again.
    """
    padding = "same"
    if strides > 1:
        padding = "valid"
        if kernel > 1:
            x = layers.ZeroPadding2D(kernel // 2)(x)
    x = layers.Conv2D(
        filters,
        kernel,
        strides,
        padding,
        groups=groups,
        use_bias=use_bias,
    )(x)
    return batch_norm(x)


def conv_bn_relu(
    x: KerasTensor,
    filters: int,
    kernel: int,
    strides: int = 1,
    *,
    groups: int = 1,
    use_bias: bool = False,
) -> KerasTensor:
    """:func:`conv_bn`, then ReLU."""
    x = conv_bn(x, filters, kernel, strides, groups=groups, use_bias=use_bias)
    return layers.ReLU()(x)


def imagenet_stem(x: KerasTensor, width: int, use_bias: bool = False) -> KerasTensor:
    """7x7 convolution and 3x3 max pooling with stride 2 each: a quarter of the side."""
    x = conv_bn_relu(x, width, 7, strides=2, use_bias=use_bias)
    x = layers.ZeroPadding2D(1)(x)
    return layers.MaxPooling2D(3, strides=2)(x)


def small_stem(x: KerasTensor, width: int, use_bias: bool = False) -> KerasTensor:
    """One 3x3 convolution that keeps the size, for images that are small already."""
    return conv_bn_relu(x, width, 3, use_bias=use_bias)


def softmax(x: KerasTensor, classes: int) -> KerasTensor:
    """Dense layer and softmax: ``(batch, features)`` to ``(batch, classes)``.

    Raises:
        ValueError: no class.
    """
    if classes < 1:
        raise ValueError(f"a classifier needs at least 1 class, got {classes}")
    return layers.Dense(classes, activation="softmax", name="classes")(x)


def pooled_classifier(x: KerasTensor, classes: int, dropout: float = 0) -> KerasTensor:
    """Global average pooling, dropout and softmax: few parameters, any image size."""
    x = layers.GlobalAveragePooling2D()(x)
    if dropout:
        x = layers.Dropout(dropout)(x)
    return softmax(x, classes)


def dense_classifier(
    x: KerasTensor, units: Sequence[int], classes: int, dropout: float = 0.5
) -> KerasTensor:
    """Hidden layers on all positions of all maps, with dropout, then softmax.

    Most parameters of AlexNet and VGG are here.
    """
    x = layers.Flatten()(x)
    for size in units:
        x = layers.Dense(size, activation="relu")(x)
        x = layers.Dropout(dropout)(x)
    return softmax(x, classes)
