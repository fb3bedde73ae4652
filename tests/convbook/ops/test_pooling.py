"""Pooling: against Keras, TensorFlow and automatic differentiation, and against counting."""

from dataclasses import dataclass

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from convbook import ops
from tests.convbook.ops.cases import automatic_gradients, needs_tensorflow, quarters

CLOSE = {"rtol": 1e-12, "atol": 1e-12}
"""Divisions and roots round; two orders of the same sum may round apart."""

CLOSE_IN_SINGLE = {"rtol": 1e-6, "atol": 1e-6}
"""TensorFlow pools in three dimensions in single precision only."""


@dataclass(frozen=True)
class Case:
    """A random pooling whose window fits into the input."""

    x: np.ndarray
    pool_size: tuple[int, ...]
    strides: tuple[int, ...] | None
    padding: str

    @property
    def arguments(self):
        return self.x, self.pool_size

    @property
    def in_single(self):
        return self.x.astype(np.float32)

    @property
    def options(self):
        return {"strides": self.strides, "padding": self.padding}

    @property
    def rank(self):
        return len(self.pool_size)


@st.composite
def cases(draw, ranks=(1, 2, 3), values=quarters):
    rank = draw(st.sampled_from(ranks))

    def per_axis(smallest, largest):
        return tuple(draw(st.integers(smallest, largest)) for _ in range(rank))

    pool_size = per_axis(1, 4)
    padding = draw(st.sampled_from(["valid", "same"]))
    least = pool_size if padding == "valid" else (1,) * rank
    sizes = [size + extra for size, extra in zip(least, per_axis(0, 5), strict=True)]
    strides = per_axis(1, 3) if draw(st.booleans()) else None
    shape = (draw(st.integers(1, 2)), *sizes, draw(st.integers(1, 3)))
    return Case(values(draw(st.integers(0, 2**32 - 1)), *shape), pool_size, strides, padding)


def all_different(seed, *shape):
    """No two values alike, so that every window has one winner."""
    return np.random.default_rng(seed).permutation(np.prod(shape)).reshape(shape) / 4


def windows_by_hand(case):
    """The values of the input in each window, one window after the other, without padding."""
    strides = case.pool_size if case.strides is None else case.strides
    firsts = []
    for size, window, stride in zip(case.x.shape[1:-1], case.pool_size, strides, strict=True):
        if case.padding == "valid":
            firsts.append(range(0, size - window + 1, stride))
        else:
            before = max(window - (size % stride or stride), 0) // 2
            firsts.append(range(-before, size - before, stride))
    positions = np.stack(np.meshgrid(*firsts, indexing="ij"), axis=-1).reshape(-1, case.rank)
    for n in range(len(case.x)):
        for position in positions:
            inside = tuple(
                slice(max(first, 0), first + window)
                for first, window in zip(position, case.pool_size, strict=True)
            )
            for c in range(case.x.shape[-1]):
                yield (n, *inside, c)


# Forward


@settings(max_examples=300)
@given(cases())
def test_max_equals_keras(case):
    expected = keras.ops.max_pool(case.in_single, case.pool_size, **case.options)
    assert_array_equal(ops.max_pool(*case.arguments, **case.options), expected)


@settings(max_examples=300)
@given(cases())
def test_average_equals_keras(case):
    expected = keras.ops.average_pool(case.in_single, case.pool_size, **case.options)
    z = ops.average_pool(*case.arguments, **case.options)
    assert_allclose(z, expected, **CLOSE_IN_SINGLE)


@settings(max_examples=100)
@given(cases())
def test_each_result_is_that_of_its_window_alone(case):
    windows = list(windows_by_hand(case))
    for pool, expected in (
        (ops.max_pool, np.max),
        (ops.average_pool, np.mean),
        (ops.l2_pool, np.linalg.norm),
    ):
        z = pool(*case.arguments, **case.options)
        assert z.size == len(windows)
        by_hand = [expected(case.x[window].ravel()) for window in windows]
        assert_allclose(z.ravel(), by_hand, **CLOSE)


@settings(max_examples=100)
@given(cases(ranks=(1, 2)))
def test_l2_is_the_root_of_keras_depthwise_convolution_of_the_squares(case):
    stride = (case.strides or case.pool_size)[0]  # TensorFlow has one stride for both axes here
    ones = np.ones((*case.pool_size, case.x.shape[-1], 1))
    squares = keras.ops.depthwise_conv(case.x**2, ones, stride, case.padding)
    z = ops.l2_pool(*case.arguments, strides=stride, padding=case.padding)
    assert_allclose(z, np.sqrt(squares), **CLOSE)


