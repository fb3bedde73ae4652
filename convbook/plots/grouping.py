"""A network's table in fewer rows: layers, blocks between two joints, stages of one size.

What only passes its input through (an activation, a normalisation, dropout, a flatten, added zeros)
belongs to the layer that it follows, so that no parameter is lost.
"""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, pairwise, takewhile
from typing import TYPE_CHECKING, Literal

from convbook.costs import NETWORK_INPUT, LayerCost, NetworkCost, Shape, of_model

if TYPE_CHECKING:
    import keras

Detail = Literal["layers", "blocks", "stages"]
"""A group for each layer, for each block between two joints, or for each spatial size."""

DETAILS: tuple[Detail, ...] = ("layers", "blocks", "stages")

INPUT = 0
"""The first group of every network: its input, and what merely prepares it."""

WORDS = {
    "Conv": "conv",
    "Depthwise": "depthwise",
    "Separable": "separable",
    "Dense": "dense",
    "Add": "add",
    "Concatenate": "concat",
    "Embedding": "embed",
    "UpSampling": "upsample",
}
JOINTS = ("add", "concat", "multiply")


@dataclass(frozen=True)
class Group:
    """Some layers in one: what goes out, and what they cost together for one example.

    Attributes:
        name: of the only layer, or what its layers' names have in common.
        words: kinds of layers and how many, such as ``"pool, 2 conv"``.
        output_shape: of the last layer, without the batch.
        nodes: numbers of the layers in it, among those that do not pass their input through.
    """

    name: str
    words: str
    output_shape: Shape
    nodes: tuple[int, ...]
    parameters: int
    multiplications: int
    activations: int


@dataclass(frozen=True)
class Groups:
    """The groups of a network, the input first, and the links between them."""

    groups: tuple[Group, ...]
    links: tuple[tuple[int, int], ...]
    """Pairs (from, to) of groups, sorted; every one that is there, and each once."""
    detail: Detail


def as_cost(network: "keras.Model | NetworkCost") -> NetworkCost:
    """The costs of a built Keras model; a :class:`NetworkCost` as it is."""
    return network if isinstance(network, NetworkCost) else of_model(network)


def grouped(cost: NetworkCost, detail: Detail | None = None, at_most: int = 16) -> Groups:
    """The groups of a network.

    Args:
        cost: its table.
        detail: the finest one with ``at_most`` groups where None, or stages where none has.
        at_most: groups to be chosen from.

    Raises:
        ValueError: an unknown detail.
    """
    if detail is not None and detail not in DETAILS:
        raise ValueError(f"the details are {', '.join(DETAILS)}; there is no {detail!r}")
    nodes = _Nodes(cost)
    tried: Sequence[Detail] = DETAILS if detail is None else (detail,)
    for choice in tried:
        parts = nodes.parts(choice)
        if len(parts) < at_most:
            break
    part_of = {node: place for place, part in enumerate(parts) for node in part}
    links = {(part_of[u], part_of[v]) for u, v in nodes.links if part_of[u] != part_of[v]}
    return Groups(tuple(nodes.group(part) for part in parts), tuple(sorted(links)), choice)


