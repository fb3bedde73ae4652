"""The NumPy operations: against Keras, against SciPy, and against the properties of a convolution.

Random arrays hold small multiples of a quarter, whose sums and products are exact in floating point
whatever the order: equal means equal, to the last bit.
"""

import itertools
from dataclasses import dataclass

import keras
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from scipy import signal

from convbook.ops import conv, sliding_windows


def quarters(seed, *shape):
    return np.random.default_rng(seed).integers(-12, 13, shape) / 4


@dataclass(frozen=True)
class Case:
    """A random convolution whose window fits into the input."""

    x: np.ndarray
    kernel: np.ndarray
    strides: tuple[int, ...]
    dilation: tuple[int, ...]
    padding: str
    groups: int

    @property
    def options(self):
        return {
            "strides": self.strides,
            "dilation": self.dilation,
            "padding": self.padding,
            "groups": self.groups,
        }


@st.composite
def cases(draw, ranks=(1, 2, 3), max_groups=3, dilated_strides=True):
    rank = draw(st.sampled_from(ranks))

    def per_axis(smallest, largest):
        return tuple(draw(st.integers(smallest, largest)) for _ in range(rank))

    kernel_size = per_axis(1, 4)
    strides, dilation = per_axis(1, 3), per_axis(1, 3)
    if not dilated_strides and max(strides) > 1:
        dilation = (1,) * rank
    spans = [(f - 1) * d + 1 for f, d in zip(kernel_size, dilation, strict=True)]
    sizes = [span + extra for span, extra in zip(spans, per_axis(0, 4), strict=True)]
    groups = draw(st.integers(1, max_groups))
    channels_in, maps = draw(st.integers(1, 2)), draw(st.integers(1, 2))
    seed = draw(st.integers(0, 2**32 - 1))
    return Case(
        x=quarters(seed, draw(st.integers(1, 2)), *sizes, groups * channels_in),
        kernel=quarters(seed + 1, *kernel_size, channels_in, groups * maps),
        strides=strides,
        dilation=dilation,
        padding=draw(st.sampled_from(["valid", "same"])),
        groups=groups,
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
    # TensorFlow's 3D convolution on the CPU crops where its documented rule pads with nothing
    # (kernel 1, stride 3, "same"); SciPy, below, follows the documented rule.
    crops = (f == 1 and s == 3 for f, s in zip(case.kernel.shape[:-2], case.strides, strict=True))
    assume(not (len(case.strides) == 3 and case.padding == "same" and any(crops)))
    expected = keras.ops.conv(
        case.x, case.kernel, case.strides, case.padding, dilation_rate=case.dilation
    )
    assert_array_equal(conv(case.x, case.kernel, **case.options), expected)


@settings(max_examples=300)
@given(cases())
def test_equals_scipy_with_groups_and_dilated_strides_too(case):
    assert_array_equal(conv(case.x, case.kernel, **case.options), scipy_conv(case))


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


# Windows


@settings(max_examples=100)
@given(cases())
def test_windows_hold_what_the_kernel_sees(case):
    options = {"strides": case.strides, "dilation": case.dilation}
    kernel_size = case.kernel.shape[:-2]
    windows = sliding_windows(case.x, kernel_size, **options)
    outputs = windows.shape[1 : 1 + len(kernel_size)]
    assert windows.shape == (len(case.x), *outputs, case.x.shape[-1], *kernel_size)
    for position in itertools.islice(np.ndindex(outputs), 8):
        reach = tuple(
            slice(i * s, i * s + (f - 1) * d + 1, d)
            for i, s, f, d in zip(position, case.strides, kernel_size, case.dilation, strict=True)
        )
        seen = np.moveaxis(case.x[(slice(None), *reach)], -1, 1)
        assert_array_equal(windows[(slice(None), *position)], seen)


def test_windows_are_a_view_that_cannot_be_written():
    windows = sliding_windows(np.zeros((1, 5, 5, 1)), (3, 3))
    with pytest.raises(ValueError, match="read-only"):
        windows[0, 0, 0, 0, 0, 0] = 1


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


def test_windows_of_the_wrong_rank_are_named():
    with pytest.raises(
        ValueError, match=r"along 1 axes needs an input with 3 axes .* \(1, 4, 4, 2\)"
    ):
        sliding_windows(IMAGES, (2,))
