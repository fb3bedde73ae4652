"""Non-max suppression: against TensorFlow's, and what it promises."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from convbook.detection import Detections, non_max_suppression, pairwise_iou
from tests.convbook.detection.scenes import SEEDS, random_boxes

# Not IoUs that boxes of quarters can have: TensorFlow computes in single precision.
THRESHOLDS = st.sampled_from([0.0, 0.2001, 0.4999, 0.7003])


def random_case(seed, most=25):
    rng = np.random.default_rng(seed)
    count = rng.integers(0, most)
    return random_boxes(rng, count, width=6), rng.integers(0, 6, count) / 4, rng


@settings(max_examples=200)
@given(SEEDS, THRESHOLDS)
def test_equals_tensorflow(seed, threshold):
    boxes, scores, _ = random_case(seed)
    expected = tf.image.non_max_suppression(boxes, scores, len(boxes), threshold)
    assert_array_equal(non_max_suppression(boxes, scores, iou_threshold=threshold), expected)


@settings(max_examples=100)
@given(SEEDS, THRESHOLDS)
def test_classes_do_not_see_one_another(seed, threshold):
    boxes, scores, rng = random_case(seed)
    classes = rng.integers(0, 3, len(boxes))
    kept = non_max_suppression(boxes, scores, classes, iou_threshold=threshold)
    for label in range(3):
        own = np.flatnonzero(classes == label)
        alone = non_max_suppression(boxes[own], scores[own], iou_threshold=threshold)
        assert_array_equal(kept[classes[kept] == label], own[alone])


@settings(max_examples=100)
@given(SEEDS, THRESHOLDS)
def test_who_stays_and_who_goes(seed, threshold):
    boxes, scores, _ = random_case(seed)
    kept = non_max_suppression(boxes, scores, iou_threshold=threshold)
    iou = pairwise_iou(boxes, boxes)
    assert (np.diff(scores[kept]) <= 0).all()
    among_kept = iou[np.ix_(kept, kept)] - np.diag(np.diagonal(iou)[kept])
    assert (among_kept <= threshold).all()
    for gone in set(range(len(boxes))) - set(kept.tolist()):
        assert any(iou[gone, k] > threshold and scores[k] >= scores[gone] for k in kept)
    again = non_max_suppression(boxes[kept], scores[kept], iou_threshold=threshold)
    assert_array_equal(again, np.arange(len(kept)))


def test_of_equal_scores_the_first_box_wins():
    boxes = np.tile([[0, 0, 2, 2]], (5, 1))
    assert non_max_suppression(boxes, [0.5] * 5).tolist() == [0]
    apart = boxes + 10 * np.arange(5)[:, np.newaxis]
    assert non_max_suppression(apart, [1, 2, 1, 2, 1]).tolist() == [1, 3, 0, 2, 4]


def test_boxes_at_the_threshold_both_stay():
    half = [[0, 0, 2, 1], [0, 0, 1, 1]]
    assert non_max_suppression(half, [1, 0], iou_threshold=0.5).tolist() == [0, 1]
    assert non_max_suppression(half, [1, 0], iou_threshold=0.4999).tolist() == [0]


def test_boxes_without_area_are_never_removed():
    flat = np.tile([[1, 1, 1, 4]], (3, 1))
    assert non_max_suppression(flat, [1, 2, 3], iou_threshold=0).tolist() == [2, 1, 0]


def test_no_boxes():
    kept = non_max_suppression(np.empty((0, 4)), [])
    assert kept.shape == (0,) and kept.dtype == np.int64


def test_detections_are_suppressed_within_their_class():
    boxes = np.tile([[0, 0, 2, 2]], (3, 1))
    left = Detections(boxes, [0.1, 0.3, 0.2], [0, 0, 1]).suppressed()
    assert left.scores.tolist() == [0.3, 0.2]
    assert left.classes.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (([[0, 0, 1, 1]], [np.nan]), {}, "scores must be finite"),
        (([[0, 0, 1, 1]], [np.inf]), {}, "scores must be finite"),
        (([[0, 0, 1, 1]], [1, 2]), {}, r"shape \(1,\), got \(2,\)"),
        (([[0, 0, 1, 1]], [1], [0, 1]), {}, r"classes must have shape \(1,\), got \(2,\)"),
        (([[0, 0, 1, 1]], [1], [0.5]), {}, "whole"),
        (([[0, 0, 1, 1]], [1], [-1]), {}, "from 0"),
        (([[0, 0, 1, 1]], [1]), {"iou_threshold": 1.5}, "0..1, got 1.5"),
        (([[0, 0, 1, 1]], [1]), {"iou_threshold": np.nan}, "0..1, got nan"),
        (([[1, 0, 0, 1]], [1]), {}, "minima first"),
    ],
)
def test_wrong_input_is_refused(arguments, options, message):
    with pytest.raises(ValueError, match=message):
        non_max_suppression(*arguments, **options)
