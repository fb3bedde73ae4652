"""Transposed convolution and its sizes: against Keras, and as the adjoint of a convolution."""

from dataclasses import dataclass

import keras
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from convbook.ops import (
    conv,
    conv_backward,
    conv_input_gradient,
    conv_transpose,
    conv_transpose_backward,
    numerical_gradient,
)
from convbook.sizes import output_size, transposed_output_size
from tests.convbook.ops.cases import (
    automatic_gradients,
    cropped_by_tensorflow,
    needs_tensorflow,
    quarters,
)


@dataclass(frozen=True)
class Case:
    """A random transposed convolution."""

    x: np.ndarray
    kernel: np.ndarray
    strides: tuple[int, ...]
    dilation: tuple[int, ...]
    padding: str
    output_padding: tuple[int, ...] | None

    @property
    def slide(self):
        return {"strides": self.strides, "dilation": self.dilation, "padding": self.padding}

    @property
    def options(self):
        return self.slide | {"output_padding": self.output_padding}

    def keras(self, x, kernel):
        return keras.ops.conv_transpose(
            x,
            kernel,
            self.strides,
            self.padding,
            self.output_padding,
            dilation_rate=self.dilation,
        )


@st.composite
def cases(draw, dilated=True, output_paddings=True):
    """TensorFlow's CPU kernel knows no dilation here."""
    rank = draw(st.integers(1, 3))

    def per_axis(smallest, largest):
        return tuple(draw(st.integers(smallest, largest)) for _ in range(rank))

    kernel_size, strides, sizes = per_axis(1, 4), per_axis(1, 3), per_axis(1, 4)
    dilation = per_axis(1, 3) if dilated else (1,) * rank
    padding = draw(st.sampled_from(["valid", "same"]))
    output_padding = None
    if output_paddings and draw(st.booleans()):
        spans = [(f - 1) * d + 1 for f, d in zip(kernel_size, dilation, strict=True)]
        least = [int(padding == "same" and span % 2 == 0) for span in spans]
        extras = [draw(st.integers(0, stride - 1)) for stride in strides]
        output_padding = tuple(a + b for a, b in zip(least, extras, strict=True))
    channels_in, channels_out = draw(st.integers(1, 2)), draw(st.integers(1, 2))
    seed = draw(st.integers(0, 2**32 - 1))
    return Case(
        x=quarters(seed, draw(st.integers(1, 2)), *sizes, channels_in),
        kernel=quarters(seed + 1, *kernel_size, channels_out, channels_in),
        strides=strides,
        dilation=dilation,
        padding=padding,
        output_padding=output_padding,
    )


# Forward


@settings(max_examples=300)
@given(cases(dilated=False))
def test_equals_keras(case):
    assert_array_equal(
        conv_transpose(case.x, case.kernel, **case.options), case.keras(case.x, case.kernel)
    )


@needs_tensorflow
@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize(("kernel_size", "dilation"), [((3, 2), (2, 3)), ((4, 3), (3, 2))])
def test_dilation_equals_tensorflow_compiled(kernel_size, dilation, padding):
    """XLA's kernel knows dilation, unlike the plain one on the CPU."""
    import tensorflow as tf

    x, kernel = quarters(0, 2, 5, 4, 3), quarters(1, *kernel_size, 2, 3)

    @tf.function(jit_compile=True)
    def compiled(x, kernel):
        return keras.ops.conv_transpose(x, kernel, 1, padding, dilation_rate=dilation)

    z = conv_transpose(x, kernel, padding=padding, dilation=dilation)
    assert_array_equal(z, compiled(tf.constant(x), tf.constant(kernel)))


@settings(max_examples=300)
@given(cases())
def test_is_the_adjoint_of_the_convolution_with_the_same_kernel(case):
    z = conv_transpose(case.x, case.kernel, **case.options)
    image = quarters(5, *z.shape)
    down = conv(image, case.kernel, **case.slide)
    assert down.shape == case.x.shape
    assert (down * case.x).sum() == (image * z).sum()


@settings(max_examples=100)
@given(cases())
def test_is_the_input_gradient_of_that_convolution_plus_a_bias(case):
    bias = quarters(3, case.kernel.shape[-2])
    z = conv_transpose(case.x, case.kernel, bias, **case.options)
    gradient = conv_input_gradient(case.x, case.kernel, z.shape, **case.slide)
    assert_array_equal(z, gradient + bias)