class _Nodes:
    """A network as a graph of the layers that do something; node 0 is the input."""

    def __init__(self, cost: NetworkCost):
        self.cost = cost
        self.rows: list[list[int]] = [[]]  # of each node: its layer, then what belongs to it
        self.links: set[tuple[int, int]] = set()
        self._node_of = {NETWORK_INPUT: INPUT}
        for number, row in enumerate(cost.rows):
            sources = {self._node_of[source] for source in row.inputs}
            if self._passes_on(number):
                self._node_of[number] = min(sources)
            else:
                self._node_of[number] = len(self.rows)
                self.rows.append([])
                self.links |= {(source, len(self.rows) - 1) for source in sources}
            self.rows[self._node_of[number]].append(number)

    def _passes_on(self, number: int) -> bool:
        row = self.cost.rows[number]
        if row.multiplications or len(set(row.inputs)) > 1 or "Pool" in row.kind:
            return False
        source = row.inputs[0]
        came = (
            self.cost.input_shape
            if source == NETWORK_INPUT
            else self.cost.rows[source].output_shape
        )
        keeps_shape = row.output_shape == came or row.kind.startswith("ZeroPadding")
        return keeps_shape or not row.stores_output

    def parts(self, detail: Detail) -> list[tuple[int, ...]]:
        """Nodes that are drawn as one, in order."""
        if detail == "layers":
            return [(node,) for node in range(len(self.rows))]
        blocks = [part for block in self._blocks for part in self._taken_apart(block)]
        if detail == "blocks":
            return blocks
        return _runs(blocks, lambda block: self._positions(block[-1]), self._is_small)

    @cached_property
    def _blocks(self) -> list[tuple[int, ...]]:
        """Nodes from behind one joint to the next: no link passes a joint by."""
        furthest = list(range(len(self.rows)))
        for u, v in self.links:
            furthest[u] = max(furthest[u], v)
        reach, joints = 0, []
        for node in range(len(self.rows)):
            if reach <= node:
                joints.append(node)
            reach = max(reach, furthest[node])
        return [(INPUT,), *(tuple(range(a + 1, b + 1)) for a, b in pairwise(joints))]

    def _taken_apart(self, block: tuple[int, ...]) -> list[tuple[int, ...]]:
        """A block that passes through sizes other than those of its ends, such as a U-Net."""
        ends = {self._positions(max(block[0] - 1, 0)), self._positions(block[-1])}
        sizes = [self._positions(node) for node in block]
        if all(size in ends or self._is_small(size) for size in sizes):
            return [block]
        held = list(sizes)
        for place in range(len(block) - 2, -1, -1):  # squeezed for a moment, as in a SE block
            if self._is_small(held[place]):
                held[place] = held[place + 1]
        size_of = dict(zip(block, held, strict=True))
        return _runs([(node,) for node in block], lambda part: size_of[part[-1]], lambda _: False)

    def group(self, nodes: tuple[int, ...]) -> Group:
        rows = [self.cost.rows[number] for node in nodes for number in self.rows[node]]
        is_input = nodes == (INPUT,)
        return Group(
            name="input" if is_input else self._name(nodes),
            words="input" if is_input else self._words(nodes),
            output_shape=self.cost.input_shape if is_input else self._layer(nodes[-1]).output_shape,
            nodes=nodes,
            parameters=sum(row.parameters for row in rows),
            multiplications=sum(row.multiplications for row in rows),
            activations=sum(row.activations for row in rows if row.stores_output),
        )

    def _name(self, nodes: tuple[int, ...]) -> str:
        """What the names of the layers, and of no others, begin with; or the first and the last."""
        inside = [self._layer(node).name for node in nodes]
        if len(nodes) == 1:
            return inside[0]
        others = [self._layer(node).name for node in range(1, len(self.rows)) if node not in nodes]
        words = zip(*(name.split("_") for name in inside), strict=False)
        shared = takewhile(lambda same: len(set(same)) == 1, words)
        begin = "_".join(same[0] for same in shared)
        if begin and not any(f"{name}_".startswith(f"{begin}_") for name in others):
            return begin
        return f"{inside[0]} … {inside[-1]}"

    def _layer(self, node: int) -> LayerCost:
        return self.cost.rows[self.rows[node][0]]

    def _positions(self, node: int) -> Shape:
        return self.cost.positions_of(NETWORK_INPUT if node == INPUT else self.rows[node][0])

    def _is_small(self, size: Shape) -> bool:
        return math.prod(size) <= 1

    def _words(self, nodes: tuple[int, ...]) -> str:
        words = Counter(_word(self._layer(node).kind) for node in nodes)
        telling = {word: n for word, n in words.items() if word not in JOINTS} or words
        return ", ".join(word if n == 1 else f"{n} {word}" for word, n in telling.items())


def _runs(
    parts: list[tuple[int, ...]],
    size_of: Callable[[tuple[int, ...]], Shape],
    stays_alone: Callable[[Shape], bool],
) -> list[tuple[int, ...]]:
    """Neighbours of one size together; the input, and sizes that stay alone, by themselves."""
    keys = [
        (place, ()) if part == (INPUT,) or stays_alone(size_of(part)) else (-1, size_of(part))
        for place, part in enumerate(parts)
    ]
    runs = groupby(zip(keys, parts, strict=True), key=lambda pair: pair[0])
    return [tuple(node for _, part in run for node in part) for _, run in runs]


def _word(kind: str) -> str:
    """How a diagram calls a kind of layer."""
    if "Pool" in kind:
        return "pool"
    if kind.startswith("Conv") and kind.endswith("Transpose"):
        return "transposed"
    known = (word for start, word in WORDS.items() if kind.startswith(start))
    return next(known, kind.lower())
