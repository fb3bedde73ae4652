"""Which positions of its input a layer reads, along one spatial axis.

Positions outside the input are padding; whoever asks decides whether they count.
"""

from dataclasses import dataclass

from convbook.sizes import Padding, effective_kernel, padding_amounts

NETWORK_INPUT = -1
"""Stands for the network's input where the rows of its table are numbered from 0."""

Interval = tuple[int, int]
"""The first and the last position of a run of neighbours."""


@dataclass(frozen=True)
class Window:
    """Convolution and pooling: output ``i`` reads ``span`` inputs from ``i * stride - before``."""

    span: int = 1
    stride: int = 1
    before: int = 0

    def positions(self, outputs: Interval) -> Interval:
        first, last = outputs
        start = -self.before
        return start + first * self.stride, start + last * self.stride + self.span - 1


@dataclass(frozen=True)
class SpreadWindow:
    """Transposed convolution: input ``i`` writes ``span`` outputs from ``i * stride - before``."""

    span: int
    stride: int
    before: int = 0

    def positions(self, outputs: Interval) -> Interval:
        first, last = outputs
        writes_first = -((self.span - 1 - self.before - first) // self.stride)
        return writes_first, (last + self.before) // self.stride


Reads = tuple[Window | SpreadWindow, ...] | None
"""One entry for each spatial axis; None for a layer that reads its whole input."""


def window(size: int, kernel: int, stride: int, padding: Padding, dilation: int = 1) -> Window:
    """What a sliding window reads along an axis of ``size``; arguments as for a convolution."""
    before, _ = padding_amounts(size, kernel, stride, padding, dilation)
    return Window(effective_kernel(kernel, dilation), stride, before)


def point_by_point(axes: int) -> Reads:
    """Each output reads the input at its own place: activations, normalisation, sums of maps."""
    return (Window(),) * axes
