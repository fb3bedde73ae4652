"""Windows and their adjoints: what they hold, and where they go back to."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from convbook.ops import col2im, conv, conv_backward, im2col, scatter_windows, sliding_windows
from tests.convbook.ops.cases import cases, quarters

PADDINGS = st.sampled_from(["valid", "same", "causal", 2, (0, 3)])


def slide_of(case, padding):
    return {"strides": case.strides, "dilation": case.dilation, "padding": padding}


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


def test_padding_holds_what_it_is_told_to():
    windows = sliding_windows(np.ones((1, 2, 1)), (3,), padding="same", fill=-np.inf)
    assert_array_equal(windows[0, :, 0], [[-np.inf, 1, 1], [1, 1, -np.inf]])


# Adjoints: the defining property, <A x, y> = <x, A' y>


@settings(max_examples=300)
@given(cases(), PADDINGS)
def test_scattering_is_the_adjoint_of_taking_windows(case, padding):
    slide = slide_of(case, padding)
    windows = sliding_windows(case.x, case.kernel.shape[:-2], **slide)
    others = quarters(5, *windows.shape)
    scattered = scatter_windows(others, case.x.shape, **slide)
    assert scattered.shape == case.x.shape
    assert (windows * others).sum() == (case.x * scattered).sum()


@settings(max_examples=100)
@given(cases(), PADDINGS)
def test_col2im_is_the_adjoint_of_im2col(case, padding):
    slide, kernel_size = slide_of(case, padding), case.kernel.shape[:-2]
    rows = im2col(case.x, kernel_size, **slide)
    others = quarters(5, *rows.shape)
    image = col2im(others, case.x.shape, kernel_size, **slide)
    assert image.shape == case.x.shape
    assert (rows * others).sum() == (case.x * image).sum()


def test_scattered_windows_count_how_often_each_position_is_seen():
    """Windows of 3 at stride 2 over 8 positions: 0 1 2, 2 3 4, 4 5 6; nobody sees 7."""
    windows = sliding_windows(np.ones((1, 8, 1)), (3,), strides=2)
    seen = scatter_windows(windows, (1, 8, 1), strides=2)
    assert_array_equal(seen[0, :, 0], [1, 1, 2, 1, 2, 1, 1, 0])


# Convolution as a matrix product


@settings(max_examples=100)
@given(cases(max_groups=1), PADDINGS)
def test_rows_times_kernel_columns_are_the_convolution(case, padding):
    slide = slide_of(case, padding)
    *kernel_size, channels, maps = case.kernel.shape
    z = conv(case.x, case.kernel, **slide)
    rows = im2col(case.x, kernel_size, **slide)
    assert rows.shape == (z[..., 0].size, np.prod(kernel_size) * channels)
    assert_array_equal((rows @ case.kernel.reshape(-1, maps)).reshape(z.shape), z)


@settings(max_examples=100)
@given(cases(max_groups=1), PADDINGS)
def test_the_gradients_of_that_product_are_those_of_the_convolution(case, padding):
    slide = slide_of(case, padding)
    *kernel_size, _, maps = case.kernel.shape
    dz = quarters(5, *conv(case.x, case.kernel, **slide).shape)
    gradients = conv_backward(dz, case.x, case.kernel, **slide)
    columns, dz_rows = case.kernel.reshape(-1, maps), dz.reshape(-1, maps)
    d_rows, d_columns = dz_rows @ columns.T, im2col(case.x, kernel_size, **slide).T @ dz_rows
    assert_array_equal(gradients.input, col2im(d_rows, case.x.shape, kernel_size, **slide))
    assert_array_equal(gradients.kernel, d_columns.reshape(case.kernel.shape))


# Errors


def test_windows_of_the_wrong_rank_are_named():
    with pytest.raises(
        ValueError, match=r"along 1 axes needs an input with 3 axes .* \(1, 4, 4, 2\)"
    ):
        sliding_windows(np.zeros((1, 4, 4, 2)), (2,))


def test_a_window_along_no_axis_is_refused():
    with pytest.raises(ValueError, match="at least one axis"):
        sliding_windows(np.zeros((2, 3)), ())


def test_windows_of_another_input_are_named():
    windows = sliding_windows(np.zeros((1, 5, 2)), (3,))
    with pytest.raises(ValueError, match=r"must have shape \(1, 4, 2, 3\), got \(1, 3, 2, 3\)"):
        scatter_windows(windows, (1, 6, 2))


def test_rows_of_another_input_are_named():
    with pytest.raises(ValueError, match=r"rows must have shape \(6, 6\), got \(6, 4\)"):
        col2im(np.zeros((6, 4)), (2, 5, 2), (3,))