@settings(max_examples=50)
@given(cases())
def test_global_pools_equal_keras(case):
    rank = case.rank
    largest = getattr(keras.layers, f"GlobalMaxPooling{rank}D")(dtype="float64")
    assert_array_equal(ops.global_max_pool(case.x), largest(case.x))
    mean = getattr(keras.layers, f"GlobalAveragePooling{rank}D")(dtype="float64")
    assert_allclose(ops.global_average_pool(case.x), mean(case.x), **CLOSE)


@needs_tensorflow
@settings(max_examples=50)
@given(st.integers(1, 4), st.integers(1, 4), st.integers(0, 2**32 - 1))
def test_depthwise_max_equals_tensorflow(pool_size, pools, seed):
    import tensorflow as tf

    x = quarters(seed, 2, 3, 4, pool_size * pools).astype(np.float32)
    window = (1, 1, 1, pool_size)
    expected = tf.nn.max_pool(x, ksize=window, strides=window, padding="VALID")
    assert_array_equal(ops.depthwise_max_pool(x, pool_size), expected)


@pytest.mark.parametrize("padding", ["same", "causal", 1, (0, 2)])
def test_padding_is_never_the_maximum_and_never_counted(padding):
    x = np.full((1, 5, 1), -7.0)
    options = {"strides": 1, "padding": padding}
    assert np.all(ops.max_pool(x, 3, **options) == -7)
    assert np.all(ops.max_pool(x.astype(int), 3, **options) == -7)
    assert np.all(ops.average_pool(x, 3, **options) == -7)


def test_two_by_two_keeps_one_value_of_four():
    z = ops.max_pool(all_different(0, 1, 28, 28, 8), 2)
    assert z.size / (28 * 28 * 8) == 0.25


def test_overlapping_pools_of_alexnet():
    assert ops.max_pool(np.zeros((1, 55, 55, 2)), 3, strides=2).shape == (1, 27, 27, 2)


# Backward

POOLS = {
    "max": (ops.max_pool, ops.max_pool_backward, keras.ops.max_pool),
    "average": (ops.average_pool, ops.average_pool_backward, keras.ops.average_pool),
}


@needs_tensorflow
@pytest.mark.parametrize("kind", POOLS)
@settings(max_examples=150)
@given(case=cases(values=all_different))
def test_gradients_equal_automatic_differentiation(kind, case):
    pool, backward, keras_pool = POOLS[kind]
    dz = quarters(5, *pool(*case.arguments, **case.options).shape)
    gradient = backward(dz, *case.arguments, **case.options)
    (expected,) = automatic_gradients(
        lambda x: keras_pool(x, case.pool_size, **case.options), dz, case.in_single
    )
    assert_allclose(gradient, expected, **CLOSE_IN_SINGLE)


@needs_tensorflow
@settings(max_examples=50)
@given(cases(values=all_different))
def test_global_gradients_equal_automatic_differentiation(case):
    spatial = tuple(range(1, case.rank + 1))
    for backward, reduce in (
        (ops.global_max_pool_backward, keras.ops.max),
        (ops.global_average_pool_backward, keras.ops.mean),
    ):
        dz = quarters(5, len(case.x), case.x.shape[-1])
        (expected,) = automatic_gradients(lambda x, f=reduce: f(x, axis=spatial), dz, case.x)
        assert_allclose(backward(dz, case.x), expected, **CLOSE)


@settings(max_examples=100)
@given(cases(values=all_different))
def test_gradients_go_to_each_window_alone(case):
    """Against the derivative of each window's maximum, mean and length, added up by hand."""

    def of_maximum(values):
        return values == values.max()

    def of_mean(values):
        return np.full(values.shape, 1 / values.size)

    def of_length(values):
        length = np.linalg.norm(values.ravel())
        return values / length if length else values

    windows = list(windows_by_hand(case))
    for backward, derivative in (
        (ops.max_pool_backward, of_maximum),
        (ops.average_pool_backward, of_mean),
        (ops.l2_pool_backward, of_length),
    ):
        dz = quarters(5, *ops.max_pool(*case.arguments, **case.options).shape)
        expected = np.zeros_like(case.x)
        for window, incoming in zip(windows, dz.ravel(), strict=True):
            expected[window] += incoming * derivative(case.x[window])
        assert_allclose(backward(dz, *case.arguments, **case.options), expected, **CLOSE)