@settings(max_examples=50)
@given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 3))
def test_adds_up_stamps(rows, size, stride):
    x, kernel = quarters(0, rows, 3), quarters(1, size, 2)
    expected = np.zeros(((rows - 1) * stride + max(size, stride), 2 * stride + max(2, stride)))
    for i, j in np.ndindex(x.shape):
        top, left = i * stride, j * stride
        expected[top : top + size, left : left + 2] += x[i, j] * kernel
    z = conv_transpose(
        x[np.newaxis, ..., np.newaxis], kernel[..., np.newaxis, np.newaxis], strides=stride
    )
    assert_array_equal(z[0, ..., 0], expected)


@pytest.mark.parametrize(("kernel", "stamps"), [(3, [1, 2, 4]), (4, [4])])
def test_a_stride_that_does_not_divide_the_kernel_makes_a_chequerboard(kernel, stamps):
    z = conv_transpose(np.ones((1, 6, 6, 1)), np.ones((kernel, kernel, 1, 1)), strides=2)
    assert np.unique(z[0, 4:-4, 4:-4]).tolist() == stamps


# Backward


@needs_tensorflow
@settings(max_examples=150)
@given(cases(dilated=False))
def test_gradients_equal_automatic_differentiation(case):
    assume(not cropped_by_tensorflow(case))  # its input gradient is a 3D convolution
    z = conv_transpose(case.x, case.kernel, **case.options)
    dz, bias = quarters(5, *z.shape), np.zeros(z.shape[-1])
    gradients = conv_transpose_backward(dz, case.x, case.kernel, **case.options)
    expected = automatic_gradients(
        lambda x, w, b: case.keras(x, w) + b, dz, case.x, case.kernel, bias
    )
    for gradient, equal in zip(gradients, expected, strict=True):
        assert_array_equal(gradient, equal)


@settings(max_examples=100)
@given(cases())
def test_gradients_are_the_adjoints_of_a_linear_map(case):
    dz = quarters(5, *conv_transpose(case.x, case.kernel, **case.options).shape)
    gradients = conv_transpose_backward(dz, case.x, case.kernel, **case.options)
    x, kernel = quarters(7, *case.x.shape), quarters(8, *case.kernel.shape)
    in_x = conv_transpose(x, case.kernel, **case.options)
    assert (in_x * dz).sum() == (x * gradients.input).sum()
    in_kernel = conv_transpose(case.x, kernel, **case.options)
    assert (in_kernel * dz).sum() == (kernel * gradients.kernel).sum()
    assert_array_equal(gradients.bias, dz.reshape(-1, dz.shape[-1]).sum(axis=0))


@settings(max_examples=50)
@given(cases())
def test_the_kernel_gradient_is_that_of_the_convolution_turned_round(case):
    dz = quarters(5, *conv_transpose(case.x, case.kernel, **case.options).shape)
    gradients = conv_transpose_backward(dz, case.x, case.kernel, **case.options)
    turned_round = conv_backward(case.x, dz, case.kernel, **case.slide)
    assert_array_equal(gradients.kernel, turned_round.kernel)


@pytest.mark.parametrize(
    ("rank", "options"),
    [
        (1, {"strides": 3, "padding": "same", "output_padding": 1}),
        (2, {"strides": (2, 1), "dilation": (1, 2)}),
        (3, {"strides": 2, "padding": "same"}),
    ],
)
def test_gradients_equal_numerical_ones(rank, options):
    rng = np.random.default_rng(rank)
    x, w = rng.normal(size=(1, *(4, 3, 2)[:rank], 3)), rng.normal(size=(*(3, 3, 2)[:rank], 2, 3))
    b = rng.normal(size=2)
    dz = rng.normal(size=conv_transpose(x, w, b, **options).shape)
    gradients = conv_transpose_backward(dz, x, w, **options)
    close = {"rtol": 0, "atol": 1e-7}
    in_x = numerical_gradient(lambda x: (conv_transpose(x, w, b, **options) * dz).sum(), x)
    assert_allclose(gradients.input, in_x, **close)
    in_w = numerical_gradient(lambda w: (conv_transpose(x, w, b, **options) * dz).sum(), w)
    assert_allclose(gradients.kernel, in_w, **close)
    in_b = numerical_gradient(lambda b: (conv_transpose(x, w, b, **options) * dz).sum(), b)
    assert_allclose(gradients.bias, in_b, **close)


# Sizes

SIZES, KERNELS, STRIDES = st.integers(1, 20), st.integers(1, 6), st.integers(1, 4)
DILATIONS, PADDINGS = st.integers(1, 3), st.sampled_from(["valid", "same"])


