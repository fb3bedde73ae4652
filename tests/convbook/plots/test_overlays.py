"""Boxes, masks and heat lie where they belong on the picture."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgba
from matplotlib.patches import Rectangle
from numpy.testing import assert_allclose, assert_array_equal

from convbook import plots

PICTURE = np.random.default_rng(1).integers(0, 256, (40, 60, 3), np.uint8)
BOXES = np.array([[2.0, 5.0, 12.0, 25.0], [30.0, 0.0, 60.0, 40.0]])


def outlines(figure):
    return [patch for patch in figure.axes[0].patches if isinstance(patch, Rectangle)]


def test_a_box_encloses_whole_pixels():
    """Pixel n is drawn from n − 0.5 to n + 0.5; a box from 2 to 12 holds pixels 2 to 11."""
    figure = plots.show_boxes(PICTURE, BOXES)
    first, second = outlines(figure)
    assert first.get_bbox().extents.tolist() == [1.5, 4.5, 11.5, 24.5]
    assert_allclose(second.get_bbox().extents, [29.5, -0.5, 59.5, 39.5])
    assert plots.alt_text(figure) == (
        "A picture of 40 × 60 pixels with 2 boxes: object from (2, 5) to (12, 25) and"
        " object from (30, 0) to (60, 40)."
    )


def test_the_same_label_has_the_same_colour_and_can_be_read(theme):
    boxes = np.tile(BOXES, (4, 1))
    labels = [f"kind {n % 7}" for n in range(8)]
    figure = plots.show_boxes(PICTURE, boxes, labels)
    colours = [patch.get_edgecolor() for patch in outlines(figure)]
    assert colours[0] == colours[7] == to_rgba(plots.BLUE) != colours[1]
    for text in figure.axes[0].texts:
        ground = text.get_bbox_patch().get_facecolor()[:3]
        assert plots.contrast(text.get_color(), ground) >= 4.5


def test_labels_stay_on_the_picture_and_apart():
    boxes = np.array([[0, 0, 20, 15], [40, 0, 60, 15], [0, 25, 20, 40], [40, 25, 60, 40.0]])
    figure = plots.show_boxes(PICTURE, boxes, ["a long label"] * 4)
    figure.canvas.draw()
    (axis,) = figure.axes
    extents = [text.get_window_extent() for text in axis.texts]
    picture = axis.get_window_extent()
    for number, extent in enumerate(extents):
        assert picture.x0 <= extent.x0 and extent.x1 <= picture.x1
        assert picture.y0 <= extent.y0 and extent.y1 <= picture.y1
        assert extent.count_overlaps(extents[:number]) == 0


def test_no_boxes_is_a_picture():
    figure = plots.show_boxes(PICTURE, np.empty((0, 4)))
    assert plots.alt_text(figure) == "A picture of 40 × 60 pixels with 0 boxes."


@pytest.mark.parametrize(
    ("boxes", "labels", "words"),
    [
        (np.zeros((2, 3)), None, r"\(n, 4\)"),
        (np.array([[5, 5, 1, 9.0]]), None, "minima first"),
        (np.array([[0, 0, np.nan, 9.0]]), None, "finite"),
        (BOXES, ["one"], "1 labels for 2 boxes"),
    ],
)
def test_what_are_no_boxes_is_refused(boxes, labels, words):
    with pytest.raises(ValueError, match=words):
        plots.show_boxes(PICTURE, boxes, labels)


def test_a_mask_paints_its_pixels_and_no_others():
    mask = np.zeros((40, 60), np.uint8)
    mask[:10], mask[30:, :30] = 2, 5
    figure = plots.show_masks(PICTURE, mask, ["nothing", "a", "sky", "b", "c", "water"])
    (axis,) = figure.axes
    _, sky, water = axis.get_images()
    assert_array_equal(~sky.get_array().mask, mask == 2)
    assert_array_equal(~water.get_array().mask, mask == 5)
    assert [text.get_text() for text in axis.get_legend().get_texts()] == ["sky", "water"]
    assert plots.alt_text(figure) == (
        "A picture of 40 × 60 pixels, painted over: sky 25% and water 12%."
    )


@pytest.mark.parametrize("count", [0, 1, 23])
def test_any_number_of_masks_can_be_drawn(theme, count):
    mask = np.arange(40)[:, np.newaxis] % (count + 1) * np.ones(60, int)
    figure = plots.show_masks(PICTURE, mask)
    figure.canvas.draw()
    assert len(figure.axes[0].get_images()) == 1 + count


@pytest.mark.parametrize(
    ("mask", "names", "words"),
    [
        (np.zeros((60, 40), int), None, r"\(40, 60\) needs such a mask, got \(60, 40\)"),
        (np.zeros((40, 60)), None, "whole numbers from 0, got float64"),
        (np.full((40, 60), -1), None, "from -1"),
        (np.full((40, 60), 2), ["a", "b"], "number 2 has no name: got 2 names"),
    ],
)
def test_what_is_no_mask_is_refused(mask, names, words):
    with pytest.raises(ValueError, match=words):
        plots.show_masks(PICTURE, mask, names)


def test_heat_covers_the_whole_picture():
    heat = np.zeros((4, 6))
    heat[1, 5] = 3
    figure = plots.show_heat(PICTURE, heat)
    _, over = figure.axes[0].get_images()
    assert over.get_extent() == [-0.5, 59.5, 39.5, -0.5]
    assert_array_equal(over.get_array(), heat)
    assert over.get_alpha() < 1
    x, y = (5 + 0.5) / 6, (1 + 0.5) / 4
    assert f"hottest {x:.0%} from the left and {y:.0%} from the top" in plots.alt_text(figure)


def test_even_heat_and_missing_heat_are_told():
    even = plots.show_heat(PICTURE, np.full((2, 2), 0.25))
    even.canvas.draw()
    assert plots.alt_text(even).endswith("0.25 everywhere.")
    holes = np.array([[1.0, np.nan], [2.0, 3.0]])
    assert plots.alt_text(plots.show_heat(PICTURE, holes)).endswith("1 value is not finite.")


@pytest.mark.parametrize(
    ("heat", "words"),
    [(np.zeros((2, 2, 1)), r"\(rows, columns\)"), (np.full((2, 2), np.nan), "none of the 4")],
)
def test_what_is_no_heat_is_refused(heat, words):
    with pytest.raises(ValueError, match=words):
        plots.show_heat(PICTURE, heat)


@pytest.mark.parametrize("number", [0, 1])
def test_overlays_can_be_composed(number):
    figure, axes = plt.subplots(1, 2)
    assert plots.show_boxes(PICTURE, BOXES, axis=axes[number]) is figure
    assert plots.show_masks(PICTURE, np.ones((40, 60), int), axis=axes[number]) is figure
    assert plots.show_heat(PICTURE, np.eye(2), axis=axes[number]) is figure
    assert plots.alt_text(figure).count("40 × 60") == 3
