"""YOLO's grid: boxes to the numbers that a network learns, and back.

The image is cut into square cells. A cell looks after the objects whose centre lies in
it, with a few boxes that start from anchors. The network says for each box

- where its centre lies within the cell, 0..1 along x and y (a sigmoid);
- the logarithms of its width and height relative to the anchor's;
- its objectness, 0..1 (a sigmoid): the probability that it holds an object, times its
  IoU with it;
- the probabilities of the classes, should it hold an object (a softmax).

YOLO9000 (Redmon 2017) gives every box its own class probabilities,
``classes_per="box"``: 5 boxes and 20 classes are 5 × (5 + 20) = 125 numbers a cell.
YOLO (Redmon 2016) lets the boxes of a cell share them, ``classes_per="cell"``:
5 × 5 + 20 = 45 numbers, as Géron (2019, ch. 14) counts; with 2 boxes, as in the paper,
30.

Targets, and outputs after :func:`activate`, have the same form and the same meaning.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from convbook.detection.anchors import as_sizes, pairwise_size_iou
from convbook.detection.boxes import corners_to_centres
from convbook.detection.results import Detections, Truths

if TYPE_CHECKING:
    from keras import KerasTensor

Tensor = Any
"""A NumPy array, or a tensor of the Keras backend."""

BOX_NUMBERS = 5
"""Centre x and y, logarithms of width and height, objectness."""


class Parts(NamedTuple):
    """The numbers of all cells by meaning; ``batch, rows, columns`` come first.

    Attributes:
        places: ``(..., boxes, 4)``: centre within the cell, logarithms of the relative
            sizes.
        objectness: ``(..., boxes)``.
        classes: ``(..., boxes, classes)``, or ``(..., 1, classes)`` where a cell shares
            them.
    """

    places: Tensor
    objectness: Tensor
    classes: Tensor


@dataclass(frozen=True, eq=False)
class Grid:
    """What the numbers of a cell mean.

    Attributes:
        rows, columns: cells in the image.
        cell: width and height of a cell in pixels: the stride of the network.
        anchors: ``(boxes, 2)`` widths and heights in pixels, one anchor for each box of
            a cell.
        classes: number of classes.
        classes_per: ``"box"`` or ``"cell"``: who has class probabilities of its own.

    Raises:
        ValueError: a count that is not positive, anchors that are no sizes, or another
            word.
    """

    rows: int
    columns: int
    cell: float
    anchors: np.ndarray
    classes: int
    classes_per: Literal["box", "cell"] = "box"

    def __post_init__(self) -> None:
        if min(self.rows, self.columns, self.cell, self.classes) <= 0:
            raise ValueError(
                "a grid needs at least one row, column, pixel and class, got "
                f"{self.rows}, {self.columns}, {self.cell}, {self.classes}"
            )
        if self.classes_per not in ("box", "cell"):
            per = self.classes_per
            raise ValueError(f'classes_per must be "box" or "cell", not {per!r}')
        object.__setattr__(self, "anchors", as_sizes(self.anchors).astype("float32"))

    @property
    def boxes(self) -> int:
        """Boxes in each cell."""
        return len(self.anchors)

    @property
    def numbers_per_cell(self) -> int:
        """Numbers that the network gives a cell: filters of its last layer."""
        if self.classes_per == "box":
            return self.boxes * (BOX_NUMBERS + self.classes)
        return self.boxes * BOX_NUMBERS + self.classes

    @property
    def shape(self) -> tuple[int, int, int]:
        """``(rows, columns, numbers_per_cell)``: the network's output for one image."""
        return self.rows, self.columns, self.numbers_per_cell

    def split(self, numbers: Tensor) -> Parts:
        """The numbers of all cells, ``(batch, *shape)``, by meaning.

        A box's numbers stand together: place, objectness, and its classes if it has its
        own; classes that a cell shares come last.

        Raises:
            ValueError: the numbers belong to another grid.
        """
        if len(numbers.shape) != 4 or tuple(numbers.shape[1:]) != self.shape:
            raise ValueError(
                f"this grid takes numbers of shape (batch, {str(self.shape)[1:]}, "
                f"got {tuple(numbers.shape)}"
            )
        xp = library(numbers)
        cells = (-1, self.rows, self.columns)
        if self.classes_per == "box":
            owned = BOX_NUMBERS + self.classes
            boxes = xp.reshape(numbers, (*cells, self.boxes, owned))
            classes = boxes[..., BOX_NUMBERS:]
        else:
            shared = self.boxes * BOX_NUMBERS
            boxes = xp.reshape(numbers[..., :shared], (*cells, self.boxes, BOX_NUMBERS))
            classes = xp.reshape(numbers[..., shared:], (*cells, 1, self.classes))
        return Parts(boxes[..., :4], boxes[..., 4], classes)

    def join(self, parts: Parts) -> Tensor:
        """The inverse of :meth:`split`: ``(batch, *shape)``."""
        xp = library(parts.places)
        numbers = [parts.places, parts.objectness[..., np.newaxis]]
        if self.classes_per == "box":
            boxes = xp.concatenate([*numbers, parts.classes], axis=-1)
            return xp.reshape(boxes, (-1, *self.shape))
        boxes = xp.concatenate(numbers, axis=-1)
        cells = (-1, self.rows, self.columns, self.boxes * BOX_NUMBERS)
        boxes = xp.reshape(boxes, cells)
        return xp.concatenate([boxes, parts.classes[..., 0, :]], axis=-1)

    def corners(self, places: Tensor) -> Tensor:
        """Places to corners in pixels, both ``(batch, rows, columns, boxes, 4)``."""
        xp = library(places)
        columns, rows = np.meshgrid(np.arange(self.columns), np.arange(self.rows))
        upper_left = np.stack([columns, rows], axis=-1).astype("float32")
        centre = xp.add(places[..., :2], upper_left[:, :, np.newaxis]) * self.cell
        half = xp.multiply(xp.exp(places[..., 2:]), self.anchors / 2)
        return xp.concatenate([centre - half, centre + half], axis=-1)


