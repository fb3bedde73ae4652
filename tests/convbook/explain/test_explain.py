"""Explanations: against analytic answers on small models, brute force, and a network that learned."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from convbook import explain
from convbook.data import digits

RNG = np.random.default_rng(7)


def image(height=8, width=9, channels=3):
    return RNG.uniform(0, 1, (height, width, channels)).astype("float32")


def array(tensor):
    return ops.convert_to_numpy(tensor)


def linear(activation=None):
    return keras.Sequential(
        [keras.Input((8, 9, 3)), layers.Flatten(), layers.Dense(4, activation=activation)]
    )


def convolutional(activation="softmax"):
    keras.utils.set_random_seed(3)
    return keras.Sequential(
        [
            keras.Input((8, 9, 3)),
            layers.Conv2D(5, 3, activation="relu", name="conv"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(4, activation=activation, name="classes"),
        ]
    )


@pytest.fixture(scope="module")
def reader():
    """A small network that has learned digits."""
    keras.utils.set_random_seed(0)
    data = digits()
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(12, 5, strides=2, activation="relu", name="conv_1"),
            layers.Conv2D(24, 3, activation="relu", name="conv_2"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", jit_compile=False)
    x = data.x_train.astype("float32") / 255
    model.fit(x, data.y_train, epochs=4, batch_size=50, verbose=0)
    return model


@pytest.fixture(scope="module")
def some_digits(reader):
    """Test digits that the network reads with certainty, and their classes."""
    data = digits()
    x = data.x_test[:200].astype("float32") / 255
    probabilities = array(reader(x, training=False))
    sure = (probabilities.argmax(axis=1) == data.y_test[:200]) & (probabilities.max(axis=1) > 0.9)
    return list(zip(x[sure], data.y_test[:200][sure], strict=True))[:20]


# Saliency


@pytest.mark.parametrize("activation", [None, "softmax", "sigmoid"])
def test_the_saliency_of_a_linear_classifier_is_its_template(activation):
    model = linear(activation)
    for class_number in range(4):
        weights = array(model.layers[-1].kernel)[:, class_number].reshape(8, 9, 3)
        np.testing.assert_allclose(
            explain.saliency(model, image(), class_number),
            np.abs(weights).max(axis=-1),
            rtol=1e-5,
        )


def test_saliency_is_the_change_of_the_score_for_a_small_change_of_a_pixel():
    model, picture = convolutional(activation=None), image()
    found = explain.saliency(model, picture, 2)
    step = 1e-2
    for row, column in ((0, 0), (3, 4), (7, 8)):
        changes = []
        for channel in range(3):
            brighter = picture.copy()
            brighter[row, column, channel] += step
            both = array(model(np.stack([picture, brighter])))[:, 2]
            changes.append(abs(both[1] - both[0]) / step)
        assert found[row, column] == pytest.approx(max(changes), rel=0.05, abs=1e-4)


def test_a_softmax_layer_at_the_end_is_left_out_too():
    model = linear()
    with_layer = keras.Sequential([*model.layers, layers.Softmax()])
    with_layer.build((None, 8, 9, 3))
    picture = image()
    np.testing.assert_allclose(
        explain.saliency(with_layer, picture, 1), explain.saliency(model, picture, 1), rtol=1e-5
    )


# Grad-CAM


def test_grad_cam_is_cam_where_global_pooling_feeds_the_classes():
    """Selvaraju 2017, section 3.1: Grad-CAM generalises the CAM of Zhou 2016."""
    model, picture = convolutional(), image()
    maps = explain.activations(model, picture, ["conv"])["conv"]
    weights = array(model.get_layer("classes").kernel)
    for class_number in range(4):
        cam = np.maximum(maps @ weights[:, class_number], 0) / maps[..., 0].size
        enlarged = ops.image.resize(
            cam[np.newaxis, ..., np.newaxis], (8, 9), interpolation="bilinear"
        )
        np.testing.assert_allclose(
            explain.grad_cam(model, picture, class_number, "conv"),
            array(enlarged)[0, ..., 0],
            rtol=1e-4,
            atol=1e-7,
        )


def test_grad_cam_through_a_residual_network_meets_its_paths():
    x = start = keras.Input((8, 8, 3))
    inner = layers.Conv2D(6, 3, padding="same", name="inside")(x)
    x = layers.Conv2D(6, 1)(start)
    x = layers.Add(name="meet")([x, inner])
    x = layers.GlobalAveragePooling2D()(x)
    model = keras.Model(start, layers.Dense(3)(x))
    assert explain.grad_cam(model, image(8, 8), 0, "meet").shape == (8, 8)
    with pytest.raises(ValueError, match='"inside" has paths around it'):
        explain.grad_cam(model, image(8, 8), 0, "inside")


def test_random_weights_change_the_map(reader, some_digits):
    """The sanity check of Adebayo 2018: an explanation has to depend on what was learned."""
    keras.utils.set_random_seed(1)
    stranger = keras.models.clone_model(reader)
    likeness = []
    for picture, class_number in some_digits:
        maps = [explain.grad_cam(m, picture, class_number, "conv_2") for m in (reader, stranger)]
        if all(one.std() > 0 for one in maps):
            likeness.append(np.corrcoef(*(one.ravel() for one in maps))[0, 1])
    assert len(likeness) > 10
    assert np.median(likeness) < 0.6


def test_the_map_is_where_the_evidence_is_and_drops_what_speaks_against():
    model = convolutional()
    model.get_layer("conv").set_weights([np.ones((3, 3, 3, 5)), np.zeros(5)])
    for_and_against = np.array([[1.0, -1.0, 0.0, 0.0]] * 5)
    model.get_layer("classes").set_weights([for_and_against, np.zeros(4)])
    picture = np.zeros((8, 9, 3), "float32")
    picture[5:8, 6:9] = 1
    found = explain.grad_cam(model, picture, 0, "conv")
    assert np.unravel_index(found.argmax(), found.shape) == (7, 8)
    assert found[:3].max() == found[:, :3].max() == 0
    assert explain.grad_cam(model, picture, 1, "conv").max() == 0


# Occlusion


@pytest.mark.parametrize(("patch", "stride"), [(1, 1), (3, 1), ((2, 4), (2, 3)), (3, 5)])
def test_occlusion_by_brute_force(patch, stride):
    model, picture = convolutional(), image()
    (h, w), (dy, dx) = (np.broadcast_to(n, 2) for n in (patch, stride))
    tops, lefts = ({*range(0, n - k + 1, s), n - k} for n, k, s in ((8, h, dy), (9, w, dx)))
    losses = [[[] for _ in range(9)] for _ in range(8)]
    intact = array(model(picture[np.newaxis]))[0, 1]
    for top in tops:
        for left in lefts:
            covered = picture.copy()
            covered[top : top + h, left : left + w] = 0.5
            lost = intact - array(model(covered[np.newaxis]))[0, 1]
            for row in range(top, top + h):
                for column in range(left, left + w):
                    losses[row][column].append(lost)
    expected = [[np.mean(cell) if cell else 0 for cell in row] for row in losses]
    found = explain.occlusion(model, picture, 1, patch, stride, fill=0.5, batch=7)
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_covering_ink_costs_more_than_covering_paper(reader, some_digits):
    for picture, class_number in some_digits[:5]:
        lost = explain.occlusion(reader, picture, class_number, patch=4, stride=2)
        ink = picture[..., 0] > 0.5
        assert lost[ink].mean() > 2 * max(lost[~ink].mean(), 0)


# Filter maximisation


def test_the_image_that_excites_a_linear_filter_is_bright_where_the_filter_is_positive():
    model = keras.Sequential([keras.Input((7, 7, 1)), layers.Conv2D(2, 7, name="conv")])
    kernel = np.random.default_rng(1).normal(size=(7, 7, 1, 2)).astype("float32")
    model.layers[0].set_weights([kernel, np.zeros(2)])
    found = explain.maximise_filter(model, "conv", 1, steps=60, rate=0.2)
    clear = np.abs(kernel[..., 0, 1]) > 0.2
    assert clear.mean() > 0.7
    np.testing.assert_allclose(found[clear, 0], kernel[clear, 0, 1] > 0, atol=1e-3)


def test_the_found_image_excites_its_filter_more_than_digits_do(reader, some_digits):
    for channel in (0, 5):
        found = explain.maximise_filter(reader, "conv_1", channel, steps=40)
        excited = explain.activations(reader, found, ["conv_1"])["conv_1"][..., channel].mean()
        by_digits = [
            explain.activations(reader, picture, ["conv_1"])["conv_1"][..., channel].mean()
            for picture, _ in some_digits
        ]
        assert excited > max(by_digits)


def test_a_model_for_any_size_takes_one():
    model = keras.Sequential([keras.Input((None, None, 3)), layers.Conv2D(2, 3, name="conv")])
    assert explain.maximise_filter(model, "conv", 0, size=(9, 12), steps=2).shape == (9, 12, 3)
    with pytest.raises(ValueError, match=r"give size=\(height, width\)"):
        explain.maximise_filter(model, "conv", 0)


# Activations


def test_activations_are_those_of_the_layers_called_one_by_one():
    model, picture = convolutional(), image()
    found = explain.activations(model, picture)
    passed_on = picture[np.newaxis]
    for layer, (name, output) in zip(model.layers, found.items(), strict=True):
        passed_on = layer(passed_on)
        assert layer.name == name
        np.testing.assert_allclose(output, array(passed_on)[0], rtol=1e-5, atol=1e-6)
    assert list(explain.activations(model, picture, ["conv"])) == ["conv"]


# What cannot be explained


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda m: explain.saliency(m, image(8, 8), 0), r"takes one image \(8, 9, 3\), not"),
        (lambda m: explain.saliency(m, image()[np.newaxis], 0), "takes one image"),
        (lambda m: explain.saliency(m, image(), 4), r"4 is none of the outputs \(4,\)"),
        (lambda m: explain.occlusion(m, image(), -1, 2), "-1 is none of the outputs"),
        (lambda m: explain.occlusion(m, image(), 0, 9), "a patch of 9 does not fit into 8 pixels"),
        (lambda m: explain.occlusion(m, image(), 0, 2, 0), "stride must be at least 1, got 0"),
        (lambda m: explain.activations(m, image(), ["dense"]), 'no layer "dense"; the model has'),
        (lambda m: explain.grad_cam(m, image(), 0, "classes"), r'"classes" has no maps: .*\(4,\)'),
        (lambda m: explain.maximise_filter(m, "conv", 5), "no map 5"),
        (
            lambda m: explain.saliency(keras.Model(m.inputs, m.layers[0].output), image(), 0),
            "0 is none of the outputs",
        ),
    ],
)
def test_what_does_not_fit_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call(convolutional())


def test_a_model_without_class_scores_is_refused():
    model = keras.Sequential(
        [keras.Input((8, 9, 3)), layers.Conv2D(4, 3), layers.GlobalMaxPooling2D(name="end")]
    )
    with pytest.raises(ValueError, match="not from end, a GlobalMaxPooling2D"):
        explain.saliency(model, image(), 0)
