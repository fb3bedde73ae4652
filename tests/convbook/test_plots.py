"""Figures: what they show, not how they look."""

from itertools import combinations

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from numpy.testing import assert_allclose, assert_array_equal
from skimage.color import deltaE_ciede2000, rgb2lab

from convbook import plots


@pytest.fixture(autouse=True)
def no_window():
    backend = plt.get_backend()
    plt.switch_backend("Agg")
    with plt.rc_context():
        yield
    plt.close("all")
    plt.switch_backend(backend)


def pictures(count, *shape):
    return list(np.random.default_rng(count).integers(0, 256, (count, *shape), np.uint8))


# show_images


@pytest.mark.parametrize("count", range(1, 8))
@pytest.mark.parametrize("columns", [1, 3, 5])
def test_every_image_is_shown_once_in_rows(count, columns):
    images = pictures(count, 6, 4, 3)
    figure = plots.show_images(images, columns=columns)
    used = min(columns, count)
    assert figure.axes[0].get_gridspec().get_geometry() == (int(np.ceil(count / used)), used)
    for axis, image in zip(figure.axes, images, strict=False):
        (drawn,) = axis.get_images()
        assert_array_equal(drawn.get_array(), image)
    assert all(not axis.get_images() for axis in figure.axes[count:])
    assert all(not axis.axison for axis in figure.axes)
    figure.canvas.draw()


@pytest.mark.parametrize("shape", [(5, 4), (5, 4, 1), (1, 4, 1), (5, 1), (1, 1, 1)])
def test_grey_images_are_grey(shape):
    (image,) = pictures(1, *shape)
    (axis,) = plots.show_images([image]).axes
    (drawn,) = axis.get_images()
    assert drawn.get_cmap().name == "gray"
    assert_array_equal(drawn.get_array(), image.reshape(shape[:2]))


def test_grey_bytes_keep_their_brightness():
    """A dark picture is shown dark, beside another or alone."""
    dark, bright = np.full((3, 3), 20, np.uint8), np.full((3, 3), 220, np.uint8)
    figure = plots.show_images([dark, bright])
    for axis, level in zip(figure.axes, (20, 220), strict=True):
        (drawn,) = axis.get_images()
        red, green, blue, _ = drawn.to_rgba(drawn.get_array(), bytes=True)[0, 0]
        assert red == green == blue == level


def test_other_grey_values_use_their_own_range():
    (axis,) = plots.show_images([np.array([[-2.0, 0.0], [1.0, 3.0]])]).axes
    (drawn,) = axis.get_images()
    assert drawn.get_clim() == (-2, 3)


def test_colours_are_shown_as_they_are():
    (image,) = pictures(1, 5, 4, 3)
    (axis,) = plots.show_images([image]).axes
    (drawn,) = axis.get_images()
    assert_array_equal(drawn.make_image(None, unsampled=True)[0][..., :3], image)


def test_a_stack_of_images_is_as_good_as_a_list():
    figure = plots.show_images(np.zeros((4, 3, 3, 1)), columns=2)
    assert len([axis for axis in figure.axes if axis.get_images()]) == 4


def test_titles_stand_above_their_images():
    figure = plots.show_images(pictures(3, 4, 4), ["one", "two", "three"], columns=2)
    assert [axis.get_title() for axis in figure.axes] == ["one", "two", "three", ""]
    untitled = plots.show_images(pictures(3, 4, 4))
    assert not any(axis.get_title() for axis in untitled.axes)


def test_cells_have_the_size_asked_for():
    small, large = (plots.show_images(pictures(4, 8, 8), columns=2, cell=c) for c in (1.0, 2.0))
    assert_allclose(large.get_figwidth(), 2 * small.get_figwidth())
    assert large.get_figheight() > small.get_figheight()


# show_signed


@pytest.mark.parametrize(
    "values", [np.array([[-1.0, 0.0, 4.0]]), np.array([[-3.0, -1.0]]), np.zeros((2, 2))]
)
@pytest.mark.parametrize("limit", [None, 2.5])
def test_zero_is_white_red_is_above_and_blue_below(values, limit):
    _, axis = plt.subplots()
    plots.show_signed(axis, values, limit)
    (drawn,) = axis.get_images()
    top = limit or np.abs(values).max() or 1
    assert drawn.get_clim() == (-top, top)
    zero, above, below = drawn.to_rgba(np.array([0.0, top, -top]))[:, :3]
    assert_allclose(zero, [1, 1, 1], atol=0.05)
    assert above[0] > 2 * above[2]
    assert below[2] > 2 * below[0]
    assert list(axis.get_xticks()) == list(axis.get_yticks()) == []


