"""Anchor boxes: the few sizes that a detector starts from, found by k-means on IoU."""

from typing import NamedTuple

import numpy as np

MOST_ROUNDS = 1_000


class Anchors(NamedTuple):
    """Anchor sizes and how well they fit.

    Attributes:
        sizes: ``(k, 2)`` widths and heights, smallest area first.
        mean_iou: mean over all boxes of the IoU with the anchor that fits best.
    """

    sizes: np.ndarray
    mean_iou: float


def anchors_by_kmeans(sizes: np.ndarray, k: int, *, seed: int = 0) -> Anchors:
    """``k`` anchors for boxes of these sizes (Redmon 2017, YOLO9000, section 2).

    k-means with the distance ``1 - IoU`` instead of the Euclidean one, with which large
    boxes would make larger errors than small ones. Only sizes count: boxes are compared
    as if they had the same centre. The start is that of k-means++ (Arthur 2007): each
    next anchor is a box drawn with a probability that grows with the squared distance
    to the anchors so far.

    A mean of widths and heights is not always the size with the best IoU, so that a
    round may make the fit worse: the best anchors seen are returned.

    Args:
        sizes: ``(n, 2)`` widths and heights, positive, in any unit.
        k: number of anchors.
        seed: of the random start.

    Returns:
        Anchors in the unit of ``sizes``.

    Raises:
        ValueError: another shape, a size that is not positive and finite, or ``k`` that
            is not in 1..number of different sizes.
    """
    sizes = as_sizes(sizes)
    different = len(np.unique(sizes, axis=0))
    if not 1 <= k <= different:
        raise ValueError(
            f"{k} anchors cannot come from {different} different sizes: "
            f"ask for 1 to {different} of them"
        )
    anchors = _spread_out_start(sizes, k, np.random.default_rng(seed))
    best = Anchors(anchors, mean_iou(sizes, anchors))
    nearest = None
    for _ in range(MOST_ROUNDS):
        previous, nearest = nearest, pairwise_size_iou(sizes, anchors).argmax(axis=1)
        if np.array_equal(nearest, previous):
            break
        anchors = np.array(
            [
                sizes[nearest == i].mean(axis=0) if (nearest == i).any() else anchors[i]
                for i in range(k)
            ]
        )
        fit = mean_iou(sizes, anchors)
        if fit > best.mean_iou:
            best = Anchors(anchors, fit)
    by_area = np.argsort(best.sizes.prod(axis=1), kind="stable")
    return best._replace(sizes=best.sizes[by_area])


def mean_iou(sizes: np.ndarray, anchors: np.ndarray) -> float:
    """Mean over the boxes of the IoU with the anchor that fits best, in 0..1.

    Args:
        sizes: ``(n, 2)`` widths and heights.
        anchors: ``(k, 2)``, in the same unit.

    Raises:
        ValueError: as :func:`pairwise_size_iou`.
    """
    return float(pairwise_size_iou(sizes, anchors).max(axis=1).mean())


def pairwise_size_iou(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """IoU of boxes with the same centre, from their widths and heights alone.

    Args:
        a: ``(n, 2)``.
        b: ``(m, 2)``, in the same unit.

    Returns:
        ``(n, m)``.

    Raises:
        ValueError: another shape, or a size that is not positive and finite.
    """
    a, b = as_sizes(a)[:, np.newaxis], as_sizes(b)
    intersection = np.minimum(a, b).prod(axis=-1)
    return intersection / (a.prod(axis=-1) + b.prod(axis=-1) - intersection)


def as_sizes(sizes: np.ndarray) -> np.ndarray:
    """``(n, 2)`` widths and heights, ``n`` at least 1.

    Raises:
        ValueError: another shape, or a size that is not positive and finite.
    """
    sizes = np.asarray(sizes, dtype=float)
    if sizes.ndim != 2 or sizes.shape[1] != 2 or not len(sizes):
        raise ValueError(f"sizes must have the shape (n, 2), n > 0, got {sizes.shape}")
    if not (np.isfinite(sizes).all() and (sizes > 0).all()):
        raise ValueError("widths and heights must be positive and finite")
    return sizes


def _spread_out_start(
    sizes: np.ndarray,
    k: int,
    rng: np.random.Generator,
) -> np.ndarray:
    anchors = sizes[rng.integers(len(sizes), size=1)]
    while len(anchors) < k:
        distance = 1 - pairwise_size_iou(sizes, anchors).max(axis=1)
        chosen = rng.choice(len(sizes), p=distance**2 / (distance**2).sum())
        anchors = np.vstack([anchors, sizes[chosen]])
    return anchors
