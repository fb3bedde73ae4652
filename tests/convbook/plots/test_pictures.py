"""Pictures and small arrays: what is shown is what was given."""

from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from convbook import plots


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


# Words and errors


def test_the_words_name_what_is_shown():
    figure = plots.show_images(pictures(3, 6, 4, 3), ["cat", "dog", "eel"], columns=2)
    assert plots.alt_text(figure) == "3 pictures of 6 × 4 pixels in 2 rows: cat, dog and eel."


def test_a_figure_says_what_all_its_axes_show_and_nothing_else():
    figure, (left, right) = plt.subplots(1, 2)
    assert plots.alt_text(figure) == ""
    assert plots.show_signed(right, np.array([[-2.0, 1.5]])) is figure
    assert plots.show_grid(left, np.array([[7, 8]])) is figure
    assert plots.alt_text(figure) == (
        "1 × 2 squares with the numbers 7, 8. 1 × 2 values from −2 (blue) to 1.5 (red)."
    )


def test_values_that_are_no_numbers_are_told_and_do_not_matter():
    figure, axis = plt.subplots()
    plots.show_signed(axis, np.array([[np.nan, 2.0], [np.inf, -1.0]]))
    assert axis.get_images()[0].get_clim() == (-2, 2)
    assert plots.alt_text(figure).endswith("2 values are not finite.")
    figure.canvas.draw()


def test_an_even_picture_is_grey_not_black():
    (axis,) = plots.show_images([np.full((2, 2), 0.7)]).axes
    (drawn,) = axis.get_images()
    assert_allclose(drawn.to_rgba(drawn.get_array())[..., :3], 0.5, atol=0.01)


def test_long_titles_do_not_run_into_each_other():
    figure = plots.show_images(pictures(3, 9, 9), ["a title as long as a sentence"] * 3)
    figure.canvas.draw()
    boxes = [axis.title.get_window_extent() for axis in figure.axes]
    assert not any(one.overlaps(other) for one, other in pairwise(boxes))


@pytest.mark.parametrize(
    ("images", "words"),
    [
        ([], "at least one picture"),
        ([np.zeros(4)], r"\(4,\)"),
        ([np.zeros((4, 4, 2))], r"\(4, 4, 2\)"),
        ([np.zeros((0, 4))], "no pixels"),
        ([np.full((2, 2, 3), 1.5)], "from 0 to 1, got 1.5 to 1.5"),
        ([np.full((2, 2, 3), np.nan)], "none of the 12 values"),
    ],
)
def test_what_is_no_picture_is_refused(images, words):
    with pytest.raises(ValueError, match=words):
        plots.show_images(images)


def test_each_picture_needs_its_title():
    with pytest.raises(ValueError, match="1 titles for 2 pictures"):
        plots.show_images(pictures(2, 3, 3), ["one"])


@pytest.mark.parametrize("draw", [plots.show_signed, plots.show_grid])
@pytest.mark.parametrize("shape", [(3,), (2, 2, 2), (0, 3)])
def test_small_arrays_have_two_axes(draw, shape):
    with pytest.raises(ValueError, match="the shape"):
        draw(plt.subplots()[1], np.zeros(shape))
