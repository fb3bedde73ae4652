"""Which detections are right: each object is found once, by the surest that fits."""

from typing import NamedTuple

import numpy as np

from convbook.detection.boxes import area, pairwise_intersection, pairwise_iou, ratio
from convbook.detection.results import Detections, Truths

ALMOST_ONE = 1 - 1e-10
"""The highest IoU that a match may need: rounding may keep equal boxes below 1."""

NOTHING = -1


class Match(NamedTuple):
    """What became of each detection of an image.

    Attributes:
        right: ``(n,)`` bool: it found an object that nobody had found before.
        counted: ``(n,)`` bool: right or wrong; False where it found a crowd or an
            ignored object.
    """

    right: np.ndarray
    counted: np.ndarray


def overlaps(detections: Detections, truths: Truths) -> np.ndarray:
    """How well each detection agrees with each object, in 0..1.

    IoU; with a crowd, the share of the detection that lies inside the crowd's box
    (COCO).

    Returns:
        ``(detections, truths)``.
    """
    inside = ratio(
        pairwise_intersection(detections.boxes, truths.boxes),
        area(detections.boxes)[:, np.newaxis],
    )
    iou = pairwise_iou(detections.boxes, truths.boxes)
    return np.where(truths.crowd, inside, iou)


def match(overlap: np.ndarray, truths: Truths, iou_threshold: float = 0.5) -> Match:
    """Pairs detections with objects by COCO's rule (Lin 2014, ``COCOeval``).

    In the order of their scores, each detection takes the object with the largest
    overlap among those that are free and overlap by at least ``iou_threshold``. Objects
    that count come before crowds and ignored ones, whatever their overlap; of equal
    overlaps the last one wins. A crowd stays free. A detection that gets nothing is
    wrong: a second detection of an object too.

    VOC's rule (Everingham 2010) differs: a detection may only take the object that it
    overlaps most, free or not, and any number of detections may find an ignored
    (difficult) object.

    Args:
        overlap: ``(n, m)`` from :func:`overlaps`, detections of one class in one image,
            best score first.
        truths: the ``m`` objects of that class in that image.
        iou_threshold: 0..1.

    Raises:
        ValueError: the overlaps belong to other objects, or a threshold outside 0..1.
    """
    if overlap.ndim != 2 or overlap.shape[1] != len(truths):
        raise ValueError(
            f"{len(truths)} objects need overlaps of shape (n, {len(truths)}), "
            f"and these have the shape {overlap.shape}"
        )
    if not 0 <= iou_threshold <= 1:
        raise ValueError(f"iou_threshold must lie in 0..1, got {iou_threshold}")
    needed = min(iou_threshold, ALMOST_ONE)
    free = np.ones(len(truths), dtype=bool)
    right = np.zeros(len(overlap), dtype=bool)
    counted = np.ones(len(overlap), dtype=bool)
    for detection, with_truths in enumerate(overlap):
        fits = free & (with_truths >= needed)
        found = _last_largest(with_truths, fits & truths.counted)
        if found == NOTHING:
            found = _last_largest(with_truths, fits)
        if found != NOTHING:
            right[detection] = counted[detection] = truths.counted[found]
            free[found] = truths.crowd[found]
    return Match(right, counted)


def _last_largest(values: np.ndarray, among: np.ndarray) -> int:
    """Index of the largest value, the last of equal ones; or NOTHING."""
    if not among.any():
        return NOTHING
    return int(np.flatnonzero(among & (values == values[among].max()))[-1])
