"""Curves and confusion: the numbers drawn are those given."""

import keras
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.metrics import confusion_matrix

from convbook import plots

RNG = np.random.default_rng(8)


def run(epochs=6, **more):
    values = np.exp(-np.arange(epochs)) + 0.1 * RNG.random(epochs)
    return {"loss": values.tolist(), "val_loss": (1.2 * values).tolist(), **more}


def labelled(axis):
    return {line.get_label(): line for line in axis.lines if line.get_label()[0] != "_"}


def test_a_run_is_drawn_as_it_is():
    history = run()
    figure = plots.show_training(history)
    (axis,) = figure.axes
    lines = labelled(axis)
    assert_array_equal(lines["training"].get_xdata(), range(1, 7))
    assert_array_equal(lines["training"].get_ydata(), history["loss"])
    assert_array_equal(lines["validation"].get_ydata(), history["val_loss"])
    assert lines["training"].get_linestyle() != lines["validation"].get_linestyle()
    assert plots.alt_text(figure) == (
        f"Loss over epochs, 1 run: training from {history['loss'][0]:.3g} to"
        f" {history['loss'][-1]:.3g}; validation from {history['val_loss'][0]:.3g} to"
        f" {history['val_loss'][-1]:.3g}."
    )


def test_what_keras_returns_can_be_drawn():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse", metrics=["mae"], jit_compile=False)
    x = RNG.normal(size=(8, 2))
    history = model.fit(x, x[:, :1], epochs=2, verbose=0, validation_data=(x, x[:, :1]))
    figure = plots.show_training(history)
    loss, error = figure.axes
    assert (loss.get_ylabel(), error.get_ylabel()) == ("loss", "mae")
    assert_array_equal(labelled(error)["validation"].get_ydata(), history.history["val_mae"])


def test_several_seeds_are_a_median_and_a_range():
    runs = [run() for _ in range(5)]
    losses = np.array([history["loss"] for history in runs])
    (axis,) = plots.show_training(runs).axes
    assert_allclose(labelled(axis)["training"].get_ydata(), np.median(losses, axis=0))
    corners = axis.collections[0].get_paths()[0].vertices
    for epoch in range(1, 7):
        heights = corners[corners[:, 0] == epoch, 1]
        assert_allclose(
            [heights.min(), heights.max()], [losses[:, epoch - 1].min(), losses[:, epoch - 1].max()]
        )
    words = plots.alt_text(axis.figure)
    assert "5 runs" in words
    assert f"range {losses[:, -1].min():.3g} to {losses[:, -1].max():.3g}" in words


def test_the_median_ends_with_the_shortest_run_and_no_run_is_cut():
    runs = [run(4), run(9), run(6)]
    (axis,) = plots.show_training(runs).axes
    assert len(labelled(axis)["training"].get_xdata()) == 4
    thin = [np.isfinite(line.get_ydata()).sum() for line in axis.lines if line.get_linewidth() < 1]
    assert sorted(thin) == [4, 4, 6, 6, 9, 9]


def test_a_run_that_diverges_breaks_off_and_is_told():
    history = run() | {"loss": [1.0, 0.5, float("nan"), float("inf"), 1.0, 1.0]}
    figure = plots.show_training([history, run()], ["loss"])
    assert "not finite in epoch 3" in plots.alt_text(figure)
    assert "nan" not in plots.alt_text(figure)
    figure.canvas.draw()
    never = plots.show_training({"loss": [float("nan")]})
    assert "never finite in all 1 run" in plots.alt_text(never)


def test_one_epoch_is_seen():
    (axis,) = plots.show_training({"loss": [0.5]}).axes
    assert labelled(axis)["training"].get_marker() == "o"
    axis.figure.canvas.draw()


def test_methods_are_compared_in_colours_and_then_in_dashes(theme):
    methods = {f"method {n}": [run(3), run(3)] for n in range(8)}
    (axis,) = plots.compare_training(methods, "val_loss").axes
    lines = labelled(axis)
    assert list(lines) == list(methods)
    styles = {(to_rgb(line.get_color()), line.get_linestyle()) for line in lines.values()}
    assert len(styles) == 8
    for name, runs in methods.items():
        expected = np.median([history["val_loss"] for history in runs], axis=0)
        assert_allclose(lines[name].get_ydata(), expected)
        assert f"{name} from {expected[0]:.3g} to {expected[-1]:.3g}" in plots.alt_text(axis.figure)
    assert axis.get_ylabel() == "validation loss"