def encode(grid: Grid, truths: Sequence[Truths]) -> np.ndarray:
    """What the network should say about images with these objects.

    An object belongs to the cell with its centre (a centre between cells to the one on
    the right or below) and there to the free box whose anchor fits its size best. The
    logarithm of a size is relative to that anchor. Objects are seated in the given
    order.

    Args:
        grid: as many rows and columns as cover the images.
        truths: one for each image; crowds and ignored objects are left out.

    Returns:
        ``(batch, *grid.shape)``, float32; 0 for boxes without an object.

    Raises:
        ValueError: an object that the grid has no place for: its centre is outside, it
            has no area, its class is unknown, or its cell is full, be it of boxes or,
            where a cell shares its classes, of another class.
    """
    cells = (len(truths), grid.rows, grid.columns)
    owners = grid.boxes if grid.classes_per == "box" else 1
    target = Parts(
        places=np.zeros((*cells, grid.boxes, 4), "float32"),
        objectness=np.zeros((*cells, grid.boxes), "float32"),
        classes=np.zeros((*cells, owners, grid.classes), "float32"),
    )
    for image, image_truths in enumerate(truths):
        wanted = image_truths[image_truths.counted]
        of_image = Parts(*(part[image] for part in target))
        boxes = corners_to_centres(wanted.boxes)
        for box, label in zip(boxes, wanted.classes, strict=True):
            _seat(grid, of_image, box, label)
    return grid.join(target)


def activate(grid: Grid, output: "Tensor | KerasTensor") -> Tensor:
    """From the last layer's numbers, which may be any, to those that the targets have.

    Sigmoid for centres and objectness, softmax for classes; the logarithms of sizes
    stay.

    Args:
        grid: the meaning of the numbers.
        output: ``(batch, *grid.shape)``, also symbolic: the last step of a functional
            model.

    Returns:
        The same shape.

    Raises:
        ValueError: the numbers belong to another grid.
    """
    from keras import ops

    raw = grid.split(output)
    centre = ops.sigmoid(raw.places[..., :2])
    return grid.join(
        Parts(
            places=ops.concatenate([centre, raw.places[..., 2:]], axis=-1),
            objectness=ops.sigmoid(raw.objectness),
            classes=ops.softmax(raw.classes, axis=-1),
        )
    )


def decode(
    grid: Grid,
    numbers: np.ndarray,
    *,
    score_threshold: float = 0.5,
) -> list[Detections]:
    """The boxes that the numbers tell of: what :func:`encode` was given.

    A box's score is its objectness times the probability of its likeliest class (Redmon
    2016, equation 1). Overlapping boxes all stay: see :meth:`Detections.suppressed`.

    Args:
        grid: the meaning of the numbers.
        numbers: ``(batch, *grid.shape)``, a target or an activated output.
        score_threshold: boxes with a lower score are left out.

    Returns:
        One for each image, best score first, boxes in pixels; they may reach out of the
        image.

    Raises:
        ValueError: the numbers belong to another grid, or some are not finite.
    """
    parts = grid.split(np.asarray(numbers))
    corners = grid.corners(parts.places)
    scores = parts.objectness[..., np.newaxis] * parts.classes
    found = []
    for boxes, by_class in zip(corners, scores, strict=True):
        by_class = by_class.reshape(-1, grid.classes)
        best = Detections(
            boxes.reshape(-1, 4),
            by_class.max(axis=-1),
            by_class.argmax(axis=-1),
        )
        sure = best[best.scores >= score_threshold]
        found.append(sure.best(len(sure)))
    return found


def library(array: Tensor) -> Any:
    """NumPy for its arrays, ``keras.ops`` for tensors: functions of the same names."""
    if isinstance(array, np.ndarray):
        return np
    from keras import ops

    return ops


def _seat(grid: Grid, target: Parts, box: np.ndarray, label: int) -> None:
    """Writes one object, a centre and a size, into the target of its image."""
    centre, size = box[:2] / grid.cell, box[2:]
    column, row = np.floor(centre).astype(int)
    if not (0 <= row < grid.rows and 0 <= column < grid.columns):
        raise ValueError(
            f"a box has its centre at {box[:2].tolist()}, outside of the grid's "
            f"{grid.columns * grid.cell}×{grid.rows * grid.cell} pixels"
        )
    if size.min() <= 0:
        raise ValueError(f"a box at {box[:2].tolist()} has no area: {size.tolist()}")
    if label >= grid.classes:
        raise ValueError(f"class {label} is not among the grid's {grid.classes}")
    taken = target.objectness[row, column] > 0
    if taken.all():
        raise ValueError(f"more than {grid.boxes} object(s) in cell ({row}, {column})")
    fit = pairwise_size_iou(size[np.newaxis], grid.anchors)[0]
    anchor = np.where(taken, -1, fit).argmax()
    owner = anchor if grid.classes_per == "box" else 0
    if (np.delete(target.classes[row, column, owner], label) > 0).any():
        raise ValueError(f"objects of two classes in cell ({row}, {column})")
    target.places[row, column, anchor, :2] = centre - (column, row)
    target.places[row, column, anchor, 2:] = np.log(size / grid.anchors[anchor])
    target.objectness[row, column, anchor] = 1
    target.classes[row, column, owner, label] = 1
