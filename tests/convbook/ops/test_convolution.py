"""Convolution: against Keras, SciPy and automatic differentiation, and against its properties."""

import keras
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import signal

from convbook.ops import (
    conv,
    conv_backward,
    conv_input_gradient,
    conv_kernel_gradient,
    numerical_gradient,
)
from tests.convbook.ops.cases import (
    automatic_gradients,
    cases,
    cropped_by_tensorflow,
    needs_tensorflow,
    quarters,
)


def scipy_conv(case):
    """The same by other means: pad, spread the kernel out, correlate map by map, then subsample."""
    *kernel_size, channels_in, channels_out = case.kernel.shape
    spans = [(f - 1) * d + 1 for f, d in zip(kernel_size, case.dilation, strict=True)]
    kernel = np.zeros((*spans, channels_in, channels_out))
    kernel[tuple(slice(None, None, d) for d in case.dilation)] = case.kernel
    x = case.x
    if case.padding == "same":
        for axis, (span, stride) in enumerate(zip(spans, case.strides, strict=True), start=1):
            # the rule as TensorFlow words it, by the remainder of the division
            total = max(span - (x.shape[axis] % stride or stride), 0)
            widths = [(0, 0)] * x.ndim
            widths[axis] = total // 2, total - total // 2
            x = np.pad(x, widths)
    maps = []
    for k in range(channels_out):
        first = k // (channels_out // case.groups) * channels_in
        maps.append(
            sum(
                signal.correlate(
                    x[..., first + c], kernel[np.newaxis, ..., c, k], "valid", "direct"
                )
                for c in range(channels_in)
            )
        )
    steps = tuple(slice(None, None, stride) for stride in case.strides)
    return np.stack(maps, axis=-1)[(slice(None), *steps)]


# Against other implementations


@settings(max_examples=300)
@given(cases(max_groups=1, dilated_strides=False))
def test_equals_keras(case):
    assume(not cropped_by_tensorflow(case))  # SciPy, below, follows the documented rule
    expected = keras.ops.conv(
        case.x, case.kernel, case.strides, case.padding, dilation_rate=case.dilation
    )
    assert_array_equal(conv(case.x, case.kernel, **case.options), expected)


@settings(max_examples=300)
@given(cases())
def test_equals_scipy_with_groups_and_dilated_strides_too(case):
    assert_array_equal(conv(case.x, case.kernel, **case.options), scipy_conv(case))