@pytest.mark.parametrize(
    ("runs", "metrics", "words"),
    [
        ([], None, "at least one run"),
        ({"loss": []}, None, "no epochs of 'loss'"),
        ({}, None, "with a metric in it"),
        ([3], None, "got 3"),
        (run(), ["accuracy"], "no run has 'accuracy': they have loss, val_loss"),
        ([run(), {"loss": [1.0]}], ["loss"], "a run has no 'val_loss': it has loss"),
    ],
)
def test_what_is_no_run_is_refused(runs, metrics, words):
    with pytest.raises(ValueError, match=words):
        plots.show_training(runs, metrics)


def test_comparing_needs_a_method():
    with pytest.raises(ValueError, match="at least one method"):
        plots.compare_training({}, "loss")


# Confusion


def matrix_of(classes, scale=30):
    truth = RNG.integers(classes, size=scale * classes)
    answers = np.where(RNG.random(len(truth)) < 0.8, truth, RNG.integers(classes, size=len(truth)))
    return confusion_matrix(truth, answers, labels=range(classes))


@pytest.mark.parametrize("classes", [1, 2, 10, 20])
def test_every_count_stands_in_its_cell_and_can_be_read(theme, classes):
    matrix = matrix_of(classes)
    (axis,) = plots.show_confusion(matrix).axes
    counts = {text.get_position(): text for text in axis.texts}
    (image,) = axis.get_images()
    for (true, answer), count in np.ndenumerate(matrix):
        text = counts[answer, true]
        assert text.get_text() == (f"{count}" if count or true == answer else "")
        face = tuple(np.asarray(image.get_array())[true, answer, :3])
        assert plots.contrast(text.get_color(), face) >= 4.5


def test_more_mistakes_are_stronger_and_right_answers_are_blue():
    matrix = np.array([[90, 1, 9], [0, 50, 3], [2, 0, 70]])
    (image,) = plots.show_confusion(matrix).axes[0].get_images()
    faces = np.asarray(image.get_array())[..., :3]
    white = np.linalg.norm(1 - faces, axis=-1)
    mistakes = [(2, 1), (0, 1), (2, 0), (1, 2), (0, 2)]  # 0, 1, 2, 3, 9
    assert np.all(np.diff([white[place] for place in mistakes]) > 0)
    assert_allclose(faces[1, 0], 1)
    for n in range(3):
        assert faces[n, n, 2] > faces[n, n, 0]
    assert faces[0, 2, 0] > faces[0, 2, 2]


def test_the_words_count_what_was_right_and_name_the_mistakes():
    matrix = np.array([[90, 1, 9], [0, 50, 3], [2, 0, 70]])
    figure = plots.show_confusion(matrix, ["cat", "dog", "eel"])
    assert figure.axes[0].get_title() == "210 of 225 right"
    assert plots.alt_text(figure) == (
        "Confusion matrix of 3 classes: 210 of 225 right (93.3%). The most frequent mistakes:"
        " cat taken for eel 9 times, dog taken for eel 3 times and eel taken for cat 2 times."
    )
    assert plots.alt_text(plots.show_confusion(np.eye(2, dtype=int))).endswith("No mistakes.")
    assert "0 of 0 right." in plots.alt_text(plots.show_confusion(np.zeros((2, 2), int)))


@pytest.mark.parametrize(("classes", "length"), [(20, 22), (3, 40), (1, 1), (100, 12)])
def test_names_do_not_overlap(classes, length):
    names = [f"{n} {'m' * length}"[:length] for n in range(classes)]
    figure = plots.show_confusion(matrix_of(classes, 3), names)
    figure.canvas.draw()
    (axis,) = figure.axes
    extents = [label.get_window_extent() for label in axis.get_yticklabels()]
    for number, extent in enumerate(extents):
        assert extent.count_overlaps(extents[:number]) == 0
    assert figure.get_figwidth() <= plots.FULL_WIDTH


def test_matrices_can_be_composed():
    figure, axes = plt.subplots(1, 2)
    assert plots.show_confusion(np.eye(3, dtype=int), axis=axes[1]) is figure


@pytest.mark.parametrize(
    ("matrix", "names", "words"),
    [
        (np.zeros((2, 3)), None, r"\(classes, classes\), got \(2, 3\)"),
        (np.full((2, 2), 0.5), None, "whole numbers"),
        (np.full((2, 2), -1), None, "none of them negative"),
        (np.full((2, 2), np.nan), None, "whole numbers"),
        (np.eye(2), ["a"], "1 names for 2 classes"),
    ],
)
def test_what_is_no_confusion_matrix_is_refused(matrix, names, words):
    with pytest.raises(ValueError, match=words):
        plots.show_confusion(matrix, names)
