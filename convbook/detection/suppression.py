"""Non-max suppression: of many boxes on one object, keep the best."""

import numpy as np

from convbook.detection.boxes import as_boxes, pairwise_iou


def non_max_suppression(
    boxes: np.ndarray,
    scores: np.ndarray,
    classes: np.ndarray | None = None,
    *,
    iou_threshold: float = 0.5,
) -> np.ndarray:
    """Which boxes to keep, best score first.

    Greedy: the box with the best score stays and removes every box that overlaps it by
    more than ``iou_threshold``; then the best of those left, and so on. Of equal
    scores, the box that comes first in ``boxes`` is the better one.

    Args:
        boxes: ``(n, 4)`` corners in pixels; ``n`` may be 0.
        scores: ``(n,)``.
        classes: ``(n,)`` class numbers, where a box may remove boxes of its own class
            only; None lets any box remove any other (class-agnostic).
        iou_threshold: 0..1; boxes whose IoU equals it both stay.

    Returns:
        Indices into ``boxes``, int64, in the order of falling scores.

    Raises:
        ValueError: boxes that are no boxes, another number of scores or classes, a
            score that is not finite, or a threshold outside 0..1.
    """
    boxes = as_boxes(boxes)
    scores = as_scores(scores, len(boxes))
    if not 0 <= iou_threshold <= 1:
        raise ValueError(f"iou_threshold must lie in 0..1, got {iou_threshold}")
    overlapping = pairwise_iou(boxes, boxes) > iou_threshold
    if classes is not None:
        classes = as_classes(classes, len(boxes))
        overlapping &= classes[:, np.newaxis] == classes

    kept = []
    removed = np.zeros(len(boxes), dtype=bool)
    for index in best_first(scores):
        if not removed[index]:
            kept.append(index)
            removed |= overlapping[index]
    return np.array(kept, dtype=np.int64)


def best_first(scores: np.ndarray) -> np.ndarray:
    """Indices in the order of falling scores; equal scores keep their order."""
    return np.argsort(-scores, kind="stable")


def as_scores(scores: np.ndarray, count: int) -> np.ndarray:
    """``(count,)`` finite scores.

    Raises:
        ValueError: another shape, or a score that is NaN or infinite: it has no rank.
    """
    scores = np.asarray(scores, dtype=float)
    require_one_each(scores, count, "scores")
    if not np.isfinite(scores).all():
        raise ValueError("scores must be finite numbers, and one is not")
    return scores


def as_classes(classes: np.ndarray, count: int) -> np.ndarray:
    """``(count,)`` class numbers, from 0.

    Raises:
        ValueError: another shape, negative numbers, or numbers that are not whole.
    """
    given = np.asarray(classes)
    require_one_each(given, count, "classes")
    whole = given.astype(np.int64)
    if (whole != given).any() or (whole < 0).any():
        raise ValueError(f"class numbers are whole and from 0, got {given.tolist()}")
    return whole


def require_one_each(values: np.ndarray, count: int, name: str) -> None:
    """Raises ValueError unless ``values`` has the shape ``(count,)``."""
    if values.shape != (count,):
        raise ValueError(f"{name} must have shape ({count},), got {values.shape}")
