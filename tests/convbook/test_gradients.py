"""Gradients with respect to an input: by formula, on the backend in use."""

import keras
import numpy as np
import pytest
from keras import ops

from convbook.gradients import value_and_gradient

X = np.random.default_rng(0).normal(size=(3, 4)).astype("float32")


def test_the_gradient_of_a_sum_of_cubes():
    value, gradient = value_and_gradient(lambda x: ops.sum(x**3))(X)
    assert float(value) == pytest.approx((X**3).sum(), rel=1e-5)
    np.testing.assert_allclose(ops.convert_to_numpy(gradient), 3 * X**2, rtol=1e-5)


def test_it_is_called_again_at_other_places_and_sizes():
    both = value_and_gradient(lambda x: ops.sum(ops.sin(x)))
    for x in (X, X + 1, X[:2]):
        np.testing.assert_allclose(ops.convert_to_numpy(both(x)[1]), np.cos(x), atol=1e-6)


def test_through_a_layer_whose_weights_change_in_between():
    layer = keras.layers.Dense(1, use_bias=False)
    layer.build((None, 4))
    both = value_and_gradient(lambda x: ops.sum(layer(x)))
    for weights in (np.arange(4.0), np.ones(4)):
        layer.set_weights([weights.reshape(4, 1).astype("float32")])
        expected = np.tile(weights, (3, 1))
        np.testing.assert_allclose(ops.convert_to_numpy(both(X)[1]), expected, atol=1e-6)


def test_what_does_not_depend_on_the_input_has_a_gradient_of_zero():
    value, gradient = value_and_gradient(lambda x: ops.sum(ops.ones((2, 2))))(X)
    assert float(value) == 4
    np.testing.assert_array_equal(ops.convert_to_numpy(gradient), np.zeros((3, 4)))


def test_only_a_scalar_has_a_gradient():
    with pytest.raises(ValueError, match=r"of a scalar, not of the shape \(3,\)"):
        value_and_gradient(lambda x: ops.sum(x, axis=1))(X)
