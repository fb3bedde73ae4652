"""LeNet-5, as published and as it is usually built today (LeCun 1998)."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import KerasTensor, layers, ops

from convbook.models.blocks import Shape, image_input, smallest_input, softmax

C3_TABLE = """
X . . . X X X . . X X X X . X X
X X . . . X X X . . X X X X . X
X X X . . . X X X . . X . X X X
. X X X . . X X X X . . X . X X
. . X X X . . X X X X . X X . X
. . . X X X . . X X X X . X X X
"""
"""Which S2 map (row) feeds which C3 map (column): LeCun (1998), table I."""

DIGITS = """
....... ....... ....... ....... ....... ....... ....... ....... ....... .......
..###.. ...#... ..###.. ..###.. .....#. ####### ..###.. ####### ..###.. ..###..
.#...#. ..##... .#...#. .#...#. ....##. #...... .#...#. ......# .#...#. .#...#.
#.....# .#.#... #.....# #.....# ...#.#. #...... #...... .....#. #.....# #.....#
#.....# ...#... ......# ......# ..#..#. #.###.. #...... .....#. .#...#. #.....#
#.....# ...#... .....#. ...###. .#...#. ##...#. #.###.. ....#.. ..###.. .#...##
#.....# ...#... ....#.. ......# #....#. ......# ##...#. ....#.. .#...#. ..###.#
#.....# ...#... ...#... ......# ####### ......# #.....# ...#... #.....# ......#
#.....# ...#... ..#.... #.....# .....#. #.....# #.....# ...#... #.....# ......#
.#...#. ...#... .#..... .#...#. .....#. .#...#. .#...#. ..#.... .#...#. .#...#.
..###.. .#####. ####### ..###.. .....#. ..###.. ..###.. ..#.... ..###.. ..###..
....... ....... ....... ....... ....... ....... ....... ....... ....... .......
"""
"""Stylised digits of 7x12 pixels, which the 84 units of F6 learn to draw. The idea is
that of LeCun (1998), figure 3; these bitmaps are the course's own."""


def c3_connections() -> list[tuple[int, ...]]:
    """The S2 maps that each C3 map sees, 60 connections in all."""
    rows = [line.split() for line in C3_TABLE.strip().splitlines()]
    columns = zip(*rows, strict=True)
    return [tuple(i for i, mark in enumerate(c) if mark == "X") for c in columns]


def digit_codes() -> np.ndarray:
    """The bitmaps as targets for F6: ``(10, 84)``, +1 for ink and -1 for paper."""
    rows = [line.split() for line in DIGITS.strip().splitlines()]
    bitmaps = ["".join(bitmap) for bitmap in zip(*rows, strict=True)]
    return np.array([[1 if p == "#" else -1 for p in b] for b in bitmaps], "float32")


@keras.saving.register_keras_serializable("convbook")
def squash(a: KerasTensor) -> KerasTensor:
    """1.7159 tanh(2a / 3), which maps 1 to 1 and -1 to -1 (LeCun 1998, appendix A)."""
    return 1.7159 * ops.tanh(2 / 3 * a)


