"""Boxes: where an object is, and how well two of them agree.

A box is ``(x_min, y_min, x_max, y_max)`` in pixels: x to the right, y down, both from
the upper left corner of the image. Edges lie between pixels, so that a box from 2 to 5
is 3 pixels wide.
"""

import numpy as np


def as_boxes(boxes: np.ndarray) -> np.ndarray:
    """The boxes as floating-point numbers, once they are known to be boxes.

    Args:
        boxes: ``(n, 4)`` corners; ``n`` may be 0, written ``np.empty((0, 4))``. A box
            may have no area, but not a negative width or height.

    Raises:
        ValueError: another shape, a coordinate that is not finite, or corners in the
            wrong order.
    """
    boxes = np.asarray(boxes, dtype=float)
    if boxes.ndim != 2 or boxes.shape[1] != 4:
        raise ValueError(f"boxes must have the shape (n, 4), got {boxes.shape}")
    if not np.isfinite(boxes).all():
        raise ValueError("box coordinates must be finite numbers, and one is not")
    inverted = (boxes[:, 2:] < boxes[:, :2]).any(axis=1)
    if inverted.any():
        raise ValueError(
            f"a box is (x_min, y_min, x_max, y_max), its minima first, got "
            f"{boxes[inverted][0].tolist()}"
        )
    return boxes


def corners_to_centres(boxes: np.ndarray) -> np.ndarray:
    """Corners to ``(x_centre, y_centre, width, height)``, ``(n, 4)`` in the same units.

    Raises:
        ValueError: as :func:`as_boxes`.
    """
    low, high = np.split(as_boxes(boxes), 2, axis=1)
    return np.hstack([(low + high) / 2, high - low])


def centres_to_corners(centres: np.ndarray) -> np.ndarray:
    """``(x_centre, y_centre, width, height)`` to corners, ``(n, 4)`` in the same units.

    Raises:
        ValueError: another shape, a number that is not finite, or a negative width or
            height.
    """
    centre, size = _places_and_sizes(centres, "(x_centre, y_centre, width, height)")
    return np.hstack([centre - size / 2, centre + size / 2])


def corners_to_coco(boxes: np.ndarray) -> np.ndarray:
    """Corners to COCO's ``(x_min, y_min, width, height)``, ``(n, 4)``, same units.

    Raises:
        ValueError: as :func:`as_boxes`.
    """
    low, high = np.split(as_boxes(boxes), 2, axis=1)
    return np.hstack([low, high - low])


def coco_to_corners(boxes: np.ndarray) -> np.ndarray:
    """COCO's ``(x_min, y_min, width, height)`` to corners, ``(n, 4)``, same units.

    Raises:
        ValueError: another shape, a number that is not finite, or a negative width or
            height.
    """
    low, size = _places_and_sizes(boxes, "(x_min, y_min, width, height)")
    return np.hstack([low, low + size])


def area(boxes: np.ndarray) -> np.ndarray:
    """Width times height of each box, ``(n,)`` in square pixels.

    Raises:
        ValueError: as :func:`as_boxes`.
    """
    low, high = np.split(as_boxes(boxes), 2, axis=1)
    return np.prod(high - low, axis=1)


def pairwise_intersection(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Area that each box of ``a`` shares with each of ``b``, in square pixels.

    Args:
        a: ``(n, 4)``.
        b: ``(m, 4)``.

    Returns:
        ``(n, m)``; zero where two boxes only touch.

    Raises:
        ValueError: as :func:`as_boxes`.
    """
    a, b = as_boxes(a)[:, np.newaxis], as_boxes(b)[np.newaxis]
    low = np.maximum(a[..., :2], b[..., :2])
    high = np.minimum(a[..., 2:], b[..., 2:])
    return np.prod(np.maximum(high - low, 0), axis=-1)


def pairwise_iou(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Intersection over union, each box of ``a`` with each of ``b`` (Everingham 2010).

    1 for equal boxes, 0 for boxes that do not overlap. A box without area has nothing
    to overlap with: its IoU is 0, with itself too.

    Args:
        a: ``(n, 4)``.
        b: ``(m, 4)``.

    Returns:
        ``(n, m)``, in 0..1.

    Raises:
        ValueError: as :func:`as_boxes`.
    """
    intersection = pairwise_intersection(a, b)
    union = area(a)[:, np.newaxis] + area(b) - intersection
    return ratio(intersection, union)


def ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """``part / whole``, and 0 where the whole is 0; the shapes broadcast."""
    part, whole = np.broadcast_arrays(part, whole)
    return np.divide(part, whole, out=np.zeros(part.shape), where=whole > 0)


def _places_and_sizes(boxes: np.ndarray, form: str) -> tuple[np.ndarray, np.ndarray]:
    boxes = np.asarray(boxes, dtype=float)
    if boxes.ndim != 2 or boxes.shape[1] != 4:
        raise ValueError(f"boxes {form} must have the shape (n, 4), got {boxes.shape}")
    if not (np.isfinite(boxes).all() and (boxes[:, 2:] >= 0).all()):
        raise ValueError(
            f"boxes {form} must be finite, with widths and heights of at least 0, got "
            f"{boxes.tolist()}"
        )
    place, size = np.split(boxes, 2, axis=1)
    return place, size
