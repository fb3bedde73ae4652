"""Anchors: against every way to group a few boxes, against boxes, and wrong input."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from convbook.detection import anchors_by_kmeans, centres_to_corners, mean_iou, pairwise_iou
from convbook.detection.anchors import pairwise_size_iou
from tests.convbook.detection.scenes import SEEDS


def random_sizes(seed, count):
    return np.random.default_rng(seed).integers(1, 60, (count, 2)) / 4


def centred(sizes):
    return centres_to_corners(np.hstack([np.zeros_like(sizes), sizes]))


@settings(max_examples=100)
@given(SEEDS)
def test_iou_of_sizes_is_that_of_boxes_with_the_same_centre(seed):
    a, b = random_sizes(seed, 5), random_sizes(seed + 1, 4)
    assert_allclose(pairwise_size_iou(a, b), pairwise_iou(centred(a), centred(b)), rtol=1e-14)


@settings(max_examples=50)
@given(SEEDS, st.integers(1, 5))
def test_the_fit_is_the_one_that_boxes_have(seed, k):
    sizes = random_sizes(seed, 30)
    anchors = anchors_by_kmeans(sizes, k, seed=seed)
    best = pairwise_iou(centred(sizes), centred(anchors.sizes)).max(axis=1)
    assert anchors.sizes.shape == (k, 2)
    assert_allclose(anchors.mean_iou, best.mean(), rtol=1e-12)
    assert (np.diff(anchors.sizes.prod(axis=1)) >= 0).all()


@settings(max_examples=25)
@given(SEEDS)
def test_no_grouping_is_left_that_one_more_round_improves(seed):
    """Anchors are means of the boxes that fit them best, or a start that no round improved."""
    sizes = random_sizes(seed, 30)
    found = anchors_by_kmeans(sizes, 3, seed=seed)
    nearest = pairwise_size_iou(sizes, found.sizes).argmax(axis=1)
    means = np.array([sizes[nearest == i].mean(axis=0) for i in range(3)])
    assert mean_iou(sizes, means) <= found.mean_iou + 1e-12


@pytest.mark.parametrize("seed", range(6))
def test_close_to_the_best_of_all_groupings_of_a_few_boxes(seed):
    sizes = random_sizes(seed, 8)
    best = max(
        mean_iou(sizes, np.array([sizes[np.equal(groups, g)].mean(axis=0) for g in (0, 1)]))
        for groups in itertools.product((0, 1), repeat=len(sizes))
        if 0 < sum(groups) < len(sizes)
    )
    found = max(anchors_by_kmeans(sizes, 2, seed=start).mean_iou for start in range(10))
    # A start is made of boxes themselves and may fit better than any means.
    assert found >= best - 0.01


def test_groups_that_are_plain_to_see_are_found():
    rng = np.random.default_rng(0)
    centres = np.array([[4.0, 4.0], [10.0, 30.0], [30.0, 10.0], [60.0, 60.0]])
    sizes = np.vstack([centre * rng.uniform(0.95, 1.05, (50, 2)) for centre in centres])
    for seed in range(5):
        found = anchors_by_kmeans(sizes, 4, seed=seed)
        by_width_too = found.sizes[np.lexsort(found.sizes.T)]
        assert_allclose(by_width_too, centres[np.lexsort(centres.T)], rtol=0.02)
        assert found.mean_iou > 0.94


def test_as_many_anchors_as_sizes_fit_exactly():
    sizes = random_sizes(3, 6)
    found = anchors_by_kmeans(np.repeat(sizes, 3, axis=0), 6)
    assert found.mean_iou == 1
    assert_array_equal(np.unique(found.sizes, axis=0), np.unique(sizes, axis=0))


def test_the_unit_does_not_matter():
    sizes = random_sizes(4, 40)
    small, large = anchors_by_kmeans(sizes, 4), anchors_by_kmeans(sizes * 16, 4)
    assert_array_equal(small.sizes * 16, large.sizes)
    assert small.mean_iou == large.mean_iou


def test_the_seed_decides():
    sizes = random_sizes(5, 60)
    runs = [anchors_by_kmeans(sizes, 5, seed=seed) for seed in (0, 0, 1)]
    assert_array_equal(runs[0].sizes, runs[1].sizes)
    assert not np.array_equal(runs[0].sizes, runs[2].sizes)


@pytest.mark.parametrize(
    ("sizes", "k", "message"),
    [
        ([[1, 1], [2, 2], [1, 1]], 3, r"3 anchors cannot come from 2 different sizes"),
        ([[1, 1]], 0, "ask for 1 to 1"),
        ([[1, 0]], 1, "positive"),
        ([[1, -1]], 1, "positive"),
        ([[1, np.nan]], 1, "finite"),
        ([[1, 1, 2, 2]], 1, r"\(n, 2\)"),
        (np.empty((0, 2)), 1, r"got \(0, 2\)"),
    ],
)
def test_wrong_input_is_refused(sizes, k, message):
    with pytest.raises(ValueError, match=message):
        anchors_by_kmeans(sizes, k)
