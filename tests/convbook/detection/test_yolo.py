"""YOLO's grid and loss: round trips, published counts, and the loss summed by hand."""

import math

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from keras.ops import convert_to_numpy as to_numpy
from numpy.testing import assert_allclose, assert_array_equal

from convbook.detection import (
    Detections,
    Grid,
    Truths,
    activate,
    decode,
    encode,
    pairwise_iou,
    yolo_loss,
)
from tests.convbook.detection.scenes import SEEDS, nothing_there

ANCHORS = np.array([[6.0, 9.0], [14.0, 12.0], [30.0, 36.0]])
WORDS = ["box", "cell"]


def small_grid(classes_per="box"):
    return Grid(4, 5, cell=8, anchors=ANCHORS, classes=3, classes_per=classes_per)


def random_objects(rng, grid, count):
    """Objects in cells of their own, with coordinates that any pixel fraction can have."""
    cells = rng.choice(grid.rows * grid.columns, count, replace=False)
    rows, columns = np.divmod(cells, grid.columns)
    centres = (np.stack([columns, rows], axis=1) + rng.random((count, 2))) * grid.cell
    half = rng.uniform(1, 20, (count, 2))
    boxes = np.hstack([centres - half, centres + half])
    return Truths(boxes, rng.integers(0, grid.classes, count))


def random_output(seed, grid, batch):
    return np.random.default_rng(seed).normal(0, 1.5, (batch, *grid.shape)).astype("float32")


# What the numbers are


def test_the_published_counts():
    five = np.arange(1, 11).reshape(5, 2)
    yolo9000 = Grid(13, 13, cell=32, anchors=five, classes=20)
    assert yolo9000.shape == (13, 13, 125)
    as_taught = Grid(13, 13, cell=32, anchors=five, classes=20, classes_per="cell")
    assert as_taught.numbers_per_cell == 45
    first_paper = Grid(7, 7, cell=64, anchors=five[:2], classes=20, classes_per="cell")
    assert first_paper.shape == (7, 7, 30)


@pytest.mark.parametrize("classes_per", WORDS)
def test_one_object_by_hand(classes_per):
    grid = small_grid(classes_per)
    box = [[9, 18, 21, 34]]  # centre (15, 26): cell (3, 1) at 7/8 and 2/8; 12×16 fits anchor 1
    parts = grid.split(encode(grid, [Truths(box, [2])]))
    assert_array_equal(np.argwhere(parts.objectness), [[0, 3, 1, 1]])
    expected = [7 / 8, 2 / 8, np.log(12 / 14), np.log(16 / 12)]
    assert_allclose(parts.places[0, 3, 1, 1], expected, rtol=1e-6)
    owner = 1 if classes_per == "box" else 0
    assert_array_equal(np.argwhere(parts.classes), [[0, 3, 1, owner, 2]])


def test_the_numbers_of_a_cell_stand_in_the_documented_order():
    per_box = encode(small_grid("box"), [Truths([[9, 18, 21, 34]], [2])])[0, 3, 1]
    assert_array_equal(np.flatnonzero(per_box), [8, 9, 10, 11, 12, 15])
    per_cell = encode(small_grid("cell"), [Truths([[9, 18, 21, 34]], [2])])[0, 3, 1]
    assert_array_equal(np.flatnonzero(per_cell), [5, 6, 7, 8, 9, 17])


@pytest.mark.parametrize("classes_per", WORDS)
def test_splitting_and_joining_are_inverse_for_arrays_and_tensors(classes_per):
    grid = small_grid(classes_per)
    numbers = random_output(0, grid, 2)
    assert_array_equal(grid.join(grid.split(numbers)), numbers)
    tensor = keras.ops.convert_to_tensor(numbers)
    assert_array_equal(to_numpy(grid.join(grid.split(tensor))), numbers)
    for mine, theirs in zip(grid.split(numbers), grid.split(tensor), strict=True):
        assert_array_equal(mine, to_numpy(theirs))


# There and back


