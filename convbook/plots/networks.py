"""Diagrams of networks: every array as large as it is, to one scale."""

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from convbook.costs import NetworkCost
from convbook.plots.grouping import INPUT, Detail, Group, Groups, as_cost, grouped
from convbook.plots.layout import LANE, MARGIN, STUB, Box, Scale, take_lane, wrapped
from convbook.plots.style import BLUE, FULL_WIDTH, GREEN, GREY, INK, ORANGE, SMALL, tint
from convbook.plots.words import enumerated, say_what

if TYPE_CHECKING:
    import keras

TITLE = 0.28
"""Inches for the title of a network."""

ENLARGED = (1.6, 1.4, 1.2, 1.0)
"""Scales to choose from."""


def show_network(
    network: "keras.Model | NetworkCost", title: str = "", detail: Detail | None = None
) -> Figure:
    """One network as :func:`show_networks` draws it."""
    return show_networks({title: network}, detail)


def show_networks(
    networks: Mapping[str, "keras.Model | NetworkCost"], detail: Detail | None = None
) -> Figure:
    """Networks drawn to one scale, with sizes, kinds and parameters under each array.

    Height and depth of a box are the size of its maps, its width is their number; an array without
    positions is a bar as high as it has values. What is too thin to be seen is a hairline. An arrow
    leads from each box to each one that reads it; a letter joins arrows across two rows. Orange
    holds most of the parameters, green are poolings, grey is the input.

    Args:
        networks: built Keras models or tables of costs, by title.
        detail: what is one box; the finest with at most 16 boxes where None, or stages.

    Raises:
        ValueError: no networks, or an unknown detail.
    """
    if not networks:
        raise ValueError("there must be at least one network to draw")
    costs = {title: as_cost(network) for title, network in networks.items()}
    groups = {title: grouped(cost, detail) for title, cost in costs.items()}
    diagrams = _as_large_as_fits(groups)
    height = 2 * MARGIN + sum(diagram.height + TITLE for diagram in diagrams.values())
    figure = plt.figure(figsize=(FULL_WIDTH, height), layout="none")
    axis = figure.add_axes((0, 0, 1, 1))
    axis.set(xlim=(0, FULL_WIDTH), ylim=(0, height))
    axis.axis("off")
    top = height - MARGIN
    for title, diagram in diagrams.items():
        heading = ": ".join(filter(None, [title, f"{costs[title].parameters:,} parameters"]))
        axis.text(MARGIN, top, heading, va="top", fontsize=10)
        diagram.draw(axis, top - TITLE)
        top -= diagram.height + TITLE
        say_what(axis, _sentence(heading, diagram.parts))
    return figure


def _as_large_as_fits(groups: dict[str, Groups]) -> dict[str, "_Diagram"]:
    """Diagrams on the largest scale that does not take more rows than a smaller one."""
    shapes = [group.output_shape for parts in groups.values() for group in parts.groups]
    scales = [Scale(shapes, enlarged) for enlarged in ENLARGED]
    sizes = [{title: _Diagram(parts, scale) for title, parts in groups.items()} for scale in scales]
    rows = [sum(len(diagram.rows) for diagram in diagrams.values()) for diagrams in sizes]
    return sizes[rows.index(min(rows))]


