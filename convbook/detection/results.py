"""What is in an image, and what a detector says is in it."""

from dataclasses import dataclass

import numpy as np

from convbook.detection.boxes import as_boxes
from convbook.detection.suppression import (
    as_classes,
    as_scores,
    best_first,
    non_max_suppression,
    require_one_each,
)


@dataclass(frozen=True, eq=False)
class Truths:
    """The objects of one image.

    Attributes:
        boxes: ``(n, 4)`` corners in pixels; ``np.empty((0, 4))`` for an image without
            objects.
        classes: ``(n,)`` class numbers from 0.
        crowd: ``(n,)`` bool: the box holds many objects that nobody told apart. Any
            number of detections may lie in it; they count neither as right nor as
            wrong. Default: none.
        ignored: ``(n,)`` bool: too hard to count (VOC's *difficult* objects, those
            outside COCO's area range). One detection may find it, and is then not
            counted; nobody has to. Default: none.

    Raises:
        ValueError: boxes that are no boxes, or arrays that do not belong together.
    """

    boxes: np.ndarray
    classes: np.ndarray
    crowd: np.ndarray | None = None
    ignored: np.ndarray | None = None

    def __post_init__(self) -> None:
        boxes = as_boxes(self.boxes)
        _set(self, boxes=boxes, classes=as_classes(self.classes, len(boxes)))
        _set(self, crowd=_as_flags(self.crowd, len(boxes), "crowd"))
        _set(self, ignored=_as_flags(self.ignored, len(boxes), "ignored"))

    @property
    def counted(self) -> np.ndarray:
        """``(n,)`` bool: the objects that a detector must find."""
        return ~(self.crowd | self.ignored)

    def __len__(self) -> int:
        return len(self.boxes)

    def __getitem__(self, chosen: np.ndarray) -> "Truths":
        """Some of the objects, by indices or by a mask."""
        return Truths(
            self.boxes[chosen],
            self.classes[chosen],
            self.crowd[chosen],
            self.ignored[chosen],
        )


@dataclass(frozen=True, eq=False)
class Detections:
    """What a detector found in one image.

    Attributes:
        boxes: ``(n, 4)`` corners in pixels; ``np.empty((0, 4))`` where it found
            nothing.
        scores: ``(n,)``, finite; the higher, the surer. Their order matters, their
            scale does not.
        classes: ``(n,)`` class numbers from 0.

    Raises:
        ValueError: boxes that are no boxes, arrays that do not belong together, or a
            score that is NaN or infinite.
    """

    boxes: np.ndarray
    scores: np.ndarray
    classes: np.ndarray

    def __post_init__(self) -> None:
        boxes = as_boxes(self.boxes)
        _set(self, boxes=boxes, scores=as_scores(self.scores, len(boxes)))
        _set(self, classes=as_classes(self.classes, len(boxes)))

    def __len__(self) -> int:
        return len(self.boxes)

    def __getitem__(self, chosen: np.ndarray) -> "Detections":
        """Some of the detections, by indices or by a mask."""
        return Detections(self.boxes[chosen], self.scores[chosen], self.classes[chosen])

    def best(self, count: int) -> "Detections":
        """The ``count`` best scores, best first; equal scores keep their order."""
        return self[best_first(self.scores)[:count]]

    def suppressed(self, iou_threshold: float = 0.5) -> "Detections":
        """Those that non-max suppression keeps in each class, best first."""
        kept = non_max_suppression(
            self.boxes, self.scores, self.classes, iou_threshold=iou_threshold
        )
        return self[kept]


def _as_flags(flags: np.ndarray | None, count: int, name: str) -> np.ndarray:
    if flags is None:
        return np.zeros(count, dtype=bool)
    flags = np.asarray(flags, dtype=bool)
    require_one_each(flags, count, name)
    return flags


def _set(frozen: object, **checked: np.ndarray) -> None:
    for name, value in checked.items():
        object.__setattr__(frozen, name, value)