@settings(max_examples=100)
@given(SEEDS, st.integers(0, 12), st.sampled_from(WORDS))
def test_what_is_encoded_is_decoded(seed, count, classes_per):
    grid = small_grid(classes_per)
    rng = np.random.default_rng(seed)
    truths = [random_objects(rng, grid, count), nothing_there(), random_objects(rng, grid, 1)]
    found = decode(grid, encode(grid, truths))
    for image, boxes in zip(truths, found, strict=True):
        assert_array_equal(boxes.scores, np.ones(len(image)))
        order = np.lexsort(image.boxes.T[::-1])
        back = np.lexsort(boxes.boxes.round(3).T[::-1])
        assert_allclose(boxes.boxes[back], image.boxes[order], atol=1e-4)
        assert_array_equal(boxes.classes[back], image.classes[order])


def test_a_cell_seats_as_many_objects_as_it_has_boxes():
    grid = small_grid()
    same_place = [[10, 10, 14, 14]] * 3
    found = decode(grid, encode(grid, [Truths(same_place, [0, 1, 2])]))[0]
    assert sorted(found.classes.tolist()) == [0, 1, 2]
    assert_allclose(found.boxes, same_place, atol=1e-5)


def test_a_centre_between_cells_belongs_to_the_right_and_below():
    parts = small_grid().split(encode(small_grid(), [Truths([[13, 5, 19, 11]], [0])]))
    assert np.argwhere(parts.objectness)[0, 1:3].tolist() == [1, 2]
    assert parts.places[0, 1, 2].max(axis=0)[:2].tolist() == [0, 0]


def test_crowds_and_ignored_objects_are_left_out():
    boxes = [[0, 0, 6, 6], [8, 8, 14, 14], [16, 16, 22, 22]]
    truths = Truths(boxes, [0, 0, 0], crowd=[True, False, False], ignored=[False, True, False])
    assert decode(small_grid(), encode(small_grid(), [truths]))[0].boxes.shape == (1, 4)


def test_no_images():
    assert encode(small_grid(), []).shape == (0, 4, 5, 24)
    assert decode(small_grid(), np.empty((0, 4, 5, 24))) == []


# Activation and decoding


@pytest.mark.parametrize("classes_per", WORDS)
def test_activation_by_its_formulas(classes_per):
    grid = small_grid(classes_per)
    raw = grid.split(random_output(1, grid, 3))
    active = grid.split(to_numpy(activate(grid, random_output(1, grid, 3))))
    assert_allclose(active.places[..., :2], 1 / (1 + np.exp(-raw.places[..., :2])), rtol=1e-5)
    assert_array_equal(active.places[..., 2:], raw.places[..., 2:])
    assert_allclose(active.objectness, 1 / (1 + np.exp(-raw.objectness)), rtol=1e-5)
    shares = np.exp(raw.classes) / np.exp(raw.classes).sum(axis=-1, keepdims=True)
    assert_allclose(active.classes, shares, rtol=1e-5)


def test_decoding_by_the_formulas_of_the_paper():
    grid = small_grid()
    output = random_output(2, grid, 1)
    found = decode(grid, to_numpy(activate(grid, output)), score_threshold=0)[0]
    assert len(found) == 4 * 5 * 3
    expected = []
    for row in range(4):
        for column in range(5):
            for box, (anchor_width, anchor_height) in enumerate(ANCHORS):
                x, y, w, h, objectness, *classes = output[0, row, column, 8 * box : 8 * box + 8]
                centre_x = 8 * (1 / (1 + np.exp(-x)) + column)
                centre_y = 8 * (1 / (1 + np.exp(-y)) + row)
                half_width, half_height = (
                    anchor_width * np.exp(w) / 2,
                    anchor_height * np.exp(h) / 2,
                )
                probability = max(np.exp(classes)) / sum(np.exp(classes))
                expected.append(
                    [
                        probability / (1 + np.exp(-objectness)),
                        centre_x - half_width,
                        centre_y - half_height,
                        centre_x + half_width,
                        centre_y + half_height,
                        np.argmax(classes),
                    ]
                )
    expected = np.array(sorted(expected, reverse=True))
    assert_allclose(found.scores, expected[:, 0], rtol=1e-5)
    assert_allclose(found.boxes, expected[:, 1:5], rtol=1e-4, atol=1e-4)
    assert_array_equal(found.classes, expected[:, 5])


