"""Depthwise and separable convolutions: against Keras, and as special cases of a convolution."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from convbook.ops import (
    conv,
    conv_backward,
    depthwise_conv,
    depthwise_conv_backward,
    numerical_gradient,
    separable_conv,
    separable_conv_backward,
)
from tests.convbook.ops.cases import automatic_gradients, cases, needs_tensorflow, quarters

MULTIPLIERS = st.integers(1, 3)


def depthwise_kernel(case, multiplier):
    *kernel_size, channels, _ = case.kernel.shape
    return quarters(multiplier, *kernel_size, channels, multiplier)


def pointwise_kernel(case, multiplier):
    channels_in, channels_out = case.kernel.shape[-2:]
    return quarters(4, *(1 for _ in case.strides), channels_in * multiplier, channels_out)


def slide_of(case):
    return {"strides": case.strides, "padding": case.padding, "dilation": case.dilation}


def for_keras(case):
    """TensorFlow has one stride for both axes here."""
    return {
        "strides": case.strides[0],
        "padding": case.padding,
        "dilation_rate": case.dilation,
    }


# Forward


@settings(max_examples=100)
@given(cases(ranks=(1, 2), max_groups=1, dilated_strides=False), st.integers(1, 3))
def test_a_group_for_each_channel_is_keras_depthwise_convolution(case, multiplier):
    *kernel_size, channels, _ = case.kernel.shape
    depthwise = quarters(multiplier, *kernel_size, channels, multiplier)
    stride = case.strides[0]  # TensorFlow has one stride for both axes here
    expected = keras.ops.depthwise_conv(
        case.x, depthwise, stride, case.padding, dilation_rate=case.dilation
    )
    one_map_after_another = depthwise.reshape(*kernel_size, 1, channels * multiplier)
    options = case.options | {"strides": stride, "groups": channels}
    assert_array_equal(conv(case.x, one_map_after_another, **options), expected)


@settings(max_examples=200)
@given(cases(ranks=(1, 2), max_groups=1, dilated_strides=False), MULTIPLIERS)
def test_depthwise_equals_keras(case, multiplier):
    kernel = depthwise_kernel(case, multiplier)
    expected = keras.ops.depthwise_conv(case.x, kernel, **for_keras(case))
    slide = slide_of(case) | {"strides": case.strides[0]}
    assert_array_equal(depthwise_conv(case.x, kernel, **slide), expected)


@settings(max_examples=100)
@given(cases(max_groups=1), MULTIPLIERS)
def test_depthwise_is_a_convolution_with_a_group_for_each_channel(case, multiplier):
    kernel = depthwise_kernel(case, multiplier)
    *kernel_size, channels, _ = kernel.shape
    in_groups = kernel.reshape(*kernel_size, 1, channels * multiplier)
    slide, bias = slide_of(case), quarters(3, channels * multiplier)
    z = conv(case.x, in_groups, bias, groups=channels, **slide)
    assert_array_equal(depthwise_conv(case.x, kernel, bias, **slide), z)
    dz = quarters(5, *z.shape)
    gradients = depthwise_conv_backward(dz, case.x, kernel, **slide)
    expected = conv_backward(dz, case.x, in_groups, groups=channels, **slide)
    assert_array_equal(gradients.input, expected.input)
    assert_array_equal(gradients.kernel, expected.kernel.reshape(kernel.shape))
    assert_array_equal(gradients.bias, expected.bias)


@settings(max_examples=200)
@given(cases(ranks=(1, 2), max_groups=1, dilated_strides=False), MULTIPLIERS)
def test_separable_equals_keras(case, multiplier):
    kernels = depthwise_kernel(case, multiplier), pointwise_kernel(case, multiplier)
    expected = keras.ops.separable_conv(case.x, *kernels, **for_keras(case))
    slide = slide_of(case) | {"strides": case.strides[0]}
    assert_array_equal(separable_conv(case.x, *kernels, **slide), expected)


@settings(max_examples=50)
@given(cases(max_groups=1), MULTIPLIERS)
def test_separable_is_one_convolution_whose_kernel_is_a_product(case, multiplier):
    """w[u, c, k] = sum over m of depthwise[u, c, m] * pointwise[c * multiplier + m, k]"""
    depthwise, pointwise = depthwise_kernel(case, multiplier), pointwise_kernel(case, multiplier)
    channels, maps = case.kernel.shape[-2:]
    mixing = pointwise.reshape(channels, multiplier, maps)
    kernel = np.einsum("...cm,cmk->...ck", depthwise, mixing)
    bias = quarters(3, maps)
    assert_array_equal(
        separable_conv(case.x, depthwise, pointwise, bias, **slide_of(case)),
        conv(case.x, kernel, bias, **slide_of(case)),
    )


# Backward


@needs_tensorflow
@settings(max_examples=100)
@given(cases(ranks=(1, 2), max_groups=1, dilated_strides=False), MULTIPLIERS)
def test_gradients_equal_automatic_differentiation(case, multiplier):
    kernels = depthwise_kernel(case, multiplier), pointwise_kernel(case, multiplier)
    slide = slide_of(case) | {"strides": case.strides[0]}

    dz = quarters(5, *depthwise_conv(case.x, kernels[0], **slide).shape)
    gradients = depthwise_conv_backward(dz, case.x, kernels[0], **slide)
    expected = automatic_gradients(
        lambda x, w: keras.ops.depthwise_conv(x, w, **for_keras(case)), dz, case.x, kernels[0]
    )
    for gradient, equal in zip(gradients, expected, strict=False):  # Keras's have no bias
        assert_array_equal(gradient, equal)

    dz = quarters(5, *separable_conv(case.x, *kernels, **slide).shape)
    gradients = separable_conv_backward(dz, case.x, *kernels, **slide)
    expected = automatic_gradients(
        lambda x, *w: keras.ops.separable_conv(x, *w, **for_keras(case)), dz, case.x, *kernels
    )
    for gradient, equal in zip(gradients, expected, strict=False):
        assert_array_equal(gradient, equal)


@pytest.mark.parametrize(
    ("rank", "options"),
    [
        (1, {"padding": "causal", "dilation": 2}),
        (2, {"padding": "same", "strides": (2, 1), "dilation": (1, 2)}),
        (3, {"padding": 1, "strides": 2}),
    ],
)
def test_gradients_equal_numerical_ones(rank, options):
    rng = np.random.default_rng(rank)
    x = rng.normal(size=(1, *(6, 5, 4)[:rank], 3))
    depthwise = rng.normal(size=(*(3, 2, 2)[:rank], 3, 2))
    pointwise, bias = rng.normal(size=(*(1, 1, 1)[:rank], 6, 2)), rng.normal(size=2)
    dz = rng.normal(size=separable_conv(x, depthwise, pointwise, bias, **options).shape)
    gradients = separable_conv_backward(dz, x, depthwise, pointwise, **options)
    given_arrays = [x, depthwise, pointwise, bias]
    for i, gradient in enumerate(gradients):

        def loss(changed, i=i):
            arrays = [*given_arrays[:i], changed, *given_arrays[i + 1 :]]
            return (separable_conv(*arrays, **options) * dz).sum()

        assert_allclose(gradient, numerical_gradient(loss, given_arrays[i]), rtol=0, atol=1e-7)


def test_single_precision_stays_single():
    x, depthwise = np.ones((1, 4, 4, 2), np.float32), np.ones((2, 2, 2, 3), np.float32)
    pointwise = np.ones((1, 1, 6, 5), np.float32)
    z = separable_conv(x, depthwise, pointwise)
    gradients = separable_conv_backward(z, x, depthwise, pointwise)
    assert {array.dtype for array in (z, *gradients)} == {np.dtype(np.float32)}


# Errors

IMAGES = np.zeros((1, 4, 4, 2))


@pytest.mark.parametrize(
    ("kernel_shape", "options", "message"),
    [
        ((3, 2, 1), {}, "(3, 2, 1) does not fit an input of shape (1, 4, 4, 2)"),
        ((2, 1), {}, "(2, 1) does not fit an input"),
        ((3, 3, 3, 1), {}, "(3, 3, 3, 1) does not fit an input"),
        ((3, 3, 2, 2), {"bias": np.zeros(2)}, "bias must have shape (4,), got (2,)"),
        ((5, 3, 2, 2), {}, "a window of 5 does not fit into 4 positions"),
    ],
)
def test_what_does_not_fit_together_is_named(kernel_shape, options, message):
    with pytest.raises(ValueError) as error:
        depthwise_conv(IMAGES, np.zeros(kernel_shape), **options)
    assert message in str(error.value)


@pytest.mark.parametrize("shape", [(1, 1, 2, 3), (2, 1, 4, 3), (1, 4, 3), (4, 3)])
def test_a_pointwise_kernel_that_does_not_fit_is_named(shape):
    depthwise = np.zeros((3, 3, 2, 2))
    message = (
        rf"pointwise_kernel must have shape \(1, 1, 4, 3\), got \({', '.join(map(str, shape))}\)"
    )
    with pytest.raises(ValueError, match=message):
        separable_conv(IMAGES, depthwise, np.zeros(shape))
    with pytest.raises(ValueError, match=message):
        separable_conv_backward(np.zeros((1, 2, 2, 3)), IMAGES, depthwise, np.zeros(shape))


def test_a_gradient_of_another_shape_is_named():
    depthwise, pointwise = np.zeros((3, 3, 2, 2)), np.zeros((1, 1, 4, 3))
    with pytest.raises(ValueError, match=r"dz must have shape \(1, 2, 2, 4\), got \(1, 2, 2, 3\)"):
        depthwise_conv_backward(np.zeros((1, 2, 2, 3)), IMAGES, depthwise)
    with pytest.raises(ValueError, match=r"dz must have shape \(1, 2, 2, 3\), got \(1, 2, 2, 4\)"):
        separable_conv_backward(np.zeros((1, 2, 2, 4)), IMAGES, depthwise, pointwise)