@pytest.mark.parametrize("kind", ["max", "average", "l2"])
@pytest.mark.parametrize(
    ("rank", "pool_size", "options"),
    [
        (1, 3, {"strides": 1, "padding": "same"}),
        (1, 3, {"strides": 2, "padding": "causal"}),
        (2, (3, 2), {"strides": 2, "padding": (1, 0)}),
        (3, 2, {}),
    ],
)
def test_gradients_equal_numerical_ones(kind, rank, pool_size, options):
    pool, backward = getattr(ops, f"{kind}_pool"), getattr(ops, f"{kind}_pool_backward")
    x = all_different(0, 2, *(6, 5, 4)[:rank], 2) + 1
    dz = quarters(1, *pool(x, pool_size, **options).shape)
    numerical = ops.numerical_gradient(lambda x: (pool(x, pool_size, **options) * dz).sum(), x)
    assert_allclose(backward(dz, x, pool_size, **options), numerical, atol=1e-6)


@pytest.mark.parametrize("kind", ["global_max", "global_average"])
def test_global_gradients_equal_numerical_ones(kind):
    pool, backward = getattr(ops, f"{kind}_pool"), getattr(ops, f"{kind}_pool_backward")
    x, dz = all_different(0, 2, 4, 3, 2), quarters(1, 2, 2)
    numerical = ops.numerical_gradient(lambda x: (pool(x) * dz).sum(), x)
    assert_allclose(backward(dz, x), numerical, atol=1e-6)


def test_depthwise_gradients_equal_numerical_ones():
    x, dz = all_different(0, 2, 3, 2, 6), quarters(1, 2, 3, 2, 2)
    numerical = ops.numerical_gradient(lambda x: (ops.depthwise_max_pool(x, 3) * dz).sum(), x)
    assert_allclose(ops.depthwise_max_pool_backward(dz, x, 3), numerical, atol=1e-6)


def test_among_equals_the_first_position_gets_it_all():
    x, dz = np.ones((1, 4, 4, 1)), np.array([1.0, 2, 3, 4]).reshape(1, 2, 2, 1)
    first = [[1, 0, 2, 0], [0, 0, 0, 0], [3, 0, 4, 0], [0, 0, 0, 0]]
    assert_array_equal(ops.max_pool_backward(dz, x, 2)[0, ..., 0], first)
    everything = ops.global_max_pool_backward(np.full((1, 1), 5.0), x)
    assert everything[0, 0, 0, 0] == 5
    assert everything.sum() == 5
    maps = ops.depthwise_max_pool_backward(np.array([[6.0, 7]]), np.ones((1, 4)), 2)
    assert_array_equal(maps, [[6, 0, 7, 0]])


@needs_tensorflow
def test_tensorflow_gives_it_to_the_first_too():
    x, dz = quarters(0, 2, 9, 9, 2).round(), quarters(1, 2, 4, 4, 2)
    (expected,) = automatic_gradients(lambda x: keras.ops.max_pool(x, 3, 2), dz, x)
    windows = ops.sliding_windows(x, (3, 3), 2).reshape(*dz.shape, 9)
    ties = (windows == windows.max(axis=-1, keepdims=True)).sum(axis=-1) > 1
    assert ties.any()
    assert_array_equal(ops.max_pool_backward(dz, x, 3, strides=2), expected)


def test_a_window_of_zeros_has_no_length_to_give():
    gradient = ops.l2_pool_backward(
        np.ones((1, 2, 1)), np.array([0, 0, 3, 4.0]).reshape(1, 4, 1), 2
    )
    assert_allclose(gradient.ravel(), [0, 0, 0.6, 0.8])


# Properties


@settings(max_examples=50)
@given(cases())
def test_gradients_pass_on_no_more_and_no_less_than_came(case):
    """A maximum and a mean grow by one when all their values do."""
    for kind in ("max", "average"):
        pool, backward = getattr(ops, f"{kind}_pool"), getattr(ops, f"{kind}_pool_backward")
        dz = quarters(5, *pool(*case.arguments, **case.options).shape)
        gradient = backward(dz, *case.arguments, **case.options)
        assert gradient.shape == case.x.shape
        assert_allclose(gradient.sum(), dz.sum(), atol=1e-9)