def test_low_scores_are_left_out():
    grid = small_grid()
    numbers = to_numpy(activate(grid, random_output(3, grid, 2)))
    everything = decode(grid, numbers, score_threshold=0)
    some = decode(grid, numbers, score_threshold=0.4)
    for all_boxes, boxes in zip(everything, some, strict=True):
        assert 0 < len(boxes) < len(all_boxes)
        assert_array_equal(boxes.scores, all_boxes.scores[all_boxes.scores >= 0.4])


# The loss


def loss_by_hand(grid, target, output):
    """Equation 3 of Redmon (2016), term by term."""
    true, said = grid.split(target), grid.split(output)
    true_boxes, said_boxes = grid.corners(true.places), grid.corners(said.places)
    width, height = grid.columns * grid.cell, grid.rows * grid.cell

    def roots(box):
        return np.sqrt([(box[2] - box[0]) / width, (box[3] - box[1]) / height])

    sums = []
    for image in range(len(target)):
        total = 0.0
        for row, column in np.ndindex(grid.rows, grid.columns):
            cell = image, row, column
            for box in range(grid.boxes):
                at = (*cell, box)
                if true.objectness[at]:
                    total += 5 * ((true.places[at][:2] - said.places[at][:2]) ** 2).sum()
                    total += 5 * ((roots(true_boxes[at]) - roots(said_boxes[at])) ** 2).sum()
                    iou = pairwise_iou(true_boxes[at][None], said_boxes[at][None])[0, 0]
                    total += (iou - said.objectness[at]) ** 2
                    if grid.classes_per == "box":
                        total += ((true.classes[at] - said.classes[at]) ** 2).sum()
                else:
                    total += 0.5 * said.objectness[at] ** 2
            if grid.classes_per == "cell" and true.objectness[cell].any():
                total += ((true.classes[cell] - said.classes[cell]) ** 2).sum()
        sums.append(total)
    return sums


@pytest.mark.parametrize("classes_per", WORDS)
@pytest.mark.parametrize("seed", range(5))
def test_the_loss_is_the_sum_of_the_paper(classes_per, seed):
    grid = small_grid(classes_per)
    rng = np.random.default_rng(seed)
    target = encode(grid, [random_objects(rng, grid, 6), nothing_there()])
    output = to_numpy(activate(grid, random_output(seed, grid, 2)))
    expected = loss_by_hand(grid, target, output)
    assert_allclose(to_numpy(yolo_loss(grid)(target, output)), expected, rtol=1e-4)


@pytest.mark.parametrize("classes_per", WORDS)
def test_the_right_answer_costs_nothing(classes_per):
    grid = small_grid(classes_per)
    target = encode(grid, [random_objects(np.random.default_rng(0), grid, 9), nothing_there()])
    assert_allclose(to_numpy(yolo_loss(grid)(target, target)), [0, 0], atol=1e-8)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="TensorFlow's gradients")
def test_the_iou_is_a_goal_for_objectness_and_moves_no_box():
    grid = small_grid()
    target = encode(grid, [random_objects(np.random.default_rng(0), grid, 6)])
    output = tf.constant(to_numpy(activate(grid, random_output(0, grid, 1))))
    with tf.GradientTape() as tape:
        tape.watch(output)
        loss = yolo_loss(grid)(target, output)
    gradient = grid.split(tape.gradient(loss, output).numpy())
    true, said = grid.split(target), grid.split(output.numpy())
    full = true.objectness[..., np.newaxis]
    of_centres = 2 * 5 * full * (said.places[..., :2] - true.places[..., :2])
    assert_allclose(gradient.places[..., :2], of_centres, atol=1e-5)
    iou_error = gradient.objectness[true.objectness == 1] / 2
    assert (abs(iou_error) > 0.01).all()