# show_grid


@pytest.mark.parametrize("highlight", [0.0, 0.5])
def test_a_grid_shows_each_number_in_its_square(highlight):
    values = np.array([[1.0, -2.5, 0.0], [3.25, 4.0, 10.0]])
    _, axis = plt.subplots()
    plots.show_grid(axis, values, highlight=highlight)
    numbers = {text.get_position(): text.get_text() for text in axis.texts}
    assert numbers == {
        (column, row): f"{values[row, column]:g}" for row in range(2) for column in range(3)
    }


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (5, 2), (9, 9)])
@pytest.mark.parametrize("inches", [1, 4, 12])
def test_a_grid_has_a_line_around_every_square(size, inches):
    figure, axis = plt.subplots(figsize=(inches, inches))
    plots.show_grid(axis, np.zeros(size))
    figure.canvas.draw()
    for coordinate, squares in ((axis.yaxis, size[0]), (axis.xaxis, size[1])):
        lines = [
            tick.get_loc() for tick in coordinate.get_minor_ticks() if tick.gridline.get_visible()
        ]
        assert lines == [square - 0.5 for square in range(squares + 1)]


def test_a_grid_is_white_unless_it_highlights_large_values():
    values = np.array([[0.0, -1.0], [2.0, 4.0]])
    _, (plain, highlighted) = plt.subplots(1, 2)
    plots.show_grid(plain, values)
    plots.show_grid(highlighted, values, highlight=0.6)
    (white,), (shaded,) = plain.get_images(), highlighted.get_images()
    assert_allclose(white.to_rgba(white.get_array())[..., :3], 1)
    assert_allclose(shaded.norm(shaded.get_array()), 0.6 * np.abs(values) / 4)


def test_a_grid_of_zeros_and_of_integers_can_be_drawn():
    figure, (zeros, integers) = plt.subplots(1, 2)
    plots.show_grid(zeros, np.zeros((2, 2)), highlight=0.5)
    plots.show_grid(integers, np.array([[1, 20], [3, 4]]), fmt="03d")
    assert [text.get_text() for text in integers.texts] == ["001", "020", "003", "004"]
    figure.canvas.draw()


# Style


COLOURS = ["BLUE", "ORANGE", "GREEN", "RED", "PURPLE", "GREY"]

# Machado, Oliveira and Fernandes (2009): what someone sees who lacks one kind of cone, in linear RGB.
VISION = {
    "all cones": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


def linear(colour):
    channels = np.array(to_rgb(colour))
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def seen_as(colour, vision):
    """The colour in CIELAB, where distances are those that people see."""
    light = np.clip(VISION[vision] @ linear(colour), 0, 1)
    screen = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    return rgb2lab(screen)


def contrast_with_white(colour):
    """As the Web Content Accessibility Guidelines define it."""
    return 1.05 / (linear(colour) @ [0.2126, 0.7152, 0.0722] + 0.05)


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize(("one", "other"), combinations(COLOURS, 2))
def test_colours_are_told_apart_by_everyone(one, other, vision):
    difference = deltaE_ciede2000(
        seen_as(getattr(plots, one), vision), seen_as(getattr(plots, other), vision)
    )
    assert difference > 9  # about 2 can just be noticed, side by side


def test_the_book_style_sets_the_colours_of_lines_and_text():
    plots.use_book_style()
    cycle = plt.rcParams["axes.prop_cycle"].by_key()["color"]
    assert cycle[:2] == [plots.BLUE, plots.ORANGE]
    assert len(set(cycle)) == len(cycle) == 6
    assert plt.rcParams["text.color"] == plots.INK
    figure, axis = plt.subplots()
    axis.plot([0, 1])
    assert axis.lines[0].get_color() == plots.BLUE
    assert not axis.spines["top"].get_visible()
    figure.canvas.draw()


def test_text_can_be_read_on_white():
    assert contrast_with_white(plots.INK) >= 7  # WCAG level AAA
