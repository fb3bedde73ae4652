"""Local response normalisation: against TensorFlow and against the formula."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from convbook.models.normalisation import LocalResponseNormalization


@settings(max_examples=50)
@given(
    shape=st.tuples(*[st.integers(1, 4)] * 3, st.integers(1, 9)),
    half=st.integers(0, 5),
    alpha=st.floats(1e-5, 2),
    beta=st.floats(0.1, 2),
    k=st.floats(0.5, 3),
    seed=st.integers(0, 2**32 - 1),
)
def test_equals_tensorflow_whose_radius_is_half_the_window(shape, half, alpha, beta, k, seed):
    a = np.random.default_rng(seed).normal(size=shape, scale=3).astype("float32")
    ours = LocalResponseNormalization(r=2 * half, alpha=alpha, beta=beta, k=k)(a)
    theirs = tf.nn.local_response_normalization(
        a, depth_radius=half, bias=k, alpha=alpha, beta=beta
    )
    assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6)


def test_defaults_are_those_of_the_course():
    a = np.random.default_rng(0).normal(size=(2, 3, 3, 8), scale=100).astype("float32")
    theirs = tf.nn.local_response_normalization(a, depth_radius=1, bias=1, alpha=2e-5, beta=0.75)
    ours = LocalResponseNormalization()(a)
    assert_allclose(ours, theirs, rtol=1e-5)
    assert np.abs(ours - a).max() > 1, "the test's values must be large enough to matter"


def test_formula_term_by_term_on_any_number_of_axes():
    a = np.random.default_rng(1).normal(size=(2, 3, 6))
    expected = np.empty_like(a)
    for i in range(6):
        neighbours = a[..., max(0, i - 2) : min(5, i + 2) + 1]
        expected[..., i] = a[..., i] / (2 + 0.1 * (neighbours**2).sum(-1)) ** 0.5
    layer = LocalResponseNormalization(r=4, alpha=0.1, beta=0.5, k=2)
    assert_allclose(layer(a), expected, rtol=1e-5)


def test_has_no_parameters_and_survives_saving(tmp_path):
    layer = LocalResponseNormalization(r=4, alpha=0.1, beta=0.5, k=2)
    model = keras.Sequential([keras.Input((4, 4, 6)), layer])
    assert model.count_params() == 0
    assert model.output_shape == (None, 4, 4, 6)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    x = np.random.default_rng(2).normal(size=(1, 4, 4, 6))
    assert_array_equal(loaded(x), model(x))


@pytest.mark.parametrize("r", [-2, 1, 5])
def test_a_window_with_unequal_sides_is_refused(r):
    with pytest.raises(ValueError, match=f"must be even.*not {r}"):
        LocalResponseNormalization(r=r)
