"""Charts of what networks cost: layer by layer, and against what they achieve."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, LogLocator

from convbook.costs import FLOAT32_BYTES, NetworkCost
from convbook.plots.grouping import INPUT, Detail, Group, as_cost, grouped
from convbook.plots.labels import place_labels
from convbook.plots.style import BLUE, COLOURS, FULL_WIDTH, GREEN, INK, ORANGE, SMALL
from convbook.plots.words import counted, enumerated, number, say_what, shortened

if TYPE_CHECKING:
    import keras

UNITS = {1e9: "billion", 1e6: "million", 1e3: "thousand"}
KINDS = {"convolutions": BLUE, "dense layers": ORANGE, "others": GREEN}
DECADE = 10


def show_layer_costs(
    network: "keras.Model | NetworkCost", title: str = "", detail: Detail | None = None
) -> Figure:
    """Parameters, multiplications and memory for the outputs, layer by layer, for one example.

    Args:
        network: a built Keras model or a table of costs.
        title: of the figure.
        detail: what is one bar; the finest with at most 32 bars where None, or stages.

    Raises:
        ValueError: an unknown detail.
    """
    cost = as_cost(network)
    parts = grouped(cost, detail, at_most=33)
    bars = [group for place, group in enumerate(parts.groups) if place != INPUT or group.parameters]
    panels = {
        "parameters": [group.parameters for group in bars],
        "multiplications": [group.multiplications for group in bars],
        "output in MB": [group.activations * FLOAT32_BYTES / 1e6 for group in bars],
    }
    figure, axes = plt.subplots(3, 1, figsize=(FULL_WIDTH, 5.8), sharex=True)
    colours = [KINDS[_kind(group)] for group in bars]
    for axis, (what, values) in zip(axes, panels.items(), strict=True):
        scale, unit = (1.0, "") if "MB" in what else _unit(max(values))
        axis.bar(range(len(bars)), np.array(values) / scale, color=colours)
        axis.set_ylabel(f"{what}{unit}".replace(", ", ",\n"))
        largest = int(np.argmax(values))
        if values[largest]:
            height = values[largest] / scale
            axis.text(largest, height, number(height), ha="center", va="bottom")
        axis.margins(x=0.02, y=0.2)
        say_what(axis, _largest_sentence(what, values, bars))
    names = [shortened(group.name) for group in bars]
    axes[-1].set_xticks(
        range(len(bars)), names, rotation=60, ha="right", rotation_mode="anchor", fontsize=SMALL
    )
    present = {kind: colour for kind, colour in KINDS.items() if colour in colours}
    patches = [Patch(color=colour, label=kind) for kind, colour in present.items()]
    figure.legend(handles=patches, loc="outside lower center", ncols=len(patches))
    if title:
        axes[0].set_title(title)
    figure.align_ylabels(axes)
    return figure


def compare_networks(
    costs: Mapping[str, float],
    scores: Mapping[str, float | Sequence[float]],
    cost_label: str,
    score_label: str,
    axis: Axes | None = None,
) -> Figure:
    """What each network achieves against what it costs, with its name beside it.

    Several scores of a network, from several seeds, are drawn as their median with a bar from the
    lowest to the highest. The cost is on a logarithmic axis where it spans a factor of ten.

    Args:
        costs: parameters, multiplications, bytes or seconds, by network.
        scores: accuracies, by the same networks; one number each or one for each seed.
        cost_label, score_label: of the axes, with units.
        axis: where to draw; a new figure where None.

    Raises:
        ValueError: no networks, a network without a cost or a score, numbers that are not finite,
            or a negative cost.
    """
    _require_same_networks(costs, scores)
    runs = {name: np.atleast_1d(np.asarray(scores[name], float)) for name in costs}
    for name, cost in costs.items():
        if (
            not np.isfinite(cost)
            or cost < 0
            or not runs[name].size
            or not np.isfinite(runs[name]).all()
        ):
            raise ValueError(
                f"{name} needs a finite cost from 0 and finite scores, got {cost} and {scores[name]}"
            )
    x = np.array(list(costs.values()), float)
    middle, low, high = (
        np.array([statistic(values) for values in runs.values()])
        for statistic in (np.median, np.min, np.max)
    )
    axis = plt.subplots(figsize=(FULL_WIDTH, 4.4))[1] if axis is None else axis
    colours = [COLOURS[place % len(COLOURS)] for place in range(len(x))]
    axis.vlines(x, low, high, colors=colours, linewidth=1.6, alpha=0.7)
    axis.scatter(x, middle, 36, color=colours, edgecolor=INK, linewidth=0.6, zorder=3)
    if x.min() > 0 and x.max() / x.min() >= DECADE:
        axis.set_xscale("log")
        axis.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    scale, unit = _unit(x.max())
    axis.xaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value / scale)))
    axis.margins(x=0.12, y=0.18)
    axis.set(xlabel=cost_label + unit, ylabel=score_label)
    axis.xaxis.set_minor_formatter("")
    axis.grid()
    axis.set_axisbelow(True)
    place_labels(axis, x, middle, np.column_stack([low, high]), list(costs))
    told = [
        f"{name} {number(score)}{_range(values)} at {_rounded(cost)}"
        for (name, cost), score, values in zip(costs.items(), middle, runs.values(), strict=True)
    ]
    return say_what(axis, f"{score_label} against {cost_label}: {enumerated(told, at_most=30)}.")


def _kind(group: Group) -> str:
    """Where most multiplications of a group come from decides its colour."""
    if any(word in group.words for word in ("conv", "depthwise", "separable", "transposed")):
        return "convolutions"
    return "dense layers" if "dense" in group.words else "others"


def _unit(largest: float) -> tuple[float, str]:
    """What to divide by, and how to call it."""
    return next(((size, f", {name}") for size, name in UNITS.items() if largest >= size), (1.0, ""))


def _rounded(value: float) -> str:
    """``"25.6 million"``: three digits and the word for the rest."""
    scale, unit = _unit(value)
    return f"{number(value / scale)}{unit.replace(',', '')}"


def _largest_sentence(what: str, values: Sequence[float], bars: Sequence[Group]) -> str:
    total = sum(values)
    if not total:
        return f"No {what}."
    largest = int(np.argmax(values))
    size = f"{total:,.3g}" if "MB" in what else f"{total:,}"
    return (
        f"{what.capitalize().replace('mb', 'MB')}: {size} in {counted(len(bars), 'bar')}, the most in"
        f" {bars[largest].name} ({values[largest] / total:.0%})."
    )


def _range(values: np.ndarray) -> str:
    return f" (range {number(values.min())} to {number(values.max())})" if len(values) > 1 else ""


def _require_same_networks(costs: Mapping, scores: Mapping) -> None:
    if not costs:
        raise ValueError("there must be at least one network to draw")
    if set(costs) != set(scores):
        lone = ", ".join(sorted(set(costs) ^ set(scores)))
        raise ValueError(f"each network needs a cost and a score; one is missing for {lone}")
