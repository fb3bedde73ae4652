"""Random boxes, objects and detections, for several tests.

Coordinates are small multiples of a quarter: areas are then exact in floating point, whatever the
order of the sums, and two programs that compute the same IoU get the same number.
"""

import numpy as np
from hypothesis import strategies as st

from convbook.detection import Detections, Truths

SEEDS = st.integers(0, 2**32 - 1)


def random_boxes(rng, count, width=12):
    """Small boxes close together, so that many overlap and some have no area."""
    low = rng.integers(0, 4 * width, (count, 2)) / 4
    return np.hstack([low, low + rng.integers(0, 2 * width, (count, 2)) / 4])


def random_truths(rng, most=6, classes=3):
    count = rng.integers(0, most + 1)
    return Truths(
        random_boxes(rng, count),
        rng.integers(0, classes, count),
        crowd=rng.random(count) < 0.2,
        ignored=rng.random(count) < 0.2,
    )


def random_detections(rng, truths, most=9, classes=3):
    """Some near objects, some equal to one, some anywhere; many with equal scores."""
    near = truths.boxes[rng.integers(0, len(truths), rng.integers(0, most))] if len(truths) else []
    shift = rng.integers(-2, 3, (len(near), 2)) / 4
    near = np.reshape(near, (-1, 4)) + np.hstack([shift, shift])
    boxes = np.vstack([near, random_boxes(rng, rng.integers(0, most))])
    return Detections(
        boxes,
        rng.integers(-1, 5, len(boxes)) / 4,
        rng.integers(0, classes, len(boxes)),
    )


def nothing_found():
    return Detections(np.empty((0, 4)), [], [])


def nothing_there():
    return Truths(np.empty((0, 4)), [])
