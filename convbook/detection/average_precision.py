"""Average precision: one number for how well a detector finds a class, or all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from convbook.detection.matching import match, overlaps
from convbook.detection.results import Detections, Truths

COCO_THRESHOLDS = np.linspace(0.5, 0.95, 10)
"""IoU thresholds of mAP@[.5:.95]."""

MOST_DETECTIONS = 100
"""Detections of a class in an image that COCO looks at, best first."""


class PrecisionRecall(NamedTuple):
    """How right and how complete the detections of a class are, as more are let in.

    Attributes:
        recall: ``(n,)``: share of the objects found by the best 1, 2, ..., n
            detections.
        precision: ``(n,)``: share of these detections that are right.
        scores: ``(n,)``: score of the last one let in, falling.
        objects: number of objects to be found.
    """

    recall: np.ndarray
    precision: np.ndarray
    scores: np.ndarray
    objects: int


def precision_recall(
    truths: Sequence[Truths],
    detections: Sequence[Detections],
    label: int,
    *,
    iou_threshold: float = 0.5,
    max_detections: int = MOST_DETECTIONS,
) -> PrecisionRecall:
    """The precision-recall curve of one class over a set of images.

    Detections of all images compete in one order of scores; equal scores keep the order
    of the images. Detections that found a crowd or an ignored object are left out.

    Args:
        truths: one for each image.
        detections: one for each image, in the same order.
        label: class number.
        iou_threshold: overlap that makes a detection right, 0..1.
        max_detections: detections of the class in an image that count, best first.

    Returns:
        The curve; of length 0 where nothing was detected, and with NaN for recall where
        there is nothing to find.

    Raises:
        ValueError: another number of images, or a bad threshold or number.
    """
    return _curve(_of_class(truths, detections, label, max_detections), iou_threshold)


def ap_11_points(curve: PrecisionRecall) -> float:
    """Average precision of PASCAL VOC until 2009 (Everingham 2010, section 4.2).

    Mean of the interpolated precision at the recalls 0, 0.1, ..., 1.
    NaN where there is nothing to find, 0 where nothing was found.
    """
    return _mean_precision(curve, np.arange(11) / 10)


def ap_101_points(curve: PrecisionRecall) -> float:
    """Average precision of COCO (Lin 2014): the same at the recalls 0, 0.01, ..., 1.

    NaN where there is nothing to find (``COCOeval`` writes -1), 0 where nothing was
    found.
    """
    return _mean_precision(curve, np.linspace(0, 1, 101))


def ap_all_points(curve: PrecisionRecall) -> float:
    """Average precision of PASCAL VOC since 2010: area under the interpolated curve.

    NaN where there is nothing to find, 0 where nothing was found.
    """
    if not curve.objects:
        return float("nan")
    steps = np.diff(curve.recall, prepend=0)
    return float(steps @ interpolated_precision(curve, curve.recall))


def interpolated_precision(curve: PrecisionRecall, recall: np.ndarray) -> np.ndarray:
    """The best precision at this recall or a higher one; 0 where it is not reached.

    Args:
        curve: with something to find.
        recall: ``(m,)``, in 0..1.

    Returns:
        ``(m,)``.
    """
    best_from_here = np.maximum.accumulate(curve.precision[::-1])[::-1]
    first = np.searchsorted(curve.recall, recall, side="left")
    return np.append(best_from_here, 0)[first]


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Average precision by IoU threshold and class.

    Attributes:
        ap: ``(thresholds, classes)``; NaN for a class without objects.
        thresholds: ``(thresholds,)`` IoU thresholds.
    """

    ap: np.ndarray
    thresholds: np.ndarray

    @property
    def mean_ap(self) -> float:
        """Mean over thresholds and classes with objects: mAP@[.5:.95]; or NaN."""
        return _mean_of_known(self.ap)

    def mean_ap_at(self, iou_threshold: float) -> float:
        """Mean over the classes with objects at one threshold: mAP@0.5; or NaN.

        Raises:
            ValueError: the evaluation has no such threshold.
        """
        at = np.isclose(self.thresholds, iou_threshold)
        if not at.any():
            raise ValueError(
                f"evaluated at the IoU thresholds {self.thresholds.round(3).tolist()}, "
                f"not at {iou_threshold}"
            )
        return _mean_of_known(self.ap[at])


def evaluate(
    truths: Sequence[Truths],
    detections: Sequence[Detections],
    classes: int,
    *,
    thresholds: Sequence[float] = COCO_THRESHOLDS,
    max_detections: int = MOST_DETECTIONS,
    average: Callable[[PrecisionRecall], float] = ap_101_points,
) -> Evaluation:
    """Average precision of every class at every IoU threshold; by default COCO's.

    Equal to ``COCOeval`` of pycocotools for boxes of all sizes.

    Args:
        truths: one for each image.
        detections: one for each image, in the same order.
        classes: number of classes.
        thresholds: IoU thresholds, 0..1.
        max_detections: detections of a class in an image that count, best first.
        average: from a curve to its average precision.

    Raises:
        ValueError: another number of images, a class number that is too high, or a bad
            threshold or number.
    """
    named = [image.classes for image in (*truths, *detections)]
    highest = max((numbers.max(initial=-1) for numbers in named), default=-1)
    if highest >= classes:
        raise ValueError(f"class {highest} is not among the {classes} classes")
    ap = np.empty((len(thresholds), classes))
    for label in range(classes):
        images = _of_class(truths, detections, label, max_detections)
        ap[:, label] = [average(_curve(images, threshold)) for threshold in thresholds]
    return Evaluation(ap, np.asarray(thresholds, dtype=float))


class _Image(NamedTuple):
    """One class in one image: objects, scores of detections, their overlaps."""

    truths: Truths
    scores: np.ndarray
    overlap: np.ndarray


def _of_class(
    truths: Sequence[Truths],
    detections: Sequence[Detections],
    label: int,
    max_detections: int,
) -> list[_Image]:
    if len(truths) != len(detections):
        raise ValueError(
            f"truths of {len(truths)} images and detections of {len(detections)}: "
            "each image needs both, if empty ones"
        )
    if max_detections < 1:
        raise ValueError(f"max_detections must be at least 1, got {max_detections}")
    images = []
    for image_truths, image_detections in zip(truths, detections, strict=True):
        wanted = image_truths[image_truths.classes == label]
        found = image_detections[image_detections.classes == label].best(max_detections)
        images.append(_Image(wanted, found.scores, overlaps(found, wanted)))
    return images


def _curve(images: list[_Image], iou_threshold: float) -> PrecisionRecall:
    matches = [match(image.overlap, image.truths, iou_threshold) for image in images]
    counted = np.concatenate([np.empty(0, bool), *(m.counted for m in matches)])
    right = np.concatenate([np.empty(0, bool), *(m.right for m in matches)])[counted]
    scores = np.concatenate([np.empty(0), *(image.scores for image in images)])[counted]
    order = np.argsort(-scores, kind="stable")
    found = np.cumsum(right[order])
    objects = int(sum(image.truths.counted.sum() for image in images))
    return PrecisionRecall(
        recall=found / objects if objects else np.full(len(found), np.nan),
        precision=found / np.arange(1, len(found) + 1),
        scores=scores[order],
        objects=objects,
    )


def _mean_precision(curve: PrecisionRecall, recalls: np.ndarray) -> float:
    if not curve.objects:
        return float("nan")
    return float(interpolated_precision(curve, recalls).mean())


def _mean_of_known(ap: np.ndarray) -> float:
    known = ap[~np.isnan(ap)]
    return float(known.mean()) if known.size else float("nan")
