"""The receptive field: which part of its input an output of a network depends on."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from convbook.costs.reads import NETWORK_INPUT, Interval

if TYPE_CHECKING:
    from convbook.costs.network import NetworkCost


def receptive_field(
    network: "NetworkCost",
    row: int = -1,
    position: Sequence[int] | None = None,
    *,
    clip: bool = False,
) -> tuple[Interval, ...] | None:
    """The part of the network's input that one position of a layer's output depends on.

    Walks from the layer back to the input, and asks each layer on the way which of its inputs it
    reads; where paths meet again, the smallest interval that holds both counts. Araujo, Norris and
    Sim (2019) give closed forms for the same.

    Args:
        row: number of the layer in ``network.rows``; the last one by default.
        position: one number for each spatial axis of that layer's output; the middle by default.
        clip: leave out padding, so that what remains is what can change the output. (Where windows
            with gaps, dilated ones for instance, hang over the border, it may begin in a gap.)
            Without it the size is the same at each position, unless a layer enlarges its input.

    Returns:
        First and last position along each spatial axis of the input; None if the output depends on
        padding alone. A layer that reads all of its input, such as flatten or global pooling, sees
        all of the image.

    Raises:
        IndexError: no such row.
        ValueError: a position outside the layer's output.
    """
    row = range(len(network.rows))[row]
    needed = {row: _chosen(network.positions_of(row), position)}
    for number in range(row, NETWORK_INPUT, -1):
        if number not in needed:
            continue
        for source in network.rows[number].inputs:
            read = _read(network, number, source, needed[number])
            if clip:
                sizes = network.positions_of(source)
                read = tuple(_inside(part, size) for part, size in zip(read, sizes, strict=True))
            if all(first <= last for first, last in read):
                needed[source] = _hull(needed.get(source, read), read)
    return needed.get(NETWORK_INPUT)


def field_sizes(network: "NetworkCost", row: int) -> tuple[int, ...] | None:
    """Sizes of a layer's receptive field, or None where it is the whole input by construction."""
    if not network.positions_of(row):
        return None
    field = receptive_field(network, row)
    return None if field is None else tuple(last - first + 1 for first, last in field)


def _chosen(sizes: Sequence[int], position: Sequence[int] | None) -> tuple[Interval, ...]:
    if position is None:
        position = [size // 2 for size in sizes]
    if len(position) != len(sizes) or not all(
        0 <= p < size for p, size in zip(position, sizes, strict=True)
    ):
        raise ValueError(f"the layer's output has positions {tuple(sizes)}, there is no {position}")
    return tuple((p, p) for p in position)


def _read(
    network: "NetworkCost", row: int, source: int, outputs: tuple[Interval, ...]
) -> tuple[Interval, ...]:
    """What the layer ``row`` reads of the array ``source`` for some of its outputs."""
    reads, sizes = network.rows[row].reads, network.positions_of(source)
    everything = tuple((0, size - 1) for size in sizes)
    if reads is None or len(reads) != len(sizes):
        return everything
    axes = zip(reads, outputs, sizes, network.positions_of(row), everything, strict=True)
    return tuple(
        every if size == 1 and size != size_out else read.positions(part)  # 1 is broadcast
        for read, part, size, size_out, every in axes
    )


def _hull(parts: tuple[Interval, ...], others: tuple[Interval, ...]) -> tuple[Interval, ...]:
    return tuple((min(a, c), max(b, d)) for (a, b), (c, d) in zip(parts, others, strict=True))


def _inside(part: Interval, size: int) -> Interval:
    return max(part[0], 0), min(part[1], size - 1)
