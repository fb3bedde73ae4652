"""Squared paper and the sliding window: numbers in their cells, windows where they are."""

import keras
import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_rgb, to_rgba
from matplotlib.patches import Rectangle
from numpy.testing import assert_allclose

from convbook import plots

X = np.array([[0, 0, 0, 9, 9], [0, 0, 0, 9, 9], [0, 0, 9, 9, 9], [0, 0, 9, 9, 9], [0, 9, 9, 9, 9]])
EDGE = np.array([[-1, 0, 1]] * 3)


def numbers_in(axis, left, right):
    """The texts between two x positions that are numbers, by (row, column) of their cell."""
    found = {}
    for text in axis.texts:
        x, y = text.get_position()
        try:
            value = float(text.get_text().replace("−", "-"))
        except ValueError:
            continue
        if left <= x < right:
            found[y, x] = value
    return [value for _, value in sorted(found.items())]


# Squares


def test_cells_hold_their_numbers_with_a_true_minus():
    axis = plots.canvas(10, 4)
    plots.cells(axis, 1, 2, np.array([[-3.0, np.nan], [0.5, 12.0]]))
    places = {text.get_text(): text.get_position() for text in axis.texts}
    assert places == {"−3": (1.5, 2.52), "0.5": (1.5, 3.52), "12": (2.5, 3.52)}


@pytest.mark.parametrize(
    ("value", "columns"),
    [(1.0, 8), (1.0, 30), (-1234.5, 8), (-1234.5, 30), (1e-12, 20), (-1.23456e-300, 12)],
)
def test_numbers_stay_inside_their_cells(value, columns):
    axis = plots.canvas(columns, 2)
    plots.cells(axis, 1, 0.5, np.array([[value]]))
    figure = axis.figure
    figure.canvas.draw()
    (text,) = axis.texts
    extent = text.get_window_extent()
    (left, bottom), (right, top) = axis.transData.transform([(1, 1.5), (2, 0.5)])
    assert left <= extent.x0 and extent.x1 <= right
    assert bottom <= extent.y0 and extent.y1 <= top


@pytest.mark.parametrize("level", np.linspace(0, 1, 9))
def test_numbers_can_be_read_on_any_face(theme, level):
    axis = plots.canvas(3, 3)
    face = np.array([level, level, 1 - level, 1.0])
    plots.cells(axis, 0, 0, np.ones((1, 1)), face.reshape(1, 1, 4))
    assert plots.contrast(axis.texts[0].get_color(), tuple(face[:3])) >= 4.5


def test_shades_run_from_the_paper_to_six_tenths_of_the_colour(theme):
    faces = plots.shades(np.array([[0.0, 5.0]]), plots.GREEN)
    assert_allclose(faces[0, 0, :3], to_rgb(plots.PAPER), atol=1e-6)
    assert_allclose(faces[0, 1, :3], plots.tint(plots.GREEN, 0.6), atol=0.005)
    assert_allclose(plots.shades(np.zeros((2, 2)))[..., :3] - to_rgb(plots.PAPER), 0, atol=1e-6)


def test_signed_faces_are_red_above_zero_and_blue_below():
    above, below = plots.signed(np.array([[1.0, -1.0]]))[0, :, :3]
    assert above[0] > above[2] and below[2] > below[0]


def test_faces_need_the_size_of_the_values():
    axis = plots.canvas(3, 3)
    with pytest.raises(ValueError, match=r"2 × 3 cells need faces \(2, 3, 4\)"):
        plots.cells(axis, 0, 0, np.ones((2, 3)), np.ones((3, 2, 4)))
    with pytest.raises(ValueError, match=r"\(rows, columns\), got \(3,\)"):
        plots.cells(axis, 0, 0, np.ones(3))


def test_sheets_mark_one_window_in_each():
    axis = plots.canvas(12, 12)
    plots.sheets(axis, 1, 4, 6, ["white", "grey"], marked=(1, 2, 3))
    marked = [
        patch for patch in axis.patches if patch.get_facecolor() == to_rgba(plots.ORANGE, 0.35)
    ]
    assert [patch.get_xy() for patch in marked] == [(3, 5), (3.6, 4.4)]
    assert {(patch.get_width(), patch.get_height()) for patch in marked} == {(3, 3)}


def test_a_cube_shows_three_faces_of_its_cells():
    axis = plots.canvas(12, 12)
    plots.cube(axis, 2, 4, 3, plots.PALE_BLUE, plots.GREY, zorder=2)
    assert len(axis.patches) == 6  # paper and colour
    assert len(axis.lines) == 3 * 2 * (3 - 1)


# The sliding window


def keras_correlation(x, kernel, strides, padding):
    batch = x.astype("float32")[np.newaxis, :, :, np.newaxis]
    weights = kernel.astype("float32")[:, :, np.newaxis, np.newaxis]
    answer = keras.ops.conv(batch, weights, strides=strides, padding=padding)
    return keras.ops.convert_to_numpy(answer)[0, :, :, 0]


