"""YOLO's loss: one sum of squared errors for places, objectness and classes."""

from collections.abc import Callable

import numpy as np

from convbook.detection.yolo import Grid, Parts, Tensor

PLACE_WEIGHT = 5.0
EMPTY_WEIGHT = 0.5


def yolo_loss(grid: Grid) -> Callable[[Tensor, Tensor], Tensor]:
    """The loss of Redmon (2016, equation 3) with its weights, for ``model.compile``.

    For a box that an object belongs to: 5 times the squared errors of its centre (in
    cells) and of the square roots of its width and height (relative to the image), and
    the squared error of its objectness, which should be the IoU of the predicted box
    with the object. For any other box: 0.5 times its squared objectness, since most are
    empty and would drown the rest. Where there is an object: the squared errors of the
    class probabilities.

    An object belongs to the box that :func:`~convbook.detection.yolo.encode` gave it
    to, the one with the best anchor (Redmon 2017), not to the box that predicts it best
    at the moment.

    Returns:
        ``loss(target, output)`` for encoded targets and activated outputs, both
        ``(batch, *grid.shape)``; it gives ``(batch,)``, one sum for each image.

    Raises:
        ValueError: from ``loss``, for numbers that belong to another grid.
    """

    def loss(target: Tensor, output: Tensor) -> Tensor:
        from keras import ops

        true = grid.split(ops.convert_to_tensor(target))
        said = grid.split(ops.convert_to_tensor(output))
        full = true.objectness
        iou = paired_iou(grid.corners(true.places), grid.corners(said.places))
        iou = ops.stop_gradient(iou)
        centre = squared_error(true.places[..., :2], said.places[..., :2])
        size = squared_error(root_sizes(grid, true), root_sizes(grid, said))
        classes = squared_error(true.classes, said.classes)
        holds_class = ops.max(true.classes, axis=-1)
        return (
            total(PLACE_WEIGHT * full * (centre + size))
            + total(full * (iou - said.objectness) ** 2)
            + total(EMPTY_WEIGHT * (1 - full) * said.objectness**2)
            + total(holds_class * classes)
        )

    return loss


def squared_error(true: Tensor, said: Tensor) -> Tensor:
    """Sum of the squared differences along the last axis."""
    from keras import ops

    return ops.sum((true - said) ** 2, axis=-1)


def total(errors: Tensor) -> Tensor:
    """Sum over all cells and boxes: ``(batch,)``."""
    from keras import ops

    return ops.sum(errors, axis=(1, 2, 3))


def root_sizes(grid: Grid, parts: Parts) -> Tensor:
    """Square roots of widths and heights relative to the image, ``(..., boxes, 2)``.

    The root makes the same error in pixels weigh more in a small box than in a large
    one.
    """
    from keras import ops

    image = np.array([grid.columns, grid.rows]) * grid.cell
    anchors = np.sqrt(grid.anchors / image).astype("float32")
    return ops.multiply(ops.exp(parts.places[..., 2:] / 2), anchors)


def paired_iou(a: Tensor, b: Tensor) -> Tensor:
    """IoU of each box with its partner: ``(..., 4)`` corners to ``(...)``."""
    from keras import ops

    low = ops.maximum(a[..., :2], b[..., :2])
    high = ops.minimum(a[..., 2:], b[..., 2:])
    intersection = ops.prod(ops.maximum(high - low, 0.0), axis=-1)
    areas = [ops.prod(box[..., 2:] - box[..., :2], axis=-1) for box in (a, b)]
    return intersection / (areas[0] + areas[1] - intersection)
