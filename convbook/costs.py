"""What a network costs before it runs: parameters, multiplications, and memory.

Describe a network as a list of layers (:class:`Conv`, :class:`Pool`, ...) or hand over a built
Keras model; both become the same :class:`NetworkCost`, a table with totals.

Conventions, which published counts differ in:

- A multiplication is one product of a kernel weight with an input value, as in Géron (2019,
  ch. 14). Additions, biases, activations, pooling and normalisation count nothing.
- Memory is a lower bound: the arrays that must exist. Frameworks add work space, gradients and
  optimiser state; ``weight_copies`` accounts for the last two.
- Layers that only pass their input on (flatten, reshape, dropout when predicting) store nothing.
- MB are 10**6 bytes.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from convbook.sizes import Padding, output_size, per_axis

if TYPE_CHECKING:
    import keras

Shape = tuple[int, ...]
"""Sizes of one example, without the batch: ``(*spatial, channels)`` or ``(features,)``."""

FLOAT32_BYTES = 4
NETWORK_INPUT = -1


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
        rank = len(input_shape) - 1
        if input_shape[-1] % self.groups or self.filters % self.groups:
            raise ValueError(
                f"{self.groups} groups must divide both {input_shape[-1]} input channels and "
                f"{self.filters} filters"
            )
        return (
            *_slide(
                input_shape[:-1],
                per_axis(self.kernel, rank, "kernel"),
                per_axis(self.strides, rank, "strides"),
                self.padding,
                per_axis(self.dilation, rank, "dilation"),
            ),
            self.filters,
        )

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
        rank = len(input_shape) - 1
        window = per_axis(self.size, rank, "size")
        strides = window if self.strides is None else per_axis(self.strides, rank, "strides")
        sizes = _slide(input_shape[:-1], window, strides, self.padding, (1,) * rank)
        return (*sizes, input_shape[-1])

    def parameters(self, input_shape: Shape) -> int:
        return 0

    def multiplications(self, input_shape: Shape) -> int:
        return 0


@dataclass(frozen=True)
class GlobalPool:
    """Maximum or average over all positions: one number a channel."""

    def output_shape(self, input_shape: Shape) -> Shape:
        return (input_shape[-1],)

    def parameters(self, input_shape: Shape) -> int:
        return 0

    def multiplications(self, input_shape: Shape) -> int:
        return 0


@dataclass(frozen=True)
class Flatten:
    """All values in one row. Nothing is copied."""

    def output_shape(self, input_shape: Shape) -> Shape:
        return (math.prod(input_shape),)

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

    def parameters(self, input_shape: Shape) -> int:
        return (input_shape[-1] + self.bias) * self.units

    def multiplications(self, input_shape: Shape) -> int:
        return math.prod(input_shape) * self.units


Layer = Conv | Pool | GlobalPool | Flatten | Dense


@dataclass(frozen=True)
class LayerCost:
    """One row of the table.

    ``inputs`` are row numbers; :data:`NETWORK_INPUT` stands for the network's input.
    """

    name: str
    kind: str
    output_shape: Shape
    parameters: int
    multiplications: int
    inputs: tuple[int, ...]
    stores_output: bool

    @property
    def activations(self) -> int:
        """Numbers in the output of one example."""
        return math.prod(self.output_shape)


@dataclass(frozen=True)
class NetworkCost:
    """Costs of a network: its rows, and totals for one example or a batch."""

    input_shape: Shape
    rows: tuple[LayerCost, ...]
    outputs: tuple[int, ...]
    """Numbers of the rows whose arrays the network returns."""

    @property
    def parameters(self) -> int:
        """All weights, trainable or not."""
        return sum(row.parameters for row in self.rows)

    @property
    def multiplications(self) -> int:
        """Multiplications to predict one example."""
        return sum(row.multiplications for row in self.rows)

    @property
    def output_shape(self) -> Shape:
        """Shape of the (first) output."""
        return self.rows[self.outputs[0]].output_shape

    def weight_bytes(self, bytes_per_number: int = FLOAT32_BYTES) -> int:
        return self.parameters * bytes_per_number

    def prediction_bytes(self, batch: int = 1, bytes_per_number: int = FLOAT32_BYTES) -> int:
        """Least memory to predict a batch: all weights and, at the worst moment, the live arrays.

        An array can be freed after its last use; in a plain stack of layers the worst moment is the
        largest pair of consecutive layers.
        """
        return bytes_per_number * (self.parameters + batch * self._peak_live_activations())

    def training_bytes(
        self, batch: int, bytes_per_number: int = FLOAT32_BYTES, weight_copies: int = 1
    ) -> int:
        """Least memory to train on a batch: the backward pass needs the input and every output.

        ``weight_copies`` is 1 for the weights alone (Géron 2019), 2 with their gradients, 4 with
        Adam's two moving averages as well.
        """
        stored = math.prod(self.input_shape) + sum(
            row.activations for row in self.rows if row.stores_output
        )
        return bytes_per_number * (weight_copies * self.parameters + batch * stored)

    def _peak_live_activations(self) -> int:
        last_use: dict[int, int] = {}
        for step, row in enumerate(self.rows):
            for source in row.inputs:
                last_use[self._stored_at(source)] = step
        for index in self.outputs:
            last_use[self._stored_at(index)] = len(self.rows)
        peak = live = math.prod(self.input_shape)
        for step, row in enumerate(self.rows):
            if row.stores_output:
                live += row.activations
            peak = max(peak, live)
            for source, last in last_use.items():
                if last == step:
                    live -= self._activations_of(source)
        return peak

    def _stored_at(self, index: int) -> int:
        """The row whose array is meant: a flatten reads and hands on the array of its input."""
        while index != NETWORK_INPUT and not self.rows[index].stores_output:
            (index,) = self.rows[index].inputs
        return index

    def _activations_of(self, index: int) -> int:
        shape = self.input_shape if index == NETWORK_INPUT else self.rows[index].output_shape
        return math.prod(shape)

    def table(self) -> list[tuple[str, ...]]:
        """Header, one line a layer, and the total, as text."""
        header = ("layer", "kind", "output", "parameters", "multiplications", "output in MB")
        lines = [
            (
                row.name,
                row.kind,
                " × ".join(map(str, row.output_shape)),
                f"{row.parameters:,}",
                f"{row.multiplications:,}",
                f"{row.activations * FLOAT32_BYTES / 1e6:,.3f}" if row.stores_output else "–",
            )
            for row in self.rows
        ]
        total = ("total", "", "", f"{self.parameters:,}", f"{self.multiplications:,}", "")
        return [header, *lines, total]

    def __str__(self) -> str:
        table = self.table()
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        return "\n".join(
            "  ".join(
                cell.ljust(width) if i < 3 else cell.rjust(width)
                for i, (cell, width) in enumerate(zip(line, widths, strict=True))
            ).rstrip()
            for line in table
        )

    def _repr_html_(self) -> str:
        def line(cells: tuple[str, ...], tag: str) -> str:
            return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"

        header, *body, total = self.table()
        return (
            f'<table class="network-cost"><thead>{line(header, "th")}</thead>'
            f"<tbody>{''.join(line(cells, 'td') for cells in body)}</tbody>"
            f"<tfoot>{line(total, 'th')}</tfoot></table>"
        )


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
                multiplications=layer.multiplications(shape),
                inputs=(index - 1,) if index else (NETWORK_INPUT,),
                stores_output=not isinstance(layer, Flatten),
            )
        )
        shape = rows[-1].output_shape
    return NetworkCost(tuple(input_shape), tuple(rows), outputs=(len(rows) - 1,))


def of_model(model: "keras.Model") -> NetworkCost:
    """Costs of a built Keras model, sequential or functional, with one input.

    A layer that is called twice has two rows; its weights are counted in the first.

    Raises:
        ValueError: the model has no fixed input size, several inputs, a model with weights inside,
            or a layer whose multiplications this module cannot count.
    """
    graph = getattr(model, "_functional", None) or model  # a Sequential holds its graph
    if not hasattr(graph, "_nodes_by_depth") or len(graph.inputs) != 1:
        raise ValueError(
            "the model must be built, with one input: start it with keras.Input(shape)"
        )
    made_by = {id(graph.inputs[0]): NETWORK_INPUT}
    rows: list[LayerCost] = []
    seen: set[int] = set()
    for node in _calls_in_order(graph):
        layer, outputs = node.operation, node.output_tensors
        kind = type(layer).__name__
        if kind == "InputLayer":
            continue
        if len(outputs) != 1:
            raise ValueError(
                f"cannot describe {layer.name}, a {kind}: it has {len(outputs)} outputs"
            )
        output_shape = _without_batch(outputs[0].shape)
        rows.append(
            LayerCost(
                name=layer.name,
                kind=kind,
                output_shape=output_shape,
                parameters=0 if id(layer) in seen else _keras_parameters(layer),
                multiplications=_keras_multiplications(
                    layer, _without_batch(node.input_tensors[0].shape), output_shape
                ),
                inputs=tuple(made_by[id(source)] for source in node.input_tensors),
                stores_output=kind not in _PASSES_ON,
            )
        )
        made_by[id(outputs[0])] = len(rows) - 1
        seen.add(id(layer))
    return NetworkCost(
        _without_batch(graph.inputs[0].shape),
        tuple(rows),
        outputs=tuple(made_by[id(output)] for output in graph.outputs),
    )


def _calls_in_order(graph: "keras.Model") -> list[Any]:
    """Every call of a layer or operation inside a functional model, in the order Keras runs them.

    ``layer.input`` and ``layer.output`` would not do: they belong to a layer's first call, which
    may have been in another model.
    """
    rank = {id(operation): index for index, operation in enumerate(graph.operations)}
    return [
        node
        for _, nodes in sorted(graph._nodes_by_depth.items(), reverse=True)
        for node in sorted(nodes, key=lambda node: rank[id(node.operation)])
    ]


_PASSES_ON = {
    *("Flatten", "Reshape", "Identity"),
    *("Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D"),
}
_SLIDES_OVER_OUTPUT = {"Conv1D", "Conv2D", "Conv3D", "DepthwiseConv1D", "DepthwiseConv2D"}
_SLIDES_OVER_INPUT = {"Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"}
_HAS_WEIGHTS_BUT_NO_KERNEL = {
    *("BatchNormalization", "LayerNormalization", "GroupNormalization", "RMSNormalization"),
    *("Normalization", "PReLU", "Embedding"),
}
_MULTIPLIES_WITHOUT_WEIGHTS = {
    *("Conv", "DepthwiseConv", "SeparableConv", "ConvTranspose"),  # of keras.ops
    *("Matmul", "Dot", "Einsum", "Tensordot", "Inner", "Vdot"),
    *("DotProductAttention", "Attention"),
}


def _keras_parameters(layer: Any) -> int:
    """A layer's weights; an operation of ``keras.ops`` has none."""
    return layer.count_params() if hasattr(layer, "count_params") else 0


