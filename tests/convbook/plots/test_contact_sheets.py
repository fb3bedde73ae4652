"""Sheets: every picture in its place, on one scale."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_rgb
from numpy.testing import assert_allclose, assert_array_equal

from convbook import plots

RNG = np.random.default_rng(3)


def drawn_on(figure):
    (image,) = figure.axes[0].get_images()
    return image


@given(
    count=st.integers(1, 12),
    columns=st.integers(1, 5),
    gap=st.integers(0, 3),
    height=st.integers(1, 4),
    width=st.integers(1, 4),
)
def test_a_montage_can_be_cut_into_its_pictures_again(count, columns, gap, height, width):
    pictures = np.arange(count * height * width, dtype=float).reshape(count, height, width)
    sheet = plots.montage(pictures, columns, gap)
    rows = int(np.ceil(count / columns))
    assert sheet.shape == (rows * (height + gap) - gap, columns * (width + gap) - gap)
    for index, picture in enumerate(pictures):
        top, left = index // columns * (height + gap), index % columns * (width + gap)
        assert_array_equal(sheet[top : top + height, left : left + width], picture)
    assert np.isfinite(sheet).sum() == pictures.size  # the rest is empty


def test_a_montage_takes_one_channel_or_three():
    assert plots.montage(np.zeros((3, 2, 2, 1)), 2, 1).shape == (5, 5)
    assert plots.montage(np.zeros((3, 2, 2, 3)), 2, 1).shape == (5, 5, 3)


@pytest.mark.parametrize(
    ("pictures", "words"),
    [
        ([], "at least one"),
        ([np.zeros((2, 2)), np.zeros((2, 3))], r"\(2, 2\), \(2, 3\)"),
        ([np.zeros((2, 2, 4))], r"\(2, 2, 4\)"),
    ],
)
def test_pictures_that_make_no_sheet_are_refused(pictures, words):
    with pytest.raises(ValueError, match=words):
        plots.montage(pictures, 2)


def test_labels_stand_under_their_pictures():
    figure, axis = plt.subplots()
    plots.show_sheet(axis, np.zeros((3, 4, 6)), columns=2, labels=["a", "b", "c"], gap=3, vmax=1)
    places = {text.get_text(): text.get_position() for text in axis.texts}
    assert places == {"a": (2.5, 4), "b": (11.5, 4), "c": (2.5, 11)}
    assert plots.alt_text(figure) == "3 pictures of 4 × 6 in 2 rows: a, b and c."
    with pytest.raises(ValueError, match="1 labels for 3 pictures"):
        plots.show_sheet(axis, np.zeros((3, 4, 6)), columns=2, labels=["a"])


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
def test_filters_of_one_channel_share_a_scale_around_zero(theme, scale):
    kernel = scale * RNG.normal(size=(3, 5, 1, 7))
    figure = plots.show_filters(kernel, columns=4)
    image = drawn_on(figure)
    largest = np.abs(kernel).max()
    assert image.get_clim() == (-largest, largest)
    sheet = np.asarray(image.get_array().filled(np.nan))
    assert_array_equal(sheet[:3, 6:11], kernel[:, :, 0, 1])
    assert_allclose(image.to_rgba(np.array([0.0]))[0, :3], to_rgb(plots.PAPER), atol=0.1)
    assert plots.alt_text(figure).startswith("7 filters of 3 × 5 × 1, weights from −")
    assert figure.axes[1].get_ylabel() == "weight"


def test_filters_of_three_channels_are_colours_around_grey():
    kernel = np.zeros((1, 1, 3, 3))
    kernel[0, 0, :, 1], kernel[0, 0, :, 2] = [2, 0, 0], [0, 0, -2]
    shown = drawn_on(plots.show_filters(kernel)).get_array()
    pictures = shown[0, ::2]  # a pixel each, with gaps of one
    assert_allclose(pictures[:, :3], [[0.5] * 3, [1, 0.5, 0.5], [0.5, 0.5, 0]])
    assert_array_equal(shown[0, :, 3], [1, 0, 1, 0, 1])  # gaps are clear


def test_filters_of_many_channels_have_a_row_each():
    kernel = RNG.normal(size=(2, 2, 5, 4))
    sheet = drawn_on(plots.show_filters(kernel)).get_array().filled(np.nan)
    assert sheet.shape == (4 * 3 - 1, 5 * 3 - 1)
    assert_array_equal(sheet[3:5, 6:8], kernel[:, :, 2, 1])


def test_feature_maps_share_a_scale_from_zero():
    maps = np.maximum(RNG.normal(size=(6, 6, 10)), 0)
    maps[..., 4] = 0
    figure = plots.show_feature_maps(maps, title="conv_1")
    assert drawn_on(figure).get_clim() == (0, maps.max())
    words = plots.alt_text(figure)
    assert f"values from 0 to {maps.max():.3g}, {np.mean(maps == 0):.0%} zeros" in words
    assert "1 map with nothing but zeros" in words
    assert figure.axes[0].get_title() == "conv_1: 10 maps of 6 × 6"


def test_feature_maps_with_negative_values_are_signed():
    maps = RNG.normal(size=(4, 4, 3))
    image = drawn_on(plots.show_feature_maps(maps))
    assert image.get_clim() == (-np.abs(maps).max(), np.abs(maps).max())
    assert image.get_cmap().name == plots.DIVERGING


@pytest.mark.parametrize("value", [0.0, 1.0, -1.0])
def test_even_maps_and_filters_can_be_drawn(value):
    plots.show_feature_maps(np.full((3, 3, 1), value)).canvas.draw()
    plots.show_filters(np.full((3, 3, 1, 1), value)).canvas.draw()


def test_gaps_in_the_data_are_told():
    maps = np.ones((2, 2, 3))
    maps[0, 0, 0] = np.nan
    assert plots.alt_text(plots.show_feature_maps(maps)).endswith("1 value is not finite.")


@pytest.mark.parametrize("shape", [(3, 3), (3, 3, 4), (0, 3, 1, 4)])
def test_a_kernel_has_four_axes(shape):
    with pytest.raises(ValueError, match=r"\(height, width, channels, filters\)"):
        plots.show_filters(np.zeros(shape))


@pytest.mark.parametrize("maps", [np.zeros((3, 3)), np.zeros((1, 3, 3, 4)), np.zeros((3, 3, 0))])
def test_feature_maps_have_three_axes(maps):
    with pytest.raises(ValueError, match=r"\(height, width, maps\)"):
        plots.show_feature_maps(maps)


def test_nothing_but_nan_is_refused():
    with pytest.raises(ValueError, match="none of the 12 values"):
        plots.show_feature_maps(np.full((2, 2, 3), np.nan))
