"""Layers described by what they are, and the costs of a stack of them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from convbook.costs.network import LayerCost, NetworkCost, Shape
from convbook.costs.reads import NETWORK_INPUT, Reads, point_by_point, window
from convbook.sizes import Padding, output_size, per_axis

Axis = tuple[int, int, int, Padding, int]
"""Size, kernel, stride, padding and dilation along one spatial axis."""


@dataclass(frozen=True)
class Conv:
    """Convolution of any rank; arguments as in ``keras.layers.Conv2D``, padding as in ``sizes``."""

    filters: int
    kernel: int | Sequence[int]
    strides: int | Sequence[int] = 1
    padding: Padding = "valid"
    dilation: int | Sequence[int] = 1
    groups: int = 1
    bias: bool = True

    def output_shape(self, input_shape: Shape) -> Shape:
        if input_shape[-1] % self.groups or self.filters % self.groups:
            raise ValueError(
                f"{self.groups} groups must divide both {input_shape[-1]} input channels and "
                f"{self.filters} filters"
            )
        return (*(output_size(*axis) for axis in self._axes(input_shape)), self.filters)

    def reads(self, input_shape: Shape) -> Reads:
        return tuple(window(*axis) for axis in self._axes(input_shape))

    def _axes(self, input_shape: Shape) -> list[Axis]:
        return _axes(input_shape, self.kernel, self.strides, self.padding, self.dilation)

    def kernel_weights(self, input_shape: Shape) -> int:
        window = math.prod(per_axis(self.kernel, len(input_shape) - 1, "kernel"))
        return window * (input_shape[-1] // self.groups) * self.filters

    def parameters(self, input_shape: Shape) -> int:
        return self.kernel_weights(input_shape) + self.bias * self.filters

    def multiplications(self, input_shape: Shape) -> int:
        """Each kernel weight is used once at each output position."""
        positions = math.prod(self.output_shape(input_shape)[:-1])
        return self.kernel_weights(input_shape) * positions


@dataclass(frozen=True)
class Pool:
    """Maximum or average over windows; strides default to the window size, as in Keras."""

    size: int | Sequence[int] = 2
    strides: int | Sequence[int] | None = None
    padding: Padding = "valid"

    def output_shape(self, input_shape: Shape) -> Shape:
        return (*(output_size(*axis) for axis in self._axes(input_shape)), input_shape[-1])

    def reads(self, input_shape: Shape) -> Reads:
        return tuple(window(*axis) for axis in self._axes(input_shape))

    def _axes(self, input_shape: Shape) -> list[Axis]:
        strides = self.size if self.strides is None else self.strides
        return _axes(input_shape, self.size, strides, self.padding, dilation=1)

    def parameters(self, input_shape: Shape) -> int:
        return 0

    def multiplications(self, input_shape: Shape) -> int:
        return 0


@dataclass(frozen=True)
class GlobalPool:
    """Maximum or average over all positions: one number a channel."""

    def output_shape(self, input_shape: Shape) -> Shape:
        return (input_shape[-1],)

    def reads(self, input_shape: Shape) -> Reads:
        return None

    def parameters(self, input_shape: Shape) -> int:
        return 0

    def multiplications(self, input_shape: Shape) -> int:
        return 0


@dataclass(frozen=True)
class Flatten:
    """All values in one row. Nothing is copied."""

    def output_shape(self, input_shape: Shape) -> Shape:
        return (math.prod(input_shape),)

    def reads(self, input_shape: Shape) -> Reads:
        return None

    def parameters(self, input_shape: Shape) -> int:
        return 0

    def multiplications(self, input_shape: Shape) -> int:
        return 0


@dataclass(frozen=True)
class Dense:
    """Fully connected layer on the last axis."""

    units: int
    bias: bool = True

    def output_shape(self, input_shape: Shape) -> Shape:
        return (*input_shape[:-1], self.units)

    def reads(self, input_shape: Shape) -> Reads:
        return point_by_point(len(input_shape) - 1)

    def parameters(self, input_shape: Shape) -> int:
        return (input_shape[-1] + self.bias) * self.units

    def multiplications(self, input_shape: Shape) -> int:
        return math.prod(input_shape) * self.units


Layer = Conv | Pool | GlobalPool | Flatten | Dense


def of_layers(layers: Sequence[Layer], input_shape: Shape) -> NetworkCost:
    """Costs of a stack of layers.

    Args:
        layers: in order from the input.
        input_shape: one example without the batch, e.g. ``(200, 300, 3)``.

    Raises:
        ValueError: a window that does not fit, or no layers.
    """
    if not layers:
        raise ValueError("a network needs at least one layer")
    rows: list[LayerCost] = []
    shape = tuple(input_shape)
    for index, layer in enumerate(layers):
        kind = type(layer).__name__
        rows.append(
            LayerCost(
                name=f"{kind.lower()}_{index + 1}",
                kind=kind,
                output_shape=layer.output_shape(shape),
                parameters=layer.parameters(shape),
                conv_biases=layer.filters if isinstance(layer, Conv) and layer.bias else 0,
                multiplications=layer.multiplications(shape),
                inputs=(index - 1,) if index else (NETWORK_INPUT,),
                stores_output=not isinstance(layer, Flatten),
                reads=layer.reads(shape),
            )
        )
        shape = rows[-1].output_shape
    return NetworkCost(tuple(input_shape), tuple(rows), outputs=(len(rows) - 1,))


def _axes(
    input_shape: Shape,
    kernel: int | Sequence[int],
    strides: int | Sequence[int],
    padding: Padding,
    dilation: int | Sequence[int],
) -> list[Axis]:
    sizes = input_shape[:-1]
    if not sizes:
        raise ValueError(
            "a window needs a spatial axis to slide along: after Flatten there is none"
        )
    rank = len(sizes)
    columns = (
        sizes,
        per_axis(kernel, rank, "kernel"),
        per_axis(strides, rank, "strides"),
        (padding,) * rank,
        per_axis(dilation, rank, "dilation"),
    )
    return list(zip(*columns, strict=True))
