"""Boxes: against pycocotools, against counting pixels, and wrong input."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from numpy.testing import assert_allclose, assert_array_equal
from pycocotools import mask

from convbook.detection import (
    area,
    centres_to_corners,
    coco_to_corners,
    corners_to_centres,
    corners_to_coco,
    pairwise_intersection,
    pairwise_iou,
)
from tests.convbook.detection.scenes import SEEDS, random_boxes

NO_BOXES = np.empty((0, 4))


def two_sets(seed):
    rng = np.random.default_rng(seed)
    return random_boxes(rng, rng.integers(1, 9)), random_boxes(rng, rng.integers(1, 9))


@settings(max_examples=200)
@given(SEEDS)
def test_iou_equals_pycocotools(seed):
    a, b = two_sets(seed)
    expected = mask.iou(corners_to_coco(a), corners_to_coco(b), [0] * len(b))
    assert_array_equal(pairwise_iou(a, b), expected)


@settings(max_examples=100)
@given(SEEDS)
def test_areas_and_intersections_count_the_quarter_pixels_that_are_covered(seed):
    a, b = two_sets(seed)

    def covered(box):
        x_min, y_min, x_max, y_max = (box * 4).astype(int)
        picture = np.zeros((80, 80), dtype=bool)
        picture[y_min:y_max, x_min:x_max] = True
        return picture

    assert_array_equal(area(a), [covered(box).sum() / 16 for box in a])
    expected = [[(covered(p) & covered(q)).sum() / 16 for q in b] for p in a]
    assert_array_equal(pairwise_intersection(a, b), expected)


@settings(max_examples=100)
@given(SEEDS)
def test_iou_is_symmetric_and_moves_and_grows_with_the_image(seed):
    a, b = two_sets(seed)
    iou = pairwise_iou(a, b)
    assert_array_equal(pairwise_iou(b, a), iou.T)
    assert_array_equal(pairwise_iou(8 * a - 3, 8 * b - 3), iou)
    assert_array_equal(np.diagonal(pairwise_iou(a, a)), area(a) > 0)


@settings(max_examples=100)
@given(SEEDS)
def test_conversions_come_back(seed):
    boxes, _ = two_sets(seed)
    assert_array_equal(centres_to_corners(corners_to_centres(boxes)), boxes)
    assert_array_equal(coco_to_corners(corners_to_coco(boxes)), boxes)


def test_one_box_in_every_form():
    corners = [[2, 3, 8, 4]]
    assert corners_to_centres(corners).tolist() == [[5, 3.5, 6, 1]]
    assert corners_to_coco(corners).tolist() == [[2, 3, 6, 1]]
    assert area(corners).tolist() == [6]


def test_boxes_that_touch_do_not_overlap():
    assert pairwise_iou([[0, 0, 2, 2]], [[2, 0, 4, 2], [0, 2, 2, 4]]).tolist() == [[0, 0]]


def test_a_box_without_area_overlaps_nothing_not_even_itself():
    flat = [[1, 1, 5, 1], [2, 2, 2, 2]]
    assert_array_equal(pairwise_iou(flat, flat), np.zeros((2, 2)))
    assert_array_equal(pairwise_iou(flat, [[0, 0, 9, 9]]), np.zeros((2, 1)))


def test_no_boxes():
    assert pairwise_iou(NO_BOXES, [[0, 0, 1, 1]]).shape == (0, 1)
    assert pairwise_iou([[0, 0, 1, 1]], NO_BOXES).shape == (1, 0)
    assert area(NO_BOXES).shape == (0,)
    for convert in (corners_to_centres, centres_to_corners, corners_to_coco, coco_to_corners):
        assert convert(NO_BOXES).shape == (0, 4)


def test_detection_does_not_import_keras(offline_environment):
    code = "import sys, convbook.detection; assert 'keras' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], env=offline_environment, check=True)


def test_whole_numbers_are_not_cut():
    assert_allclose(corners_to_centres(np.array([[0, 0, 1, 3]]))[0, :2], [0.5, 1.5])


@pytest.mark.parametrize(
    ("boxes", "message"),
    [
        ([1, 2, 3, 4], r"\(n, 4\), got \(4,\)"),
        ([[1, 2, 3]], r"\(n, 4\), got \(1, 3\)"),
        ([], r"\(n, 4\), got \(0,\)"),
        ([[0, 0, np.nan, 1]], "finite"),
        ([[0, 0, np.inf, 1]], "finite"),
        ([[0, 0, 1, 1], [5, 0, 4, 9]], r"minima first, got \[5.0, 0.0, 4.0, 9.0\]"),
        ([[0, 5, 4, 4]], "minima first"),
    ],
)
@pytest.mark.parametrize("function", [area, corners_to_centres, corners_to_coco])
def test_what_is_no_box_is_refused(function, boxes, message):
    with pytest.raises(ValueError, match=message):
        function(boxes)


@pytest.mark.parametrize("function", [centres_to_corners, coco_to_corners])
@pytest.mark.parametrize("boxes", [[[1, 1, -1, 2]], [[1, 1, 2, np.nan]], [[1, 2]], [1, 2, 3, 4]])
def test_what_is_no_place_and_size_is_refused(function, boxes):
    with pytest.raises(ValueError, match="boxes"):
        function(boxes)
