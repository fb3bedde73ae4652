"""Style losses: against NumPy by the papers' formulas, and their invariances."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keras import ops

from convbook import style

SHAPES = st.tuples(st.integers(1, 3), st.integers(2, 6), st.integers(2, 6), st.integers(1, 5))


def maps_of(shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def number(tensor):
    return float(ops.convert_to_numpy(tensor))


@given(SHAPES)
def test_a_gram_matrix_is_the_mean_outer_product(shape):
    maps = maps_of(shape)
    expected = np.einsum("bijk,bijl->bkl", maps, maps) / (shape[1] * shape[2])
    np.testing.assert_allclose(ops.convert_to_numpy(style.gram_matrix(maps)), expected, atol=1e-5)


@given(SHAPES, st.integers(0, 99))
def test_a_gram_matrix_does_not_know_where_anything_is(shape, seed):
    maps = maps_of(shape)
    places = np.random.default_rng(seed).permutation(shape[1] * shape[2])
    elsewhere = maps.reshape(shape[0], -1, shape[3])[:, places].reshape(shape)
    np.testing.assert_allclose(
        ops.convert_to_numpy(style.gram_matrix(elsewhere)),
        ops.convert_to_numpy(style.gram_matrix(maps)),
        atol=1e-5,
    )


@given(SHAPES)
def test_style_loss_is_that_of_the_paper(shape):
    """Gatys 2016, equations 3 and 4, with sums over M positions."""
    _, height, width, N = shape
    ours, theirs = maps_of(shape, 1), maps_of(shape, 2)
    M = height * width
    G, A = (np.einsum("bijk,bijl->bkl", m, m) for m in (ours, theirs))
    expected = np.mean(np.sum((G - A) ** 2, axis=(1, 2)) / (4 * N**2 * M**2))
    assert number(style.style_loss(ours, style.gram_matrix(theirs))) == pytest.approx(
        expected, rel=1e-4, abs=1e-7
    )


def test_style_may_come_from_a_picture_of_another_size():
    large, small = maps_of((1, 8, 6, 3)), maps_of((1, 5, 4, 3))
    assert number(style.style_loss(large, style.gram_matrix(small))) > 0
    tiled = np.tile(small, (1, 2, 3, 1))  # the same texture, six times as large
    assert number(style.style_loss(tiled, style.gram_matrix(small))) < 1e-10


@given(SHAPES)
def test_content_loss_is_half_the_mean_square(shape):
    ours, theirs = maps_of(shape, 1), maps_of(shape, 2)
    assert number(style.content_loss(ours, theirs)) == pytest.approx(
        np.mean((ours - theirs) ** 2) / 2, rel=1e-5
    )
    assert number(style.content_loss(ours, ours)) == 0


@given(SHAPES)
def test_total_variation_by_loops(shape):
    images = maps_of(shape)
    batch, height, width, channels = shape
    down = [
        (images[b, i + 1, j, c] - images[b, i, j, c]) ** 2
        for b in range(batch)
        for i in range(height - 1)
        for j in range(width)
        for c in range(channels)
    ]
    right = [
        (images[b, i, j + 1, c] - images[b, i, j, c]) ** 2
        for b in range(batch)
        for i in range(height)
        for j in range(width - 1)
        for c in range(channels)
    ]
    expected = np.mean(down) + np.mean(right)
    assert number(style.total_variation(images)) == pytest.approx(expected, rel=1e-4)
    assert number(style.total_variation(np.full(shape, 0.3, "float32"))) == 0


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match=r"maps are \(batch, height, width, maps\), not \(4, 3\)"):
        style.gram_matrix(maps_of((4, 3)))
    with pytest.raises(ValueError, match=r"3 maps have a Gram matrix 3×3, not \(2, 2\)"):
        style.style_loss(maps_of((1, 4, 4, 3)), maps_of((1, 2, 2)))
    with pytest.raises(ValueError, match="content is compared place by place"):
        style.content_loss(maps_of((1, 4, 4, 3)), maps_of((1, 4, 5, 3)))