def _keras_multiplications(layer: Any, input_shape: Shape, output_shape: Shape) -> int:
    """Kernel weights times the positions at which each is used."""
    kind = type(layer).__name__
    if kind == "Dense" or kind in _SLIDES_OVER_OUTPUT:
        return math.prod(layer.kernel.shape) * math.prod(output_shape[:-1])
    if kind in _SLIDES_OVER_INPUT:
        return math.prod(layer.kernel.shape) * math.prod(input_shape[:-1])
    if kind in {"SeparableConv1D", "SeparableConv2D"}:
        kernels = math.prod(layer.depthwise_kernel.shape) + math.prod(layer.pointwise_kernel.shape)
        return kernels * math.prod(output_shape[:-1])
    uncountable = _keras_parameters(layer) and kind not in _HAS_WEIGHTS_BUT_NO_KERNEL
    if uncountable or kind in _MULTIPLIES_WITHOUT_WEIGHTS:
        raise ValueError(f"cannot count the multiplications of {layer.name}, a {kind}")
    return 0


def _without_batch(shape: Sequence[int | None]) -> Shape:
    sizes = tuple(shape)[1:]
    if None in sizes:
        raise ValueError(f"the model has no fixed input size: a layer has the shape {tuple(shape)}")
    return sizes


def _slide(
    sizes: Shape, kernel: Shape, strides: Shape, padding: Padding, dilation: Shape
) -> tuple[int, ...]:
    if not sizes:
        raise ValueError(
            "a window needs a spatial axis to slide along: after Flatten there is none"
        )
    axes = zip(sizes, kernel, strides, dilation, strict=True)
    return tuple(output_size(size, k, s, padding, d) for size, k, s, d in axes)
