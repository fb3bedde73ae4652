"""The costs of a Keras model, read off the graph of its layers."""

import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from convbook.costs.keras_layers import (
    conv_biases,
    is_stored,
    multiplications,
    reads,
    statistics,
)
from convbook.costs.network import LayerCost, NetworkCost, Shape
from convbook.costs.reads import NETWORK_INPUT

if TYPE_CHECKING:
    import keras


def of_model(model: "keras.Model", input_shape: Shape | None = None) -> NetworkCost:
    """Costs of a built Keras model, sequential or functional, with one input.

    A layer that is called twice has two rows; its weights are counted in the first. The layers of a
    model inside the model have rows of their own, named after both.

    Args:
        input_shape: one example without the batch; only needed where the model leaves sizes open.

    Raises:
        ValueError: the model has no fixed input size, several inputs, or a layer whose
            multiplications this module cannot count.
    """
    graph = _graph_of(model)
    if graph is None or len(graph.inputs) != 1:
        raise ValueError(
            "the model must be built, with one input: start it with keras.Input(shape)"
        )
    recorded = graph.inputs[0]
    if input_shape is not None:
        recorded = _with_shape(recorded, (recorded.shape[0], *input_shape))
    walk = _Walk(rows=[], seen=set())
    outputs = walk.calls_of(graph, [_Array(recorded, NETWORK_INPUT)], prefix="")
    return NetworkCost(
        _without_batch(recorded.shape), tuple(walk.rows), tuple(array.row for array in outputs)
    )


def outline(build: Callable[[], "keras.Model"]) -> "keras.Model":
    """A model whose weights have shapes but no values: to count and to draw, not to run.

    VGG-16 is there in milliseconds and takes almost no memory, instead of 550 MB.

    Args:
        build: makes the model.
    """
    import keras

    def build_without_values() -> "keras.Model":
        with keras.StatelessScope(initialize_variables=False):
            return build()

    # Keras keeps a list of such weights in each thread, and would fill them in later.
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(build_without_values).result()


@dataclass(frozen=True)
class _Array:
    """A symbolic tensor and the row that computes it."""

    tensor: "keras.KerasTensor"
    row: int


@dataclass(frozen=True)
class _Walk:
    """The rows so far, and the layers whose weights they have counted."""

    rows: list[LayerCost]
    seen: set[int]

    def calls_of(self, graph: Any, inputs: list[_Array], prefix: str) -> list[_Array]:
        """Adds a row for each call inside ``graph``; gives its outputs."""
        arrays = {id(tensor): array for tensor, array in zip(graph.inputs, inputs, strict=True)}
        for node in _calls_in_order(graph):
            if node.is_input:
                continue
            sources = [arrays[id(tensor)] for tensor in node.input_tensors]
            inner = _graph_of(node.operation)
            if inner is None:
                outputs = [self.call(node, sources, prefix)]
            else:
                outputs = self.calls_of(inner, sources, f"{prefix}{node.operation.name}/")
            arrays |= {
                id(tensor): output
                for tensor, output in zip(node.output_tensors, outputs, strict=True)
            }
        return [arrays[id(tensor)] for tensor in graph.outputs]

    def call(self, node: Any, sources: list[_Array], prefix: str) -> _Array:
        """Adds the row of one call of a layer or of an operation of ``keras.ops``."""
        layer, name = node.operation, prefix + node.operation.name
        if len(node.output_tensors) != 1:
            raise ValueError(
                f"cannot describe {name}, a {type(layer).__name__}: "
                f"it has {len(node.output_tensors)} outputs"
            )
        output = _output(node, [source.tensor for source in sources])
        input_shape = _without_batch(sources[0].tensor.shape)
        output_shape = _without_batch(output.shape)
        counted = id(layer) in self.seen or not hasattr(layer, "count_params")
        total = 0 if counted else layer.count_params()
        trainable = 0 if counted else sum(math.prod(w.shape) for w in layer.trainable_weights)
        self.rows.append(
            LayerCost(
                name=name,
                kind=type(layer).__name__,
                output_shape=output_shape,
                parameters=total,
                multiplications=multiplications(layer, input_shape, output_shape),
                inputs=tuple(source.row for source in sources),
                stores_output=is_stored(layer),
                reads=reads(layer, input_shape, output_shape),
                conv_biases=0 if counted else conv_biases(layer),
                statistics=0 if counted else statistics(layer),
                frozen=total - trainable,
            )
        )
        self.seen.add(id(layer))
        return _Array(output, len(self.rows) - 1)


def _graph_of(operation: Any) -> Any | None:
    """The functional graph of a model, or None for a plain layer or a model that has none."""
    graph = getattr(operation, "_functional", None) or operation  # a Sequential holds its graph
    return graph if hasattr(graph, "_nodes_by_depth") else None


def _calls_in_order(graph: Any) -> list[Any]:
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


def _output(node: Any, inputs: list["keras.KerasTensor"]) -> "keras.KerasTensor":
    """What the call makes of these inputs: its shape on record, or computed where they differ."""
    recorded = node.input_tensors
    if all(now.shape == then.shape for now, then in zip(inputs, recorded, strict=True)):
        return node.output_tensors[0]
    replaced = {id(then): now for then, now in zip(recorded, inputs, strict=True)}
    arguments, keywords = node.arguments.fill_in(replaced)
    return node.operation.compute_output_spec(*arguments, **keywords)


def _with_shape(tensor: "keras.KerasTensor", shape: tuple[int | None, ...]) -> "keras.KerasTensor":
    import keras

    if len(shape) != len(tensor.shape):
        raise ValueError(f"the model takes {tuple(tensor.shape[1:])}, not {shape[1:]}")
    for given, fixed in zip(shape, tensor.shape, strict=True):
        if fixed is not None and given != fixed:
            raise ValueError(f"the model takes {tuple(tensor.shape[1:])}, not {shape[1:]}")
    return keras.KerasTensor(shape, dtype=tensor.dtype)


def _without_batch(shape: Sequence[int | None]) -> Shape:
    sizes = tuple(shape)[1:]
    if None in sizes:
        raise ValueError(
            f"the model has no fixed input size: a layer has the shape {tuple(shape)}; "
            "give input_shape"
        )
    return sizes
