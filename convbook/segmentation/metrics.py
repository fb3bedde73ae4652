"""How good a segmentation is: all follows from the confusion matrix of its pixels."""

import numpy as np


def confusion_matrix(
    truth: np.ndarray,
    predicted: np.ndarray,
    classes: int,
    *,
    void: int | None = None,
) -> np.ndarray:
    """How many pixels of each class were given each class.

    Args:
        truth: class numbers from 0, of any shape.
        predicted: class numbers from 0, of the same shape.
        classes: number of classes.
        void: a number in ``truth`` for pixels that do not count, such as VOC's 255
            along the outlines of objects; None counts all.

    Returns:
        ``(classes, classes)``, int64: entry (i, j) counts the pixels of class i called
        j.

    Raises:
        ValueError: different shapes, numbers that are not whole, or classes that are
            not there.
    """
    truth, predicted = np.asarray(truth), np.asarray(predicted)
    if truth.shape != predicted.shape:
        raise ValueError(f"truth has shape {truth.shape}, predicted {predicted.shape}")
    if classes < 1:
        raise ValueError(f"there must be at least one class, got {classes}")
    counts = np.ones(truth.shape, dtype=bool) if void is None else truth != void
    truth = _class_numbers(truth[counts], classes, "truth")
    predicted = _class_numbers(predicted[counts], classes, "predicted")
    pairs = np.bincount(truth * classes + predicted, minlength=classes**2)
    return pairs.reshape(classes, classes)


def pixel_accuracy(confusion: np.ndarray) -> float:
    """Share of the pixels given their true class (Long 2015, section 5), or NaN.

    Args:
        confusion: ``(classes, classes)`` from :func:`confusion_matrix`.

    Raises:
        ValueError: not a square matrix of counts.
    """
    confusion = _as_confusion(confusion)
    pixels = confusion.sum()
    return float(np.trace(confusion) / pixels) if pixels else float("nan")


def class_iou(confusion: np.ndarray) -> np.ndarray:
    """Intersection over union of each class: of its true and its predicted pixels.

    Args:
        confusion: ``(classes, classes)`` from :func:`confusion_matrix`.

    Returns:
        ``(classes,)``, in 0..1; NaN for a class that neither is there nor was called.

    Raises:
        ValueError: not a square matrix of counts.
    """
    confusion = _as_confusion(confusion)
    intersection = np.diagonal(confusion)
    union = confusion.sum(axis=0) + confusion.sum(axis=1) - intersection
    unknown = np.full(len(confusion), np.nan)
    return np.divide(intersection, union, out=unknown, where=union > 0)


def mean_iou(confusion: np.ndarray) -> float:
    """Mean of :func:`class_iou` over the classes that have one (Long 2015), or NaN.

    Raises:
        ValueError: not a square matrix of counts.
    """
    iou = class_iou(confusion)
    known = iou[~np.isnan(iou)]
    return float(known.mean()) if known.size else float("nan")


def _class_numbers(numbers: np.ndarray, classes: int, name: str) -> np.ndarray:
    whole = numbers.astype(np.int64)
    wrong = (whole != numbers) | (whole < 0) | (whole >= classes)
    if wrong.any():
        first = numbers[wrong][0]
        raise ValueError(f"{name} must be in 0..{classes - 1}, and holds {first}")
    return whole


def _as_confusion(confusion: np.ndarray) -> np.ndarray:
    confusion = np.asarray(confusion)
    if confusion.ndim != 2 or confusion.shape[0] != confusion.shape[1]:
        raise ValueError(f"a confusion matrix is square, got {confusion.shape}")
    if (confusion < 0).any():
        raise ValueError("a confusion matrix counts pixels: no entry can be negative")
    return confusion
