"""Dense heads as convolutions: the same answers, at one place and at every place."""

import keras
import numpy as np
import pytest
from keras import layers
from keras.ops import convert_to_numpy as to_numpy
from numpy.testing import assert_allclose, assert_array_equal

from convbook.detection import dense_to_conv, fully_convolutional


@pytest.fixture(autouse=True)
def seed():
    keras.utils.set_random_seed(0)


def images(*sizes, channels=3):
    return np.random.default_rng(0).random((2, *sizes, channels), dtype="float32")


def shuffle_weights(model):
    """Weights that all differ: zero biases and unit variances would hide a wrong order."""
    rng = np.random.default_rng(1)
    model.set_weights(
        [
            rng.uniform(0.5, 1.5, w.shape)
            if w.ndim == 1
            # as many inputs as each unit has: answers then differ from place to place
            else rng.normal(0, 3 / np.sqrt(w[..., 0].size), w.shape)
            for w in model.get_weights()
        ]
    )
    return model


@pytest.fixture
def classifier():
    """224×224 pixels to a 7×7×100 map, 200 units and 10 classes; patches do not overlap."""
    return shuffle_weights(
        keras.Sequential(
            [
                keras.Input((224, 224, 3)),
                layers.Conv2D(100, 32, strides=32, activation="relu", name="bottleneck"),
                layers.Flatten(),
                layers.Dense(200, activation="relu", name="fc"),
                layers.Dropout(0.5),
                layers.Dense(10, activation="softmax", name="classes"),
            ]
        )
    )


def test_200_units_on_a_7x7x100_map_are_200_filters_of_7x7(classifier):
    conv = dense_to_conv(classifier.get_layer("fc"), (7, 7, 100))
    assert conv.kernel.shape == (7, 7, 100, 200)
    assert conv.padding == "valid" and conv.strides == (1, 1)
    assert conv.count_params() == classifier.get_layer("fc").count_params() == 980_200
    maps = images(7, 7, channels=100)
    dense = classifier.get_layer("fc")(maps.reshape(2, -1))
    assert_allclose(to_numpy(conv(maps))[:, 0, 0], to_numpy(dense), rtol=1e-3, atol=1e-4)


def test_the_weights_are_copies(classifier):
    dense = classifier.get_layer("fc")
    conv = dense_to_conv(dense, (7, 7, 100))
    before = conv.get_weights()[0]
    dense.set_weights([weights * 0 for weights in dense.get_weights()])
    assert_array_equal(conv.get_weights()[0], before)
    assert before.any()


def test_the_answer_for_the_old_size_is_the_old_one(classifier):
    x = images(224, 224)
    answers = fully_convolutional(classifier).predict(x, verbose=0)
    assert answers.shape == (2, 1, 1, 10)
    assert_allclose(answers[:, 0, 0], classifier.predict(x, verbose=0), rtol=1e-3, atol=1e-5)


def test_448_pixels_give_a_14x14_bottleneck_and_an_8x8_grid(classifier):
    slides = fully_convolutional(classifier)
    bottleneck = keras.Model(slides.inputs, slides.get_layer("bottleneck").output)
    x = images(448, 448)
    assert bottleneck.predict(x, verbose=0).shape == (2, 14, 14, 100)
    assert slides.predict(x, verbose=0).shape == (2, 8, 8, 10)


def test_each_place_has_the_answer_for_its_own_224x224_pixels(classifier):
    x = images(448, 448)[:1]
    answers = fully_convolutional(classifier).predict(x, verbose=0)[0]
    windows = [
        x[0, 32 * row : 32 * row + 224, 32 * column : 32 * column + 224]
        for row, column in np.ndindex(8, 8)
    ]
    one_by_one = classifier.predict(np.stack(windows), batch_size=16, verbose=0)
    assert_allclose(answers.reshape(64, 10), one_by_one, rtol=1e-3, atol=1e-5)
    assert answers.std(axis=(0, 1)).max() > 0.1


def test_images_need_not_be_square(classifier):
    answers = fully_convolutional(classifier).predict(images(224, 320), verbose=0)
    assert answers.shape == (2, 1, 4, 10)


def test_several_heads_branches_and_batch_normalisation():
    image = keras.Input((12, 10, 2))
    x = layers.Conv2D(4, 3, padding="same")(image)
    x = layers.Add()([x, layers.Conv2D(4, 1)(image)])
    x = layers.MaxPooling2D(2)(layers.BatchNormalization()(x))
    x = layers.Flatten()(x)
    hidden = layers.BatchNormalization()(layers.Dense(7, use_bias=False)(x))
    hidden = layers.ReLU()(hidden)
    classes = layers.Dense(3, activation="softmax", name="classes")(hidden)
    box = layers.Dense(4, name="box")(x)
    model = shuffle_weights(keras.Model(image, [classes, box]))
    x = images(12, 10, channels=2)
    expected = model.predict(x, verbose=0)
    for slid, one in zip(fully_convolutional(model).predict(x, verbose=0), expected, strict=True):
        assert slid.shape[1:3] == (1, 1)
        assert_allclose(slid[:, 0, 0], one, rtol=1e-3, atol=1e-5)


def test_the_model_itself_is_left_alone(classifier):
    before = [weights.copy() for weights in classifier.get_weights()]
    slides = fully_convolutional(classifier)
    slides.set_weights([weights * 0 for weights in slides.get_weights()])
    for weights, old in zip(classifier.get_weights(), before, strict=True):
        assert_array_equal(weights, old)


def test_wrong_layers_and_models_are_refused():
    dense = layers.Dense(2, name="two")
    with pytest.raises(ValueError, match="two has no weights yet"):
        dense_to_conv(dense, (1, 1, 4))
    dense.build((None, 12))
    with pytest.raises(ValueError, match=r"two takes 12 values, .* \(2, 3, 3\) has 18"):
        dense_to_conv(dense, (2, 3, 3))
    with pytest.raises(ValueError, match=r"keras.Input\(\(height, width, channels\)\)"):
        fully_convolutional(keras.Sequential([layers.Flatten(), layers.Dense(2)]))
    for shape in [(None, None, 3), (8, 3)]:
        sized = keras.Sequential([keras.Input(shape), layers.Activation("relu")])
        with pytest.raises(ValueError, match="built for images of one size"):
            fully_convolutional(sized)
    pooled = [keras.Input((4, 4, 1)), layers.GlobalAveragePooling2D(), layers.Dense(2, name="two")]
    with pytest.raises(ValueError, match="two does not follow on a flattened map"):
        fully_convolutional(keras.Sequential(pooled))