@pytest.mark.parametrize("rank", [1, 2])
@pytest.mark.parametrize("groups", [2, 3])
def test_groups_equal_keras(rank, groups):
    x = quarters(0, 2, *[7, 6][:rank], 6)
    kernel = quarters(1, *[3, 2][:rank], 6 // groups, 6)
    expected = keras.ops.conv(x, kernel, 2, "same")
    assert_array_equal(conv(x, kernel, strides=2, padding="same", groups=groups), expected)


@pytest.mark.parametrize(("kernel_size", "stride", "dilation"), [(2, 1, 1), (3, 2, 1), (3, 1, 4)])
def test_causal_padding_equals_a_keras_layer(kernel_size, stride, dilation):
    x, kernel = quarters(0, 2, 11, 3), quarters(1, kernel_size, 3, 4)
    layer = keras.layers.Conv1D(
        4, kernel_size, stride, "causal", dilation_rate=dilation, use_bias=False
    )
    layer.build(x.shape)
    layer.set_weights([kernel])
    z = conv(x, kernel, strides=stride, dilation=dilation, padding="causal")
    assert_array_equal(z, layer(x))


@settings(max_examples=100)
@given(st.integers(1, 3), st.data())
def test_one_channel_is_scipy_correlation_and_a_flipped_kernel_is_convolution(rank, data):
    kernel_size = data.draw(st.tuples(*[st.integers(1, 4)] * rank))
    sizes = [f + data.draw(st.integers(0, 4)) for f in kernel_size]
    image, weights = quarters(0, *sizes), quarters(1, *kernel_size)
    x = image[np.newaxis, ..., np.newaxis]
    z = conv(x, weights[..., np.newaxis, np.newaxis])
    assert_array_equal(z[0, ..., 0], signal.correlate(image, weights, "valid", "direct"))
    z = conv(x, np.flip(weights)[..., np.newaxis, np.newaxis])
    assert_array_equal(z[0, ..., 0], signal.convolve(image, weights, "valid", "direct"))


# Against the definition


def test_is_the_sum_in_the_docstring():
    """z[n, i, j, k] = b[k] + sum over u, v, c of x[n, i*s + u*d, j*s + v*d, c] * w[u, v, c, k]"""
    x, w, b = quarters(0, 2, 9, 8, 3), quarters(1, 3, 2, 3, 4), quarters(2, 4)
    s, d = 2, 2
    z = conv(x, w, b, strides=s, dilation=d)
    assert z.shape == (2, 3, 3, 4)
    for n, i, j, k in np.ndindex(z.shape):
        terms = (
            x[n, i * s + u * d, j * s + v * d, c] * w[u, v, c, k] for u, v, c in np.ndindex(3, 2, 3)
        )
        assert z[n, i, j, k] == b[k] + sum(terms)


def test_rate_four_spreads_three_weights_over_nine_positions():
    x = quarters(0, 1, 20, 1)
    weights = np.array([1.0, 2, 3]).reshape(3, 1, 1)
    spread = np.array([1.0, 0, 0, 0, 2, 0, 0, 0, 3]).reshape(9, 1, 1)
    assert_array_equal(conv(x, weights, dilation=4), conv(x, spread))


def test_a_one_by_one_kernel_is_a_matrix_product_at_every_position():
    x, w = quarters(0, 2, 5, 4, 3), quarters(1, 1, 1, 3, 6)
    assert_array_equal(conv(x, w), x @ w[0, 0])


def test_a_kernel_as_large_as_the_image_is_a_dense_layer():
    x, w = quarters(0, 2, 5, 4, 3), quarters(1, 5, 4, 3, 6)
    assert_array_equal(conv(x, w)[:, 0, 0], x.reshape(2, -1) @ w.reshape(-1, 6))


# Properties


@settings(max_examples=100)
@given(cases(), st.integers(-3, 3))
def test_is_linear_in_the_input_and_in_the_kernel(case, factor):
    x, kernel = quarters(7, *case.x.shape), quarters(8, *case.kernel.shape)
    z = conv(case.x, case.kernel, **case.options)
    in_x = conv(case.x + factor * x, case.kernel, **case.options)
    assert_array_equal(in_x, z + factor * conv(x, case.kernel, **case.options))
    in_kernel = conv(case.x, case.kernel + factor * kernel, **case.options)
    assert_array_equal(in_kernel, z + factor * conv(case.x, kernel, **case.options))


@settings(max_examples=100)
@given(cases(), st.integers(1, 3), st.data())
def test_a_shift_of_the_input_by_whole_strides_shifts_the_output(case, steps, data):
    axis = data.draw(st.integers(1, case.x.ndim - 2))
    shift = steps * case.strides[axis - 1]
    widths = [(0, 0)] * case.x.ndim
    widths[axis] = (shift, 0)
    shifted = np.pad(case.x, widths, mode="wrap")
    options = case.options | {"padding": "valid"}
    after_the_shift = (slice(None),) * axis + (slice(steps, None),)
    assert_array_equal(
        conv(shifted, case.kernel, **options)[after_the_shift],
        conv(case.x, case.kernel, **options),
    )


@settings(max_examples=100)
@given(cases())
def test_the_bias_is_added_to_every_position_of_its_map(case):
    bias = quarters(3, case.kernel.shape[-1])
    z = conv(case.x, case.kernel, **case.options)
    assert_array_equal(conv(case.x, case.kernel, bias, **case.options), z + bias)


@settings(max_examples=100)
@given(cases(), st.integers(0, 4), st.integers(0, 4))
def test_explicit_padding_is_zeros_around_and_no_padding(case, before, after):
    around = [(0, 0), *[(before, after)] * (case.x.ndim - 2), (0, 0)]
    padded = np.pad(case.x, around)
    options = case.options
    expected = conv(padded, case.kernel, **options | {"padding": "valid"})
    options["padding"] = (before, after)
    assert_array_equal(conv(case.x, case.kernel, **options), expected)
    if before == after:
        options["padding"] = before
        assert_array_equal(conv(case.x, case.kernel, **options), expected)


@settings(max_examples=50)
@given(st.integers(1, 4), st.integers(1, 4), st.integers(0, 9))
def test_causal_outputs_do_not_see_their_future(kernel_size, dilation, now):
    x, kernel = quarters(0, 1, 10, 2), quarters(1, kernel_size, 2, 3)
    other_future = x.copy()
    other_future[:, now + 1 :] += 1
    z, other = (conv(a, kernel, dilation=dilation, padding="causal") for a in (x, other_future))
    assert z.shape[1] == 10
    assert_array_equal(z[:, : now + 1], other[:, : now + 1])


@settings(max_examples=50)
@given(cases())
def test_examples_do_not_mix(case):
    z = conv(case.x, case.kernel, **case.options)
    one_by_one = [conv(x[np.newaxis], case.kernel, **case.options) for x in case.x]
    assert_array_equal(z, np.concatenate(one_by_one))


@settings(max_examples=50)
@given(cases())
def test_arguments_are_left_alone(case):
    x, kernel = case.x.copy(), case.kernel.copy()
    z = conv(case.x, case.kernel, **case.options)
    z += 1
    assert_array_equal(case.x, x)
    assert_array_equal(case.kernel, kernel)


def test_single_precision_stays_single():
    x, kernel = np.ones((1, 4, 4, 2), np.float32), np.ones((2, 2, 2, 3), np.float32)
    assert conv(x, kernel, np.ones(3, np.float32)).dtype == np.float32


def test_lists_are_taken_for_arrays():
    assert_array_equal(conv([[[1], [2], [3]]], [[[1]], [[10]]], [100]), [[[121], [132]]])


# Backward


def gradients_of(case, **options):
    """A gradient to start from, and what ``conv_backward`` makes of it."""
    options = case.options | options
    dz = quarters(5, *conv(case.x, case.kernel, **options).shape)
    return dz, conv_backward(dz, case.x, case.kernel, **options)


@needs_tensorflow
@settings(max_examples=200)
@given(cases(max_groups=1, dilated_strides=False))
def test_gradients_equal_automatic_differentiation(case):
    assume(not cropped_by_tensorflow(case))

    def keras_conv(x, kernel, bias):
        z = keras.ops.conv(x, kernel, case.strides, case.padding, dilation_rate=case.dilation)
        return z + bias

    dz, gradients = gradients_of(case)
    bias = np.zeros(case.kernel.shape[-1])
    expected = automatic_gradients(keras_conv, dz, case.x, case.kernel, bias)
    for gradient, equal in zip(gradients, expected, strict=True):
        assert_array_equal(gradient, equal)


@settings(max_examples=300)
@given(cases(), st.sampled_from(["valid", "same", "causal", 2, (0, 3)]))
def test_gradients_are_the_adjoints_of_a_linear_map(case, padding):
    """The output is linear in each argument: <conv(v), dz> = <v, gradient> for every v."""
    dz, gradients = gradients_of(case, padding=padding)
    options = case.options | {"padding": padding}
    x, kernel = quarters(7, *case.x.shape), quarters(8, *case.kernel.shape)
    bias = quarters(9, case.kernel.shape[-1])
    assert (conv(x, case.kernel, **options) * dz).sum() == (x * gradients.input).sum()
    assert (conv(case.x, kernel, **options) * dz).sum() == (kernel * gradients.kernel).sum()
    assert (bias * dz).sum() == (bias * gradients.bias).sum()


@pytest.mark.parametrize(
    ("rank", "options"),
    [
        (1, {"padding": "causal", "dilation": 2}),
        (1, {"padding": (3, 1), "strides": 3}),
        (2, {"padding": "same", "strides": (2, 3), "groups": 2}),
        (2, {"padding": 1, "strides": 2, "dilation": (1, 2)}),
        (3, {"padding": "same", "strides": (1, 2, 2), "dilation": (2, 1, 1), "groups": 2}),
    ],
)
def test_gradients_equal_numerical_ones(rank, options):
    rng = np.random.default_rng(rank)
    x = rng.normal(size=(2, *(6, 5, 4)[:rank], 4))
    w = rng.normal(size=(*(3, 2, 2)[:rank], 4 // options.get("groups", 1), 2))
    b = rng.normal(size=2)
    dz = rng.normal(size=conv(x, w, b, **options).shape)
    gradients = conv_backward(dz, x, w, **options)
    close = {"rtol": 0, "atol": 1e-7}
    in_x = numerical_gradient(lambda x: (conv(x, w, b, **options) * dz).sum(), x)
    assert_allclose(gradients.input, in_x, **close)
    in_w = numerical_gradient(lambda w: (conv(x, w, b, **options) * dz).sum(), w)
    assert_allclose(gradients.kernel, in_w, **close)
    in_b = numerical_gradient(lambda b: (conv(x, w, b, **options) * dz).sum(), b)
    assert_allclose(gradients.bias, in_b, **close)


@settings(max_examples=50)
@given(st.integers(1, 3), st.data())
def test_the_input_gradient_is_scipy_full_convolution(rank, data):
    kernel_size = data.draw(st.tuples(*[st.integers(1, 4)] * rank))
    sizes = [f + data.draw(st.integers(0, 4)) for f in kernel_size]
    image, weights = quarters(0, *sizes), quarters(1, *kernel_size)
    dz = quarters(2, *[size - f + 1 for size, f in zip(sizes, kernel_size, strict=True)])
    gradients = conv_backward(
        dz[np.newaxis, ..., np.newaxis],
        image[np.newaxis, ..., np.newaxis],
        weights[..., np.newaxis, np.newaxis],
    )
    assert_array_equal(gradients.input[0, ..., 0], signal.convolve(dz, weights, "full", "direct"))
    assert_array_equal(gradients.kernel[..., 0, 0], signal.correlate(image, dz, "valid", "direct"))


@settings(max_examples=100)
@given(cases(max_groups=1))
def test_the_input_gradient_is_a_full_convolution_with_the_flipped_kernel(case):
    """With the stride's gaps filled with zeros, and the padding cut off again."""
    dz, gradients = gradients_of(case, padding="valid")
    rank = len(case.strides)
    spread = np.zeros(
        (
            len(dz),
            *((n - 1) * s + 1 for n, s in zip(dz.shape[1:-1], case.strides, strict=True)),
            dz.shape[-1],
        )
    )
    spread[(slice(None), *(slice(None, None, s) for s in case.strides))] = dz
    spans = [(f - 1) * d + 1 for f, d in zip(case.kernel.shape, case.dilation, strict=False)]
    full = np.pad(spread, [(0, 0), *((span - 1, span - 1) for span in spans), (0, 0)])
    flipped = np.flip(case.kernel, axis=tuple(range(rank))).swapaxes(-1, -2)
    reached = conv(full, flipped, dilation=case.dilation)
    unseen = [(0, size - got) for size, got in zip(case.x.shape, reached.shape, strict=True)]
    assert_array_equal(gradients.input, np.pad(reached, unseen))


def test_a_shared_weight_sums_over_its_positions():
    """Three positions of a kernel of one weight: its gradient is z1 d1 + z2 d2 + z3 d3."""
    z, d = np.array([2.0, 3, 5]), np.array([7.0, 11, 13])
    gradients = conv_backward(d.reshape(1, 3, 1), z.reshape(1, 3, 1), np.full((1, 1, 1), 4.0))
    assert gradients.kernel == 2 * 7 + 3 * 11 + 5 * 13
    assert gradients.bias == 7 + 11 + 13
    assert_array_equal(gradients.input.ravel(), 4 * d)


def test_gradients_have_the_shapes_and_the_precision_of_what_went_in():
    x, kernel = np.ones((2, 6, 5, 4), np.float32), np.ones((3, 2, 2, 6), np.float32)
    dz = np.ones((2, 3, 3, 6), np.float32)
    gradients = conv_backward(dz, x, kernel, strides=2, padding="same", groups=2)
    assert [gradient.shape for gradient in gradients] == [x.shape, kernel.shape, (6,)]
    assert {gradient.dtype for gradient in gradients} == {np.dtype(np.float32)}


# Errors

IMAGES = np.zeros((1, 4, 4, 2))


@pytest.mark.parametrize(
    ("kernel_shape", "options", "message"),
    [
        ((3, 2, 1), {}, "slides along 1 axes and needs an input with 3 axes"),
        ((3, 3, 3, 2, 1), {}, "slides along 3 axes and needs an input with 5 axes"),
        ((2, 1), {}, "slides along 0 axes"),
        ((3, 3, 3, 1), {}, "input has 2 channels, kernel (3, 3, 3, 1) in 1 group(s) takes 3"),
        ((3, 3, 1, 3), {"groups": 2}, "in 2 group(s) takes 2 and gives 3"),
        ((3, 3, 2, 2), {"groups": 0}, "in 0 group(s)"),
        ((3, 3, 2, 2), {"bias": np.zeros(3)}, "bias must have shape (2,), got (3,)"),
        ((3, 3, 2, 2), {"bias": 1.0}, "bias must have shape (2,), got ()"),
        ((3, 5, 2, 2), {}, "a window of 5 does not fit into 4 positions"),
        ((3, 3, 2, 2), {"dilation": 2}, "a window of 5 does not fit into 4 positions"),
        ((3, 3, 2, 2), {"strides": (1, 1, 1)}, "strides has 3 values for 2 spatial axes"),
        ((3, 3, 2, 2), {"dilation": [1]}, "dilation has 1 values for 2 spatial axes"),
        ((3, 3, 2, 2), {"strides": 0}, "stride must be at least 1, got 0"),
        ((3, 3, 2, 2), {"padding": "full"}, 'not "full"'),
        ((3, 3, 2, 2), {"padding": -1}, "padding must not be negative, got -1"),
    ],
)
def test_what_does_not_fit_together_is_named(kernel_shape, options, message):
    with pytest.raises(ValueError) as error:
        conv(IMAGES, np.zeros(kernel_shape), **options)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("dz_shape", "message"),
    [
        ((1, 2, 2, 5), "dz must have shape (1, 2, 2, 3), got (1, 2, 2, 5)"),
        ((1, 3, 2, 3), "dz must have shape (1, 2, 2, 3), got (1, 3, 2, 3)"),
        ((2, 2, 2, 3), "dz must have shape (1, 2, 2, 3), got (2, 2, 2, 3)"),
        ((2, 2, 3), "dz must have shape (1, 2, 2, 3), got (2, 2, 3)"),
    ],
)
def test_a_gradient_of_another_shape_is_named(dz_shape, message):
    kernel = np.zeros((3, 3, 2, 3))
    with pytest.raises(ValueError) as error:
        conv_backward(np.zeros(dz_shape), IMAGES, kernel)
    assert message in str(error.value)
    with pytest.raises(ValueError) as error:
        conv_input_gradient(np.zeros(dz_shape), kernel, IMAGES.shape)
    assert message in str(error.value)


def test_backward_refuses_what_forward_refuses():
    with pytest.raises(ValueError, match="input has 2 channels"):
        conv_backward(np.zeros((1, 2, 2, 1)), IMAGES, np.zeros((3, 3, 3, 1)))
    with pytest.raises(ValueError, match=r"kernel must have shape \(3, 3, 2, 1\)"):
        conv_input_gradient(np.zeros((1, 2, 2, 1)), np.zeros((3, 3, 3, 1)), IMAGES.shape)
    with pytest.raises(ValueError, match=r"dz must have shape \(1, 2, 2, 1\)"):
        conv_kernel_gradient(np.zeros((1, 3, 2, 1)), IMAGES, (3, 3))
