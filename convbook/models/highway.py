"""Highway networks: gates decide how much a layer changes (Srivastava 2015)."""

from collections.abc import Callable, Sequence

import keras
from keras import KerasTensor, layers

from convbook.models.blocks import Shape, image_input, softmax

GATE_BIAS = -2.0
"""Gates start nearly closed, so that a deep network starts as a short one."""


def highway(
    x: KerasTensor,
    transform: Callable[..., layers.Layer],
    gate_bias: float = GATE_BIAS,
) -> KerasTensor:
    """y = T(x) * H(x) + (1 - T(x)) * x (Srivastava 2015, equation 3).

    H is a layer with ReLU and T, the gate, the same kind of layer with a sigmoid.

    Args:
        x: ``(batch, ..., C)``; so is the result.
        transform: makes a layer that keeps the shape, given an ``activation`` and a
            ``bias_initializer``.
        gate_bias: first value of the gate's biases; negative lets the input through.

    Raises:
        ValueError: a layer that changes the shape.
    """
    closed = keras.initializers.Constant(gate_bias)
    h = transform(activation="relu", bias_initializer="zeros")(x)
    gate = transform(activation="sigmoid", bias_initializer=closed)(x)
    if h.shape != x.shape:
        raise ValueError(
            "a highway layer mixes its input with its output: "
            f"{x.shape} and {h.shape} must be the same"
        )
    changed = layers.Multiply()([gate, h])
    carried = layers.Multiply()([1 - gate, x])
    return layers.Add()([changed, carried])


def highway_dense(
    input_shape: Shape = (28, 28, 1),
    classes: int = 10,
    *,
    depth: int = 10,
    width: int = 50,
    gate_bias: float = GATE_BIAS,
) -> keras.Model:
    """A dense layer, ``depth - 1`` highway layers and softmax: Srivastava (2015), 3.1.

    Args:
        input_shape: one image.
        classes: outputs of the softmax.
        depth: layers before the softmax, at least 1.
        width: units of each.
        gate_bias: see :func:`highway`.

    Raises:
        ValueError: no layer.
    """
    if depth < 1:
        raise ValueError(f"depth must be at least 1, got {depth}")

    def dense(**options) -> layers.Layer:
        return layers.Dense(width, **options)

    image = image_input(input_shape)
    x = layers.Flatten()(image)
    x = dense(activation="relu")(x)
    for _ in range(depth - 1):
        x = highway(x, dense, gate_bias)
    return keras.Model(image, softmax(x, classes), name="highway_dense")


def highway_conv(
    input_shape: Shape = (28, 28, 1),
    classes: int = 10,
    *,
    width: int = 16,
    stages: Sequence[int] = (3, 3, 3),
    gate_bias: float = GATE_BIAS,
) -> keras.Model:
    """Nine 3x3 convolutions, all but the first with gates, and softmax.

    Srivastava (2015), section 3.2, gives 39 thousand parameters for 16 maps and 151
    thousand for 32. It states neither the kernel nor the pooling; 3x3 and a pooling
    after every third layer give its counts: 38,730 and 151,178.

    Args:
        input_shape: one image, at least 2 ** stages pixels a side.
        classes: outputs of the softmax.
        width: maps of every layer.
        stages: layers before each pooling.
        gate_bias: see :func:`highway`.

    Raises:
        ValueError: an image that is too small.
    """

    def conv(**options) -> layers.Layer:
        return layers.Conv2D(width, 3, padding="same", **options)

    image = image_input(input_shape, smallest=2 ** len(stages))
    x = conv(activation="relu")(image)
    first, *others = stages
    for gated in (first - 1, *others):
        for _ in range(gated):
            x = highway(x, conv, gate_bias)
        x = layers.MaxPooling2D(2)(x)
    x = layers.Flatten()(x)
    return keras.Model(image, softmax(x, classes), name="highway_conv")


def small(input_shape: Shape = (28, 28, 1), classes: int = 10) -> keras.Model:
    """The paper's network for MNIST with 16 maps, for images of 28 or 32 pixels."""
    return highway_conv(input_shape, classes)
