"""U-Net: down to what is in the image, up again to where it is."""

import keras
from keras import layers


def unet(
    input_shape: tuple[int | None, int | None, int],
    classes: int,
    *,
    width: int = 64,
    depth: int = 4,
) -> keras.Model:
    """U-Net (Ronneberger 2015, figure 1) with "same" padding.

    The contracting path halves the map ``depth`` times and doubles the channels; the
    expanding path undoes both, and gets at each size the map of the contracting path
    beside its own. With the paper's width 64 and depth 4: 23 convolutional layers, and
    for one input channel and two classes 31,030,658 parameters (all trainable, with
    biases). The paper pads nothing and crops the maps beside, which changes sizes (572
    to 388 pixels) but no weight.

    Args:
        input_shape: ``(height, width, channels)``; height and width must be divisible
            by ``2**depth``, or None for any that are.
        classes: number of classes, background included.
        width: filters of the first convolutions.
        depth: how many times the map is halved.

    Returns:
        A model ``(batch, height, width, channels)`` to ``(batch, height, width,
        classes)`` scores, before softmax.

    Raises:
        ValueError: sizes that cannot be halved so often, or a count that is not
            positive.
    """
    _require_divisible(input_shape, depth)
    if min(classes, width, depth) < 1:
        counts = f"classes={classes}, width={width}, depth={depth}"
        raise ValueError(f"all must be at least 1, got {counts}")
    image = keras.Input(input_shape)
    x, beside = image, []
    for level in range(depth):
        x = two_convolutions(x, width * 2**level)
        beside.append(x)
        x = layers.MaxPooling2D(2)(x)
    x = two_convolutions(x, width * 2**depth)
    for level in reversed(range(depth)):
        x = layers.Conv2DTranspose(width * 2**level, 2, strides=2)(x)
        x = layers.Concatenate()([beside[level], x])
        x = two_convolutions(x, width * 2**level)
    return keras.Model(image, layers.Conv2D(classes, 1)(x))


def two_convolutions(x: keras.KerasTensor, filters: int) -> keras.KerasTensor:
    """Twice 3×3 and ReLU, He-initialised as in the paper's section 3."""
    for _ in range(2):
        x = layers.Conv2D(
            filters,
            3,
            padding="same",
            activation="relu",
            kernel_initializer="he_normal",
        )(x)
    return x


def _require_divisible(input_shape: tuple[int | None, ...], depth: int) -> None:
    if len(input_shape) != 3:
        raise ValueError(f"input_shape is (height, width, channels), got {input_shape}")
    step = 2**depth
    for size in input_shape[:2]:
        if size is not None and (size < 1 or size % step):
            fits = max(round(size / step), 1) * step
            raise ValueError(
                f"{size} pixels cannot be halved {depth} times: "
                f"use a multiple of {step}, such as {fits}"
            )