def test_a_network_learns_one_scene_and_its_output_decodes_to_it():
    keras.utils.set_random_seed(0)
    grid = small_grid()
    truths = [random_objects(np.random.default_rng(1), grid, 4)]
    image = keras.Input((1,))
    numbers = keras.layers.Dense(math.prod(grid.shape))(image)
    outputs = activate(grid, keras.layers.Reshape(grid.shape)(numbers))
    model = keras.Model(image, outputs)
    model.compile(keras.optimizers.Adam(0.2), loss=yolo_loss(grid))
    one, target = np.ones((1, 1)), encode(grid, truths)
    model.fit(np.repeat(one, 200, axis=0), np.repeat(target, 200, axis=0), 1, verbose=0)
    found = decode(grid, model.predict(one, verbose=0))[0].suppressed()
    assert len(found) == 4
    iou = pairwise_iou(truths[0].boxes, found.boxes)
    assert iou.max(axis=1).min() > 0.9
    assert_array_equal(found.classes[iou.argmax(axis=1)], truths[0].classes)


# Wrong input


@pytest.mark.parametrize(
    ("truths", "classes_per", "message"),
    [
        (Truths([[38, 0, 44, 6]], [0]), "box", r"centre at \[41.0, 3.0\], outside .* 40×32"),
        (Truths([[-9, 0, 3, 6]], [0]), "box", "outside"),
        (Truths([[4, 4, 4, 9]], [0]), "box", "no area"),
        (Truths([[4, 4, 8, 9]], [3]), "box", "class 3 is not among the grid's 3"),
        (Truths([[1, 1, 6, 6]] * 4, [0] * 4), "box", r"more than 3 object\(s\) in cell \(0, 0\)"),
        (Truths([[1, 1, 6, 6]] * 2, [0, 1]), "cell", r"two classes in cell \(0, 0\)"),
    ],
)
def test_objects_that_have_no_place_are_refused(truths, classes_per, message):
    grid = small_grid(classes_per)
    with pytest.raises(ValueError, match=message):
        encode(grid, [nothing_there(), truths])


def test_a_cell_that_shares_its_class_seats_several_of_it():
    grid = small_grid("cell")
    found = decode(grid, encode(grid, [Truths([[1, 1, 6, 6]] * 2, [1, 1])]))[0]
    assert found.classes.tolist() == [1, 1]


@pytest.mark.parametrize("function", [decode, activate, lambda grid, x: yolo_loss(grid)(x, x)])
def test_the_numbers_of_another_grid_are_refused(function):
    with pytest.raises(ValueError, match=r"\(batch, 4, 5, 24\), got \(2, 5, 4, 24\)"):
        function(small_grid(), np.zeros((2, 5, 4, 24), "float32"))


def test_numbers_that_are_not_finite_are_refused():
    numbers = np.zeros((1, 4, 5, 24), "float32")
    numbers[0, 0, 0, 4] = np.nan
    with pytest.raises(ValueError, match="finite"):
        decode(small_grid(), numbers)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rows": 0}, "at least one row"),
        ({"cell": -8}, "at least one row"),
        ({"classes": 0}, "at least one row"),
        ({"anchors": [[1, 0]]}, "positive"),
        ({"anchors": [1, 2]}, r"\(n, 2\)"),
        ({"classes_per": "image"}, "not 'image'"),
    ],
)
def test_a_grid_that_makes_no_sense_is_refused(changes, message):
    arguments = {"rows": 4, "columns": 5, "cell": 8, "anchors": ANCHORS, "classes": 3}
    with pytest.raises(ValueError, match=message):
        Grid(**(arguments | changes))


def test_detections_are_not_compared_by_accident():
    one = Detections([[0, 0, 1, 1]], [1], [0])
    assert one != Detections([[0, 0, 1, 1]], [1], [0])