@settings(max_examples=50)
@given(cases())
def test_arguments_are_left_alone(case):
    x, dz = case.x.copy(), quarters(5, *ops.max_pool(*case.arguments, **case.options).shape)
    for kind in ("max", "average", "l2"):
        getattr(ops, f"{kind}_pool")(*case.arguments, **case.options)
        getattr(ops, f"{kind}_pool_backward")(dz, *case.arguments, **case.options)
    assert_array_equal(case.x, x)


@pytest.mark.parametrize("kind", ["max", "average", "l2"])
def test_single_precision_stays_single(kind):
    x = np.ones((1, 4, 4, 1), np.float32)
    z = getattr(ops, f"{kind}_pool")(x, 2, padding="same")
    gradient = getattr(ops, f"{kind}_pool_backward")(z, x, 2, padding="same")
    assert z.dtype == gradient.dtype == np.float32


def test_lists_are_taken_for_arrays():
    assert_array_equal(ops.max_pool([[[1], [2], [3], [4]]], 2), [[[2], [4]]])
    assert_array_equal(ops.average_pool([[[1], [2], [3], [4]]], 2), [[[1.5], [3.5]]])
    assert_array_equal(
        ops.max_pool_backward([[[5], [6]]], [[[1], [2], [3], [4]]], 2), [[[0], [5], [0], [6]]]
    )
    assert_array_equal(ops.global_max_pool([[[1], [2]]]), [[2]])


# Errors

IMAGES = np.zeros((1, 4, 4, 2))


@pytest.mark.parametrize("kind", ["max", "average", "l2"])
@pytest.mark.parametrize(
    ("pool_size", "options", "message"),
    [
        (5, {}, "a window of 5 does not fit into 4 positions"),
        ((2, 2, 2), {}, "pool_size has 3 values for 2 spatial axes"),
        (2, {"strides": (1,)}, "strides has 1 values for 2 spatial axes"),
        (0, {}, "pool_size must be at least 1, got 0"),
        (2, {"strides": 0}, "stride must be at least 1, got 0"),
        (2, {"padding": 2}, "(2, 2) must be narrower than the window"),
        (2, {"padding": (0, 3)}, "a window of 2 would hold nothing but padding"),
        (2, {"padding": "full"}, 'not "full"'),
    ],
)
def test_what_does_not_fit_is_named(kind, pool_size, options, message):
    with pytest.raises(ValueError) as error:
        getattr(ops, f"{kind}_pool")(IMAGES, pool_size, **options)
    assert message in str(error.value)
    with pytest.raises(ValueError) as error:
        getattr(ops, f"{kind}_pool_backward")(IMAGES, IMAGES, pool_size, **options)
    assert message in str(error.value)


@pytest.mark.parametrize("kind", ["max", "average", "l2"])
def test_a_gradient_of_another_shape_is_named(kind):
    with pytest.raises(ValueError, match=r"dz must have shape \(1, 2, 2, 2\), got \(1, 4, 4, 2\)"):
        getattr(ops, f"{kind}_pool_backward")(IMAGES, IMAGES, 2)


def test_global_pools_need_something_to_pool():
    for pool in (ops.global_max_pool, ops.global_average_pool):
        with pytest.raises(ValueError, match=r"at least one spatial axis, got \(2, 3\)"):
            pool(np.zeros((2, 3)))
    for backward in (ops.global_max_pool_backward, ops.global_average_pool_backward):
        with pytest.raises(ValueError, match=r"dz must have shape \(1, 2\), got \(2, 1\)"):
            backward(np.zeros((2, 1)), IMAGES)


def test_twenty_maps_do_not_divide_into_pools_of_three():
    maps = np.zeros((1, 4, 4, 20))
    with pytest.raises(ValueError, match="a pool of 3 maps does not divide 20 maps"):
        ops.depthwise_max_pool(maps, 3)
    with pytest.raises(ValueError, match="a pool of 3 maps does not divide 20 maps"):
        ops.depthwise_max_pool_backward(maps, maps, 3)
    with pytest.raises(ValueError, match="a pool of 0 maps"):
        ops.depthwise_max_pool(maps, 0)
    with pytest.raises(ValueError, match=r"dz must have shape \(1, 4, 4, 5\)"):
        ops.depthwise_max_pool_backward(maps, maps, 4)
