"""Output sizes and padding: against Keras, against counting, and against published cases."""

import keras
import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from convbook.sizes import effective_kernel, output_size, padding_amounts, per_axis

SIZES = st.integers(1, 60)
KERNELS = st.integers(1, 9)
STRIDES = st.integers(1, 7)
DILATIONS = st.integers(1, 4)
EXPLICIT_PADDINGS = st.integers(0, 8) | st.tuples(st.integers(0, 8), st.integers(0, 8))

many = settings(max_examples=300)


def windows_that_fit(positions: int, span: int, stride: int) -> int:
    """Counts, one by one, the places where a window lies wholly inside."""
    return sum(start + span <= positions for start in range(0, positions, stride))


# Against Keras


@many
@given(SIZES, KERNELS, STRIDES, DILATIONS, st.sampled_from(["valid", "same", "causal"]))
@example(13, 6, 5, 1, "same")
@example(13, 6, 5, 1, "valid")
@example(10, 3, 2, 1, "valid")
@example(4, 5, 1, 1, "valid")  # does not fit: both refuse
def test_convolution_sizes_are_those_of_keras(size, kernel, stride, dilation, padding):
    assume(stride == 1 or dilation == 1)  # Keras takes one of the two at a time
    layer = keras.layers.Conv1D(1, kernel, stride, padding, dilation_rate=dilation)
    try:
        _, expected, _ = layer.compute_output_shape((1, size, 1))
    except ValueError:
        with pytest.raises(ValueError, match="does not fit"):
            output_size(size, kernel, stride, padding, dilation)
    else:
        assert output_size(size, kernel, stride, padding, dilation) == expected


@many
@given(SIZES, KERNELS, STRIDES, st.sampled_from(["valid", "same"]))
def test_pooling_sizes_are_those_of_keras(size, window, stride, padding):
    assume(padding == "same" or window <= size)
    layer = keras.layers.MaxPooling1D(window, stride, padding)
    _, expected, _ = layer.compute_output_shape((1, size, 1))
    assert output_size(size, window, stride, padding) == expected


# Against counting


@many
@given(SIZES, KERNELS, STRIDES, DILATIONS, EXPLICIT_PADDINGS)
def test_the_formula_counts_the_windows_that_fit(size, kernel, stride, dilation, padding):
    before, after = padding if isinstance(padding, tuple) else (padding, padding)
    positions = size + before + after
    weights_at = range(0, kernel * dilation, dilation)
    expected = windows_that_fit(positions, weights_at[-1] + 1, stride)
    if expected:
        assert output_size(size, kernel, stride, padding, dilation) == expected
    else:
        with pytest.raises(ValueError, match=f"does not fit into {positions} positions"):
            output_size(size, kernel, stride, padding, dilation)


@many
@given(SIZES, KERNELS, STRIDES, DILATIONS)
def test_same_gives_one_output_a_stride_and_pads_no_more_than_that_takes(
    size, kernel, stride, dilation
):
    outputs = output_size(size, kernel, stride, "same", dilation)
    assert outputs == int(np.ceil(size / stride))
    before, after = padding_amounts(size, kernel, stride, "same", dilation)
    assert after - before in (0, 1)  # the odd zero goes after
    if after:
        span = effective_kernel(kernel, dilation)
        assert windows_that_fit(size + before + after - 1, span, stride) < outputs


@many
@given(SIZES, KERNELS, STRIDES, DILATIONS)
def test_causal_pads_only_the_past_and_keeps_the_newest_input_in_the_newest_window(
    size, kernel, stride, dilation
):
    before, after = padding_amounts(size, kernel, stride, "causal", dilation)
    assert after == 0
    # The first window ends at input 0, so each output's newest input is stride times its number.
    assert before == effective_kernel(kernel, dilation) - 1
    assert output_size(size, kernel, stride, "causal", dilation) == len(range(0, size, stride))


# Published cases


@pytest.mark.parametrize(
    ("padding", "outputs", "zeros"), [("same", 3, (1, 2)), ("valid", 2, (0, 0))]
)
def test_thirteen_wide_kernel_six_stride_five(padding, outputs, zeros):
    assert output_size(13, 6, 5, padding) == outputs
    assert padding_amounts(13, 6, 5, padding) == zeros


def test_a_last_window_that_hangs_over_is_dropped():
    assert (10 - 3 + 2 * 0) / 2 + 1 == 4.5
    assert output_size(10, 3, 2) == 4


@pytest.mark.parametrize("kernel", [1, 3, 5, 7, 11])
@pytest.mark.parametrize("size", [11, 28, 227])
def test_half_the_kernel_less_one_keeps_the_size(size, kernel):
    assert output_size(size, kernel, padding=(kernel - 1) // 2) == size
    assert padding_amounts(size, kernel, padding="same") == ((kernel - 1) // 2,) * 2


@pytest.mark.parametrize(
    ("arguments", "outputs"),
    [
        pytest.param((227, 11, 4), 55, id="AlexNet C1"),
        pytest.param((55, 3, 2), 27, id="AlexNet S2, overlapping pooling"),
        pytest.param((224, 7, 2, "same"), 112, id="GoogLeNet and ResNet, first layer"),
        pytest.param((32, 5), 28, id="LeNet-5 C1"),
    ],
)
def test_first_layers_of_published_networks(arguments, outputs):
    assert output_size(*arguments) == outputs


def test_three_weights_at_rate_four_span_nine_positions():
    dilated = [1, 0, 0, 0, 2, 0, 0, 0, 3]
    assert effective_kernel(3, dilation=4) == len(dilated)


# One value for all axes


def test_per_axis_repeats_a_number_and_passes_a_sequence_on():
    assert per_axis(3, 2, "kernel") == (3, 3)
    assert per_axis([3, 5], 2, "kernel") == (3, 5)
    assert per_axis(np.array([3, 5]), 2, "kernel") == (3, 5)


def test_numbers_from_numpy_count_as_numbers():
    assert per_axis(np.int64(3), 2, "kernel") == (3, 3)
    assert padding_amounts(5, 3, padding=np.int64(2)) == (2, 2)
    assert output_size(np.int64(13), np.int32(6), np.uint8(5), "same") == 3


# Errors


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0, 3), "size must be at least 1, got 0"),
        ((5, 0), "kernel must be at least 1, got 0"),
        ((5, 3, 0), "stride must be at least 1, got 0"),
        ((5, 3, 1, "valid", 0), "dilation must be at least 1, got 0"),
        ((5, 3, 1, "full"), 'must be "valid", "same", "causal", a number or (before, after)'),
        ((5, 3, 1, "SAME"), 'not "SAME"'),
        ((5, 3, 1, -1), "padding must not be negative, got -1"),
        ((5, 3, 1, (2, -1)), "padding must not be negative, got (2, -1)"),
        ((5, 6), "a window of 6 does not fit into 5 positions"),
        ((5, 4, 1, 1, 3), "a window of 10 does not fit into 7 positions"),
    ],
)
def test_bad_arguments_are_named(arguments, message):
    with pytest.raises(ValueError) as error:
        output_size(*arguments)
    assert message in str(error.value)


def test_a_sequence_of_the_wrong_length_is_named():
    with pytest.raises(ValueError, match=r"strides has 3 values for 2 spatial axes: \(1, 2, 3\)"):
        per_axis((1, 2, 3), 2, "strides")