@pytest.mark.parametrize("position", [(0, 0), (0, 1), (2, 2)])
def test_the_window_shows_input_kernel_products_and_the_outputs_so_far(position):
    figure = plots.show_sliding_window(X, EDGE, [position])
    (axis,) = figure.axes
    row, column = position
    inputs, kernel, products, outputs = (
        numbers_in(axis, left, right) for left, right in ((0, 6), (6.5, 11), (11, 15), (17.2, 30))
    )
    assert inputs == X.ravel().tolist()
    assert kernel == EDGE.ravel().tolist()
    window = X[row : row + 3, column : column + 3]
    assert products == (window * EDGE).ravel().tolist()
    expected = keras_correlation(X, EDGE, 1, "valid").ravel()[: 3 * row + column + 1]
    assert outputs == expected.tolist()
    framed = [
        patch.get_xy()
        for patch in axis.patches
        if isinstance(patch, Rectangle) and patch.get_width() == 3
    ]
    assert len(framed) == 1
    assert_allclose(framed[0], (0.2 + column, 0.9 + row))


@pytest.mark.parametrize(("strides", "padding"), [(1, "same"), (2, "same"), (2, "valid")])
def test_the_words_tell_what_keras_computes(strides, padding):
    rng = np.random.default_rng(5)
    x, kernel = rng.integers(-9, 9, (6, 7)), rng.integers(-3, 4, (2, 3))
    expected = keras_correlation(x, kernel, strides, padding)
    last = tuple(size - 1 for size in expected.shape)
    words = plots.alt_text(plots.show_sliding_window(x, kernel, [(0, 1), last], strides, padding))
    assert f"the output is {expected.shape[0]} × {expected.shape[1]}" in words
    for row, column in ((0, 1), last):
        told = f"{expected[row, column]:g} at row {row}, column {column}".replace("-", "−")
        assert told in words


def test_all_parts_lie_on_the_paper():
    figure = plots.show_sliding_window(X * 1000.5, EDGE * 0.001, [(0, 0), (2, 2)], padding="same")
    figure.canvas.draw()
    (axis,) = figure.axes
    page = figure.bbox
    for artist in [*axis.texts, *axis.patches]:
        extent = artist.get_window_extent()
        assert page.x0 <= extent.x0 and extent.x1 <= page.x1
        assert page.y0 <= extent.y0 and extent.y1 <= page.y1


@pytest.mark.parametrize(
    ("x", "kernel", "positions", "words"),
    [
        (X, EDGE, [(3, 0)], r"3 rows and 3 columns, there is no \(3, 0\)"),
        (X, EDGE, [], "at least one position"),
        (X[0], EDGE, [(0, 0)], r"\(5,\) and \(3, 3\)"),
        (X[:2], EDGE, [(0, 0)], "window"),
    ],
)
def test_a_window_that_cannot_be_shown_is_refused(x, kernel, positions, words):
    with pytest.raises(ValueError, match=words):
        plots.show_sliding_window(x, kernel, positions)


# The strip of windows


def who_sees_what(size, kernel, stride, padding, dilation):
    """Keras's answer: for each output the inputs it reads."""
    probes = np.eye(size, dtype="float32")[:, :, np.newaxis]
    weights = np.ones((kernel, 1, 1), "float32")
    answers = keras.ops.conv(
        probes, weights, strides=stride, padding=padding, dilation_rate=dilation
    )
    seen = keras.ops.convert_to_numpy(answers)[:, :, 0].T
    return [np.flatnonzero(row).tolist() for row in seen]


@given(
    size=st.integers(4, 12),
    kernel=st.integers(1, 4),
    stride=st.integers(1, 5),
    padding=st.sampled_from(["same", "valid"]),
)
def test_windows_cover_the_inputs_that_keras_reads(size, kernel, stride, padding):
    expected = who_sees_what(size, kernel, stride, padding, 1)
    axis = plots.canvas(30, 10)
    plots.draw_windows(axis, 5, 1, size, kernel, stride, padding)
    weights = [line.get_xdata() - 5.5 for line in axis.lines]
    inside = [[int(x) for x in xs if 0 <= x < size] for xs in weights]
    assert inside == expected
    unseen = set(range(size)) - {position for row in expected for position in row}
    red = {
        round(patch.get_x() - 5)
        for patch in axis.patches
        if patch.get_edgecolor() == to_rgba(plots.RED)
    }
    assert red == unseen
    words = plots.alt_text(axis.figure)
    assert ("no window sees" in words) == bool(unseen)
    plt.close(axis.figure)


@pytest.mark.parametrize("dilation", [1, 2, 3])
def test_dilated_windows_leave_gaps(dilation):
    axis = plots.canvas(30, 10)
    plots.draw_windows(axis, 0, 1, 9, 3, dilation=dilation)
    inside = [[int(x - 0.5) for x in line.get_xdata()] for line in axis.lines]
    assert inside == who_sees_what(9, 3, 1, "valid", dilation)


def test_a_hanging_window_is_named():
    axis = plots.canvas(30, 10)
    plots.draw_windows(axis, 0, 1, 10, 3, 2, hanging=True)
    assert [text.get_text() for text in axis.texts if "fit" in text.get_text()] == ["does not fit"]
    assert len(axis.lines) == 5
    assert "4 windows of 3 weights with stride 2; no window sees 9." in plots.alt_text(axis.figure)


def test_zeros_are_dotted_and_without_a_number():
    axis = plots.canvas(30, 10)
    plots.draw_windows(axis, 3, 1, 13, 6, 5, "same")
    dotted = [round(patch.get_x() - 3) for patch in axis.patches if patch.get_linestyle() == ":"]
    assert dotted == [-1, 13, 14]
    assert "3 zeros (1 before, 2 after)" in plots.alt_text(axis.figure)