@settings(max_examples=200)
@given(SIZES, KERNELS, STRIDES, DILATIONS, PADDINGS)
def test_sizes_are_those_of_keras(size, kernel, stride, dilation, padding):
    if stride > 1:
        dilation = 1  # Keras takes one of the two at a time
    layer = keras.layers.Conv1DTranspose(1, kernel, stride, padding, dilation_rate=dilation)
    _, expected, _ = layer.compute_output_shape((1, size, 1))
    assert transposed_output_size(size, kernel, stride, padding, dilation) == expected


@settings(max_examples=200)
@given(SIZES, KERNELS, STRIDES, PADDINGS, st.integers(0, 6))
def test_output_padding_is_taken_and_refused_as_by_tensorflow(
    size, kernel, stride, padding, output_padding
):
    x, weights = np.zeros((1, size, 1)), np.zeros((kernel, 1, 1))
    try:
        z = keras.ops.conv_transpose(x, weights, stride, padding, output_padding)
    except Exception as refused:  # each backend has an error of its own
        assert "padding" in str(refused) or "out_backprop" in str(refused)
        with pytest.raises(ValueError, match=rf"become {size} in a convolution"):
            transposed_output_size(size, kernel, stride, padding, 1, output_padding)
    else:
        expected = transposed_output_size(size, kernel, stride, padding, 1, output_padding)
        assert z.shape[1] == expected


@settings(max_examples=300)
@given(
    *(SIZES, KERNELS, STRIDES, PADDINGS, DILATIONS),
    st.none() | st.integers(-3, 6),
)
def test_a_convolution_takes_the_size_back(size, kernel, stride, padding, dilation, extra):
    arguments = (kernel, stride, padding, dilation)

    def leads_back(enlarged):
        try:
            return output_size(enlarged, *arguments) == size
        except ValueError:
            return False

    try:
        enlarged = transposed_output_size(size, *arguments, extra)
    except ValueError:
        span = (kernel - 1) * dilation + 1
        least = span if padding == "valid" else span % 2
        assert not leads_back((size - 1) * stride + least + extra)
    else:
        assert leads_back(enlarged)


def test_a_decoder_returns_447_rows_where_448_went_in():
    assert output_size(448, 3, 2) == output_size(447, 3, 2)
    assert transposed_output_size(output_size(448, 3, 2), 3, 2) == 447
    assert transposed_output_size(output_size(448, 3, 2), 3, 2, output_padding=1) == 448


# Errors


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0, 3), "size must be at least 1, got 0"),
        ((5, 0), "kernel must be at least 1, got 0"),
        ((5, 3, 0), "stride must be at least 1, got 0"),
        ((5, 3, 1, "causal"), 'must be "valid" or "same", not \'causal\''),
        ((5, 3, 1, 1), 'must be "valid" or "same", not 1'),
        ((5, 3, 2, "valid", 1, 2), "gives 13 positions, but only 11 to 12 become 5"),
        ((5, 3, 2, "same", 1, 2), "gives 11 positions, but only 9 to 10 become 5"),
        ((5, 4, 2, "same", 1, 0), "gives 8 positions, but only 9 to 10 become 5"),
    ],
)
def test_bad_sizes_are_named(arguments, message):
    with pytest.raises(ValueError) as error:
        transposed_output_size(*arguments)
    assert message in str(error.value)


IMAGES = np.zeros((1, 4, 4, 2))


@pytest.mark.parametrize(
    ("kernel_shape", "options", "message"),
    [
        ((3, 1, 2), {}, "stamps along 1 axes and needs an input with 3 axes"),
        ((1, 2), {}, "stamps along 0 axes"),
        ((3, 3, 2, 1), {}, "input has 2 channels, kernel (3, 3, 2, 1) takes 1 (its last axis)"),
        ((3, 3, 1, 2), {"bias": np.zeros(2)}, "bias must have shape (1,), got (2,)"),
        ((3, 3, 1, 2), {"strides": (1, 1, 1)}, "strides has 3 values for 2 spatial axes"),
        ((3, 3, 1, 2), {"output_padding": (0,)}, "output_padding has 1 values"),
        ((3, 3, 1, 2), {"output_padding": 1}, "output_padding 1 gives 7 positions"),
        ((3, 3, 1, 2), {"padding": "full"}, "not 'full'"),
    ],
)
def test_what_does_not_fit_together_is_named(kernel_shape, options, message):
    with pytest.raises(ValueError) as error:
        conv_transpose(IMAGES, np.zeros(kernel_shape), **options)
    assert message in str(error.value)


def test_a_gradient_of_another_shape_is_named():
    with pytest.raises(ValueError, match=r"dz must have shape \(1, 6, 6, 1\), got \(1, 4, 4, 2\)"):
        conv_transpose_backward(IMAGES, IMAGES, np.zeros((3, 3, 1, 2)))
