"""The costs of a network as a table with totals."""

import math
from dataclasses import dataclass
from html import escape

from convbook.costs.reads import NETWORK_INPUT, Reads
from convbook.costs.receptive_field import field_sizes

Shape = tuple[int, ...]
"""Sizes of one example, without the batch: ``(*spatial, channels)`` or ``(features,)``."""

FLOAT32_BYTES = 4


@dataclass(frozen=True)
class LayerCost:
    """One row of the table: what one call of a layer costs.

    Attributes:
        output_shape: of one example, without the batch.
        parameters: all weights; 0 where an earlier row has counted them.
        inputs: numbers of the rows it takes its inputs from, or :data:`NETWORK_INPUT`.
        stores_output: whether its output is an array of its own.
        reads: which positions of its input it reads, see :mod:`convbook.costs.reads`.
        conv_biases: parameters among them that are biases of a convolution.
        statistics: parameters among them that batch normalisation keeps as moving averages.
        frozen: parameters among them that training does not change; contains ``statistics``.
    """

    name: str
    kind: str
    output_shape: Shape
    parameters: int
    multiplications: int
    inputs: tuple[int, ...]
    stores_output: bool
    reads: Reads
    conv_biases: int = 0
    statistics: int = 0
    frozen: int = 0

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
    def trainable_parameters(self) -> int:
        """Weights that training changes: without batch-norm statistics and frozen layers."""
        return self.parameters - sum(row.frozen for row in self.rows)

    def parameters_without(self, *, conv_biases: bool = False, statistics: bool = False) -> int:
        """Parameters as those count them who leave out what is named here.

        ResNet-50 in Keras has 25,636,712 parameters with everything and 25,557,032 without both,
        which is the count of the original, whose convolutions have no biases.
        """
        left_out = sum(
            conv_biases * row.conv_biases + statistics * row.statistics for row in self.rows
        )
        return self.parameters - left_out

    @property
    def activations(self) -> int:
        """Numbers in all arrays that the layers make of one example."""
        return sum(row.activations for row in self.rows if row.stores_output)

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
        stored = math.prod(self.input_shape) + self.activations
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

    def positions_of(self, index: int) -> Shape:
        """Sizes of the spatial axes of a row's output, or of the network's input."""
        if index != NETWORK_INPUT:
            return self.rows[index].output_shape[:-1]
        first_axes = [row for row in self.rows if NETWORK_INPUT in row.inputs]
        makes_channels = any(row.kind == "Embedding" for row in first_axes)
        return self.input_shape if makes_channels else self.input_shape[:-1]

    def _stored_at(self, index: int) -> int:
        """The row whose array is meant: a flatten reads and hands on the array of its input."""
        while index != NETWORK_INPUT and not self.rows[index].stores_output:
            (index,) = self.rows[index].inputs
        return index

    def _activations_of(self, index: int) -> int:
        shape = self.input_shape if index == NETWORK_INPUT else self.rows[index].output_shape
        return math.prod(shape)

    def table(self) -> list[tuple[str, ...]]:
        """Header, one line a layer, and the total, as text.

        "sees" is the size of the layer's receptive field in the network's input.
        """
        header = (
            "layer",
            "kind",
            "output",
            "sees",
            "parameters",
            "multiplications",
            "output in MB",
        )
        lines = [
            (
                row.name,
                row.kind,
                _times(row.output_shape),
                _times(field_sizes(self, number) or ()) or "all",
                f"{row.parameters:,}",
                f"{row.multiplications:,}",
                f"{row.activations * FLOAT32_BYTES / 1e6:,.3f}" if row.stores_output else "–",
            )
            for number, row in enumerate(self.rows)
        ]
        total = ("total", "", "", "", f"{self.parameters:,}", f"{self.multiplications:,}", "")
        return [header, *lines, total]

    def convention(self) -> str:
        """What the total of parameters contains that others may leave out; empty if nothing."""
        contained = {
            "not trainable": sum(row.frozen for row in self.rows),
            "batch-norm statistics": sum(row.statistics for row in self.rows),
            "biases of convolutions": sum(row.conv_biases for row in self.rows),
        }
        parts = [f"{count:,} {what}" for what, count in contained.items() if count]
        return f"parameters include {', '.join(parts)}" if parts else ""

    def __str__(self) -> str:
        table = self.table()
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        lines = [
            "  ".join(
                cell.ljust(width) if i < 4 else cell.rjust(width)
                for i, (cell, width) in enumerate(zip(line, widths, strict=True))
            ).rstrip()
            for line in table
        ]
        return "\n".join([*lines, *filter(None, [self.convention()])])

    def _repr_html_(self) -> str:
        def line(cells: tuple[str, ...], tag: str) -> str:
            return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"

        header, *body, total = self.table()
        convention = self.convention()
        caption = f"<caption>{convention}</caption>" if convention else ""
        return (
            f'<table class="network-cost">{caption}<thead>{line(header, "th")}</thead>'
            f"<tbody>{''.join(line(cells, 'td') for cells in body)}</tbody>"
            f"<tfoot>{line(total, 'th')}</tfoot></table>"
        )


def _times(sizes: Shape) -> str:
    return " × ".join(map(str, sizes))
