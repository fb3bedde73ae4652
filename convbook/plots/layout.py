"""Where the boxes of a diagram stand: one scale, rows as wide as the page, lanes for links."""

from dataclasses import dataclass, field
from functools import cache

import numpy as np
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextPath

from convbook.costs import Shape
from convbook.plots.grouping import Group
from convbook.plots.style import FULL_WIDTH, SMALL

TALLEST, WIDEST, BAR, HAIR = 1.0, 0.55, 0.09, 0.02
"""Inches of the highest array, of the one with most maps, of one without maps, and of the least."""

SLANT = np.array([0.34, 0.24])
"""How far the back of a box is set off, for each inch that it is deep."""

MARGIN, GAP, LINE, LANE, STUB = 0.1, 0.17, 0.155, 0.1, 0.15
"""Inches: around all, between boxes, of text, between links, and of an arrow out of a row."""


class Scale:
    """Inches for positions and for channels, the same for all arrays of a figure."""

    def __init__(self, shapes: list[Shape], enlarged: float):
        maps = [shape for shape in shapes if len(shape) > 1]
        tallest = max((shape[0] for shape in maps), default=1)
        most_maps = max((shape[-1] for shape in maps), default=1)
        most_values = max((shape[0] for shape in shapes if len(shape) == 1), default=1)
        self.position = enlarged * TALLEST / tallest
        self.channel = enlarged * min(WIDEST / most_maps, TALLEST / most_values)

    def front(self, shape: Shape) -> tuple[float, float]:
        """Width and height of the front of a box."""
        if len(shape) == 1:
            return BAR, max(shape[0] * self.channel, HAIR)
        return max(shape[-1] * self.channel, HAIR), max(shape[0] * self.position, HAIR)

    def slant(self, shape: Shape) -> np.ndarray:
        """How far the back of a box is set off."""
        depth = shape[-2] * self.position if len(shape) > 2 else 0.0
        return SLANT * depth


@dataclass
class Box:
    """A group and where it stands: its cell starts at ``left``, its front is ``size`` inches."""

    group: Group
    size: tuple[float, float]
    slant: np.ndarray
    label: str
    left: float = 0.0

    @property
    def width(self) -> float:
        """Of the cell: the drawing or its label, whichever is wider."""
        return max(self.size[0] + self.slant[0], _text_width(self.label))

    @property
    def start(self) -> float:
        return self.left + (self.width - self.size[0] - self.slant[0]) / 2

    @property
    def end(self) -> float:
        return self.start + self.size[0] + self.slant[0]

    @property
    def centre(self) -> float:
        return self.left + self.width / 2


@dataclass
class Row:
    """Boxes side by side, numbered from ``first``, and the links drawn above them."""

    first: int
    boxes: list[Box] = field(default_factory=list)
    lanes: list[list[tuple[int, int]]] = field(default_factory=list)
    letters: bool = False

    @property
    def sky(self) -> float:
        return LANE * (len(self.lanes) + 1) + 2 * LANE * self.letters

    @property
    def above(self) -> float:
        return max(box.size[1] / 2 + box.slant[1] for box in self.boxes)

    @property
    def below(self) -> float:
        return max(box.size[1] for box in self.boxes) / 2

    @property
    def height(self) -> float:
        lines = max(box.label.count("\n") + 1 for box in self.boxes)
        return self.sky + self.above + self.below + 0.08 + LINE * lines + 0.14


def wrapped(boxes: list[Box]) -> list[Row]:
    """Boxes from left to right, a new row where the page ends."""
    rows: list[Row] = []
    left = np.inf
    for number, box in enumerate(boxes):
        if left + box.width > FULL_WIDTH - MARGIN - STUB:
            rows.append(Row(first=number))
            left = MARGIN + (STUB if number else 0)
        box.left = left
        rows[-1].boxes.append(box)
        left += box.width + GAP
    return rows


def take_lane(lanes: list[list[tuple[int, int]]], link: tuple[int, int]) -> None:
    """Puts a link into the lowest lane in which it crosses no other one."""
    for lane in lanes:
        if all(link[1] <= start or end <= link[0] for start, end in lane):
            lane.append(link)
            return
    lanes.append([link])


@cache
def _text_width(text: str) -> float:
    """Inches of the longest line at the size of labels."""
    font = FontProperties(size=SMALL)
    return max(
        TextPath((0, 0), line, prop=font, size=SMALL).get_extents().width / 72
        for line in text.split("\n")
    )
