"""Models that travel: honest ones come out the same, and hostile ones are refused before they exist."""

import copy

import keras
import numpy as np
import pytest
from keras import layers, ops

from convbook.checking.models import describe, rebuild
from convbook.checking.plain import CheckFailed
from convbook.checking.wire import pack, unpack
from convbook.models.table import architectures


def sequential():
    return keras.Sequential(
        [
            keras.Input((12, 12, 1)),
            layers.RandomTranslation(0.1, 0.1),
            layers.Conv2D(4, 3, activation="relu", kernel_regularizer="l2", padding="same"),
            layers.BatchNormalization(momentum=0.9),
            layers.MaxPooling2D(),
            layers.Conv2D(6, 3, kernel_initializer=keras.initializers.HeNormal(seed=3)),
            layers.Activation("gelu"),
            layers.GlobalAveragePooling2D(),
            layers.Dropout(0.2),
            layers.Dense(10, activation="softmax", kernel_constraint=keras.constraints.MaxNorm(2)),
        ]
    )


def functional():
    image = keras.Input((12, 12, 1))
    x = layers.Conv2D(8, 3, padding="same")(image)
    gate = layers.Dense(8, activation="sigmoid")(layers.GlobalAveragePooling2D()(x))
    x = layers.Add()([layers.Multiply()([x, layers.Reshape((1, 1, 8))(gate)]), x])
    return keras.Model(image, layers.Dense(10, "softmax")(layers.Flatten()(x)))


def recurrent():
    return keras.Sequential(
        [
            keras.Input((7,)),
            layers.Embedding(20, 4),
            layers.Bidirectional(layers.LSTM(3, return_sequences=True)),
            layers.Conv1D(5, 3, padding="causal"),
            layers.GlobalMaxPooling1D(),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


def compiled():
    model = sequential()
    model.compile("adam", "sparse_categorical_crossentropy", jit_compile=False)
    model.fit(np.zeros((4, 12, 12, 1)), np.zeros(4), verbose=0)
    return model


def mixed():
    keras.config.set_dtype_policy("mixed_float16")
    try:
        return sequential()
    finally:
        keras.config.set_dtype_policy("float32")


SMALL = {row.name: row.small for row in architectures().values() if row.small}
OF_KERAS_ALONE = ["VGG-16", "ResNet-18", "DenseNet-121", "MobileNet", "SE-ResNet-50", "Xception"]


def travelled(model):
    return rebuild(unpack(pack(describe(model))))


@pytest.mark.parametrize(
    "build",
    [
        *(sequential, functional, recurrent, compiled, mixed),
        *(pytest.param(SMALL[name], id=name) for name in OF_KERAS_ALONE),
    ],
)
def test_a_model_of_keras_layers_arrives_as_it_left(build):
    keras.utils.set_random_seed(1)
    model = build()
    arrived = travelled(model)
    x = np.random.default_rng(0).integers(0, 19, (3, *model.input_shape[1:])).astype("float32")
    before, after = (ops.convert_to_numpy(m(x, training=False)) for m in (model, arrived))
    np.testing.assert_allclose(after, before, rtol=1e-5, atol=1e-6)
    assert arrived.count_params() == model.count_params()
    assert [type(a) for a in arrived.layers] == [type(a) for a in model.layers]


class Own(layers.Layer):
    def call(self, x):
        return x


class Subclassed(keras.Model):
    def call(self, x):
        return x


def with_layer(layer):
    return lambda: keras.Sequential([keras.Input((4,)), layer, layers.Dense(2)])


@pytest.mark.parametrize(
    "build",
    [
        with_layer(layers.Lambda(lambda x: x)),
        with_layer(Own()),
        with_layer(layers.Activation(lambda x: x)),
        with_layer(layers.Dense(3, activation=lambda x: x)),
        with_layer(layers.Dense(3, kernel_initializer=lambda shape, dtype: ops.ones(shape, dtype))),
        Subclassed,
    ],
)
def test_code_does_not_travel(build):
    with pytest.raises(CheckFailed):
        travelled(build())


def changed(change):
    described = describe(functional())
    described["config"] = copy.deepcopy(described["config"])
    change(described)
    return described


def in_layer(number, key, value):
    def change(described):
        described["config"]["config"]["layers"][number]["config"][key] = value

    return change


def of_layer(number, key, value):
    def change(described):
        described["config"]["config"]["layers"][number][key] = value

    return change


CODE = {"class_name": "__lambda__", "config": {"value": "aGk="}}
HOSTILE = {
    "lambda layer": of_layer(1, "class_name", "Lambda"),
    "another module": of_layer(1, "module", "os"),
    "a function of a module": of_layer(
        1, "config", {"class_name": "function", "config": "system", "module": "os"}
    ),
    "a lambda as an activation": in_layer(1, "activation", CODE),
    "a registered name": of_layer(1, "registered_name", "Custom>Evil"),
    "activation by path": in_layer(1, "activation", "os.system"),
    "activation of another module": in_layer(
        1, "activation", {"module": "builtins", "class_name": "function", "config": "eval"}
    ),
    "a layer that reads files": of_layer(1, "class_name", "StringLookup"),
    "a layer that loads a saved model": of_layer(1, "class_name", "TFSMLayer"),
    "huge layer": in_layer(1, "filters", 10**12),
    "negative layer": in_layer(1, "filters", -3),
    "wrong type": in_layer(1, "filters", "8"),
    "config is a list": lambda d: d.update(config=[]),
    "no config": lambda d: d.pop("config"),
    "no weights": lambda d: d.update(weights=[]),
    "weights of other shapes": lambda d: d.update(weights=[w[..., :-1] for w in d["weights"]]),
    "weights as text": lambda d: d.update(weights=[np.array(["x"])]),
    "more weights": lambda d: d["weights"].append(np.zeros(3)),
    "not a model": lambda d: d["config"].update(class_name="Dense", module="keras.layers"),
    "an initializer": lambda d: d.update(
        config={"class_name": "Zeros", "module": "keras.initializers", "config": {}}
    ),
    "numbers as keys": lambda d: d["config"]["config"].update({3: {}}),
}


def nested(described):
    node = described["config"]["config"]
    for _ in range(200):
        node["more"] = {}
        node = node["more"]


@pytest.mark.parametrize("change", [*HOSTILE.values(), nested], ids=[*HOSTILE, "nested"])
def test_hostile_descriptions_are_refused(change):
    described = unpack(pack(changed(change)))
    with pytest.raises(CheckFailed):
        rebuild(described)


def test_the_unchanged_description_is_accepted():
    assert rebuild(unpack(pack(changed(lambda described: None)))).count_params() > 0
