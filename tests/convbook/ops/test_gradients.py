"""The numerical gradient: against derivatives that are known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.optimize import approx_fprime, rosen, rosen_der

from convbook.ops import numerical_gradient


@settings(max_examples=50)
@given(st.integers(0, 2**32 - 1), st.sampled_from([(), (1,), (4,), (2, 3), (2, 1, 3)]))
def test_a_linear_function_has_its_own_weights_as_gradient(seed, shape):
    weights, x = np.random.default_rng(seed).normal(size=(2, *shape))
    gradient = numerical_gradient(lambda x: (weights * x).sum(), x)
    assert gradient.shape == shape
    assert_allclose(gradient, weights, atol=1e-9)


@settings(max_examples=50)
@given(st.integers(0, 2**32 - 1))
def test_rosenbrock_as_scipy_derives_it(seed):
    x = np.random.default_rng(seed).uniform(-1, 1, 5)
    assert_allclose(numerical_gradient(rosen, x), rosen_der(x), atol=1e-6)
    assert_allclose(numerical_gradient(rosen, x), approx_fprime(x, rosen), atol=1e-3)


def test_central_differences_are_exact_for_a_square_and_off_by_h_squared_for_a_cube():
    x = np.array([2.0])
    assert_allclose(numerical_gradient(lambda x: (x**2).sum(), x, step=0.5), 4, rtol=1e-15)
    assert_allclose(
        numerical_gradient(lambda x: (x**3).sum(), x, step=0.5), 12 + 0.5**2, rtol=1e-15
    )


def test_the_point_is_left_alone_and_whole_numbers_will_do():
    x = np.array([1, 2])
    assert_allclose(numerical_gradient(lambda x: (x**2).sum(), x), [2, 4])
    assert_array_equal(x, [1, 2])
    assert_allclose(numerical_gradient(lambda x: np.sum(x**2), [3, 4]), [6, 8])


def test_a_function_with_several_values_is_refused():
    with pytest.raises(ValueError, match=r"f must return one number, got shape \(3,\)"):
        numerical_gradient(lambda x: 2 * x, np.ones(3))


@pytest.mark.parametrize("step", [0, -1e-5])
def test_a_step_that_is_not_positive_is_refused(step):
    with pytest.raises(ValueError, match="step must be positive"):
        numerical_gradient(np.sum, np.ones(3), step)