@keras.saving.register_keras_serializable("convbook")
class RadialBasis(layers.Layer):
    """Minus the squared distance of the input to the code of each class.

    y_i = -sum over j of (x_j - w_ij)**2  (LeCun 1998, equation 7, with the sign turned
    so that the best class has the largest output)

    The codes w are fixed: no parameters. Cross-entropy on these outputs as logits is
    the paper's discriminative criterion (equation 9) without its class for rubbish.

    Args:
        codes: ``(classes, features)``.

    Input ``(batch, features)``, output ``(batch, classes)``.

    Raises:
        ValueError: codes that are not a table, or an input of another length.
    """

    def __init__(self, codes: Sequence[Sequence[float]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.codes = np.asarray(codes, "float32")
        if self.codes.ndim != 2:
            raise ValueError(
                f"codes must have the shape (classes, features), got {self.codes.shape}"
            )

    def build(self, input_shape: tuple) -> None:
        features = self.codes.shape[1]
        if len(input_shape) != 2 or input_shape[-1] != features:
            raise ValueError(
                f"codes of {features} features fit inputs (batch, {features}), "
                f"got {tuple(input_shape)}"
            )

    def call(self, x: KerasTensor) -> KerasTensor:
        differences = ops.expand_dims(x, 1) - ops.convert_to_tensor(self.codes)
        return -ops.sum(ops.square(differences), axis=-1)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "codes": self.codes.tolist()}


def partial_conv(
    x: KerasTensor, connections: Sequence[Sequence[int]], kernel: int, name: str
) -> KerasTensor:
    """A convolution in which each output map sees only the input maps listed for it."""
    maps = [
        layers.Conv2D(1, kernel, activation=squash, name=f"{name}_{index}")(
            ops.take(x, seen, axis=-1)
        )
        for index, seen in enumerate(connections)
    ]
    return layers.Concatenate(name=name)(maps)


def subsampling(x: KerasTensor, name: str) -> KerasTensor:
    """Trainable subsampling: squash(coefficient * mean of 2x2 + bias) for each map.

    The paper adds the four inputs; a mean needs coefficients four times as large.
    """
    x = layers.AveragePooling2D(2)(x)
    return layers.DepthwiseConv2D(1, activation=squash, name=name)(x)


def lenet5_original() -> keras.Model:
    """LeNet-5 for the ten digits, as in LeCun (1998), figure 2: 60,000 parameters.

    Input ``(batch, 32, 32, 1)``, in the paper with -0.1 for white and 1.175 for black;
    output ``(batch, 10)``, logits of :class:`RadialBasis`. All parameters are
    trainable: the output codes are constants and not counted.
    """
    image = image_input((32, 32, 1))
    x = layers.Conv2D(6, 5, activation=squash, name="C1")(image)
    x = subsampling(x, "S2")
    x = partial_conv(x, c3_connections(), 5, "C3")
    x = subsampling(x, "S4")
    x = layers.Conv2D(120, 5, activation=squash, name="C5")(x)
    x = layers.Flatten()(x)
    x = layers.Dense(84, activation=squash, name="F6")(x)
    x = RadialBasis(digit_codes(), name="output")(x)
    return keras.Model(image, x, name="lenet5_original")


def lenet5(
    input_shape: Shape = (28, 28, 1),
    classes: int = 10,
    *,
    border: int = 2,
    maps: tuple[int, int] = (6, 16),
    units: Sequence[int] = (120, 84),
    pooling: type[layers.Layer] = layers.AveragePooling2D,
    activation: str = "tanh",
) -> keras.Model:
    """LeNet-5 as it is usually built today: C3 sees all of S2, softmax at the end.

    61,706 parameters for digits of 28x28, which a border of zeros makes 32x32.

    Args:
        input_shape: one image.
        classes: outputs of the softmax.
        border: zeros around the image.
        maps: filters of the two convolutions.
        units: hidden dense layers.
        pooling: layer that halves the size after each convolution.
        activation: of all layers but the last.

    Raises:
        ValueError: an image that is too small.
    """
    windows = [(5, 1), (2, 2), (5, 1), (2, 2)]
    image = image_input(input_shape, smallest_input(windows) - 2 * border)
    x = layers.ZeroPadding2D(border)(image) if border else image
    x = layers.Conv2D(maps[0], 5, activation=activation, name="C1")(x)
    x = pooling(2, name="S2")(x)
    x = layers.Conv2D(maps[1], 5, activation=activation, name="C3")(x)
    x = pooling(2, name="S4")(x)
    x = layers.Flatten()(x)
    for index, size in enumerate(units, start=5):
        x = layers.Dense(size, activation=activation, name=f"F{index}")(x)
    return keras.Model(image, softmax(x, classes), name="lenet5")


def lenet_20_50_500(input_shape: Shape = (28, 28, 1), classes: int = 10) -> keras.Model:
    """Wider, with ReLU and max pooling: 431,080 parameters."""
    return lenet5(
        input_shape,
        classes,
        border=0,
        maps=(20, 50),
        units=(500,),
        pooling=layers.MaxPooling2D,
        activation="relu",
    )


def small(input_shape: Shape = (28, 28, 1), classes: int = 10) -> keras.Model:
    """LeNet-5 as it is: it was made for images of this size."""
    return lenet5(input_shape, classes)