class _Diagram:
    """One network, wrapped into rows."""

    def __init__(self, parts: Groups, scale: Scale):
        self.parts = parts
        boxes = [
            Box(
                group,
                scale.front(group.output_shape),
                scale.slant(group.output_shape),
                _label(group),
            )
            for group in parts.groups
        ]
        self.rows = wrapped(boxes)
        self.row_of = {row.first + n: row for row in self.rows for n in range(len(row.boxes))}
        self.across = []
        for source, target in parts.links:
            row = self.row_of[source]
            if row is self.row_of[target]:
                if target > source + 1:
                    take_lane(row.lanes, (source, target))
            elif target > source + 1:
                self.across.append((source, target))
                row.letters = self.row_of[target].letters = True

    @property
    def height(self) -> float:
        return sum(row.height for row in self.rows)

    def draw(self, axis: Axes, top: float) -> None:
        most = max(group.parameters for group in self.parts.groups)
        tops, middles = {}, {}
        for row in self.rows:
            middle = top - row.sky - row.above
            for number, box in enumerate(row.boxes, row.first):
                _draw_box(axis, box, middle, _colour(box.group, number, most))
                note = middle - row.below - 0.08
                axis.text(
                    box.centre,
                    note,
                    box.label,
                    ha="center",
                    va="top",
                    fontsize=SMALL,
                    linespacing=1.25,
                )
                tops[number] = middle + box.size[1] / 2 + box.slant[1]
                middles[number] = middle
            for height, lane in enumerate(row.lanes, 1):
                for source, target in lane:
                    level = middle + row.above + LANE * height
                    self._draw_over(axis, tops, source, target, level)
            top -= row.height
        for source, target in self.parts.links:
            if target == source + 1:
                self._draw_next(axis, middles, source)
        self._draw_letters(axis, tops, middles)

    def _box(self, number: int) -> Box:
        row = self.row_of[number]
        return row.boxes[number - row.first]

    def _draw_next(self, axis: Axes, middles: dict[int, float], source: int) -> None:
        """An arrow to the next box, or out of one row and into the next."""
        end, start = self._box(source).end, self._box(source + 1).start
        if self.row_of[source] is self.row_of[source + 1]:
            _arrow(axis, (end + 0.02, middles[source]), (start - 0.02, middles[source]))
        else:
            _arrow(axis, (end + 0.02, middles[source]), (end + STUB, middles[source]))
            _arrow(axis, (start - STUB, middles[source + 1]), (start - 0.02, middles[source + 1]))

    def _draw_over(
        self, axis: Axes, tops: dict[int, float], source: int, target: int, level: float
    ) -> None:
        """A link past other boxes: up, across and down."""
        start, end = self._box(source).centre + 0.04, self._box(target).centre - 0.04
        axis.plot(
            [start, start, end, end],
            [tops[source], level, level, level - 0.04],
            color=INK,
            linewidth=0.8,
        )
        _arrow(axis, (end, level), (end, tops[target]))

    def _draw_letters(self, axis: Axes, tops: dict[int, float], middles: dict[int, float]) -> None:
        """Links into other rows: the same letter where one starts and where it ends."""
        leaving, entering = defaultdict(list), defaultdict(list)
        for place, (source, target) in enumerate(self.across):
            leaving[source].append(_letter(place))
            entering[target].append(_letter(place))
        for ends, side in ((leaving, 0.04), (entering, -0.04)):
            for number, letters in ends.items():
                x, row = self._box(number).centre + side, self.row_of[number]
                level = middles[number] + row.above + LANE * (len(row.lanes) + 1)
                ups_and_downs = [(x, tops[number]), (x, level)]
                _arrow(axis, *(ups_and_downs if side > 0 else ups_and_downs[::-1]))
                align = "left" if side > 0 else "right"
                axis.text(x - side, level, " ".join(letters), ha=align, va="bottom", fontsize=SMALL)


def _draw_box(axis: Axes, box: Box, middle: float, colour: str) -> None:
    width, height = box.size
    front = np.array([(0, 0), (width, 0), (width, height), (0, height)])
    front += (box.start, middle - height / 2)
    _, low_right, high_right, high_left = front
    faces = {
        0.55: front,
        0.3: [high_left, high_right, high_right + box.slant, high_left + box.slant],
        0.8: [low_right, high_right, high_right + box.slant, low_right + box.slant],
    }
    for strength, corners in faces.items():
        style = {"facecolor": tint(colour, strength), "edgecolor": INK, "linewidth": 0.7}
        axis.fill(*np.array(corners).T, **style)


def _arrow(axis: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    style = {"arrowstyle": "-|>,head_width=0.15,head_length=0.25", "color": INK, "linewidth": 0.8}
    axis.annotate("", end, start, arrowprops={**style, "shrinkA": 0, "shrinkB": 0})


def _colour(group: Group, number: int, most: int) -> str:
    if number == INPUT:
        return GREY
    if most and group.parameters == most:
        return ORANGE
    return GREEN if group.words == "pool" else BLUE


def _label(group: Group) -> str:
    size = "×".join(map(str, group.output_shape))
    words = group.words.replace(", ", ",\n")
    return "\n".join([size, words, *([f"{group.parameters:,}"] if group.parameters else [])])


def _letter(number: int) -> str:
    """a, b, … z, a2, b2, …"""
    rounds, place = divmod(number, 26)
    return chr(ord("a") + place) + (str(rounds + 1) if rounds else "")


def _sentence(heading: str, parts: Groups) -> str:
    boxes = []
    for group in parts.groups:
        size = "×".join(map(str, group.output_shape))
        held = f" with {group.parameters:,} parameters" if group.parameters else ""
        boxes.append(f"{group.words} {size}{held}")
    past = [
        f"from {parts.groups[source].name} to {parts.groups[target].name}"
        for source, target in parts.links
        if target > source + 1
    ]
    largest = max(group.parameters for group in parts.groups)
    most = [group.name for group in parts.groups if group.parameters == largest > 0]
    share = f" The most parameters are in {enumerated(most)}." if most else ""
    links = f" Links past others lead {enumerated(past)}." if past else ""
    return f"{heading}, in {parts.detail}: {'; '.join(boxes)}.{share}{links}"
