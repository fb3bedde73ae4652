"""The small forms train: every weight takes part, and digits are learnt."""

import keras
import numpy as np
import pytest

from convbook import data
from convbook.models import lenet
from convbook.models.table import architectures

SMALL = {row.name: row.small for row in architectures().values() if row.small}
LOGITS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
small_forms = pytest.mark.parametrize("small", SMALL.values(), ids=SMALL)


def moved_weights(model, loss):
    """Trainable weights that one step of training changes."""
    random = np.random.default_rng(0)
    images = random.normal(size=(16, *model.input_shape[1:])).astype("float32")
    before = [keras.ops.convert_to_numpy(weight) for weight in model.trainable_weights]
    model.compile(keras.optimizers.SGD(1.0), loss, run_eagerly=True)
    model.train_on_batch(images, np.arange(16) % 4)
    after = [keras.ops.convert_to_numpy(weight) for weight in model.trainable_weights]
    return [not np.array_equal(*pair) for pair in zip(before, after, strict=True)]


@small_forms
def test_every_weight_of_the_small_forms_takes_part(small):
    assert all(moved_weights(small((28, 28, 1), 4), "sparse_categorical_crossentropy"))


def test_every_weight_of_the_original_lenet_takes_part():
    assert all(moved_weights(lenet.lenet5_original(), LOGITS))


def accuracy_after_four_epochs(model, loss, prepare=lambda images: images):
    """On the test digits of the sample data; chance is 0.1."""
    digits = data.digits()
    model.compile("adam", loss, metrics=["accuracy"])
    images = prepare(digits.x_train / 255)
    model.fit(images, digits.y_train, batch_size=64, epochs=4, verbose=0)
    images = prepare(digits.x_test / 255)
    return model.evaluate(images, digits.y_test, verbose=0)[1]


@pytest.mark.full
@small_forms
def test_small_forms_learn_digits(small):
    model = small((28, 28, 1), 10)
    assert accuracy_after_four_epochs(model, "sparse_categorical_crossentropy") > 0.8


@pytest.mark.full
def test_the_original_lenet_learns_digits():
    """White at -0.1 and black at 1.175, as in the paper."""

    def on_32_pixels(images):
        return np.pad(images, [(0, 0), (2, 2), (2, 2), (0, 0)]) * 1.275 - 0.1

    model = lenet.lenet5_original()
    assert accuracy_after_four_epochs(model, LOGITS, on_32_pixels) > 0.8
