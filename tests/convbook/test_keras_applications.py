"""Costs of every network that Keras ships, made without their weights, and of models inside models."""

import math

import keras
import pytest
from keras import applications, layers

from convbook import costs
from convbook.costs import NETWORK_INPUT
from tests.convbook.profiled import needs_tensorflow, profiled_multiplications

NAMES = sorted(name for name in dir(applications) if name[0].isupper())
LARGE_SIBLINGS = {  # of a network that is tested by default
    *("ConvNeXtSmall", "ConvNeXtBase", "ConvNeXtLarge", "ConvNeXtXLarge"),
    *("DenseNet169", "DenseNet201", "InceptionResNetV2", "NASNetLarge"),
    *(f"EfficientNetB{number}" for number in range(2, 8)),
    *("EfficientNetV2B1", "EfficientNetV2B2", "EfficientNetV2B3"),
    *("EfficientNetV2S", "EfficientNetV2M", "EfficientNetV2L"),
    *("ResNet101V2", "ResNet152V2"),
}
LEAVES_SIZES_OPEN = {"MobileNetV3Large", "MobileNetV3Small"}
PROFILED_BY_DEFAULT = {"ConvNeXtTiny", "MobileNetV2", "MobileNetV3Small", "VGG16"}


def built(name):
    return costs.outline(lambda: getattr(applications, name)(weights=None))


def test_there_is_something_to_test():
    assert len(NAMES) >= 40


@pytest.mark.parametrize(
    "name",
    [pytest.param(n, marks=pytest.mark.full if n in LARGE_SIBLINGS else ()) for n in NAMES],
)
def test_parameters_and_shapes_are_those_that_keras_counts(name):
    if name.startswith("NASNet") and keras.backend.backend() == "torch":
        pytest.skip("Keras does not offer NASNet on PyTorch")
    model = built(name)
    input_shape = (224, 224, 3) if name in LEAVES_SIZES_OPEN else None
    cost = costs.of_model(model, input_shape)
    trainable = sum(math.prod(weight.shape) for weight in model.trainable_weights)
    assert cost.parameters == model.count_params()
    assert cost.trainable_parameters == trainable
    assert cost.output_shape == model.output_shape[1:]
    if name not in LEAVES_SIZES_OPEN:
        by_name = {layer.name: layer for layer in model.layers}
        for row in cost.rows:
            if row.name in by_name:
                assert (None, *row.output_shape) == tuple(by_name[row.name].output.shape), row.name


@needs_tensorflow
@pytest.mark.parametrize(
    "name",
    [pytest.param(n, marks=() if n in PROFILED_BY_DEFAULT else pytest.mark.full) for n in NAMES],
)
def test_multiplications_are_those_that_tensorflow_counts(name):
    model = getattr(applications, name)(weights=None)
    input_shape = (224, 224, 3) if name in LEAVES_SIZES_OPEN else None
    cost = costs.of_model(model, input_shape)
    in_groups = {
        layer.name
        for layer in model._flatten_layers()
        if type(layer) is layers.Conv2D and layer.groups > 1
    }
    seen = [row for row in cost.rows if row.name.rpartition("/")[2] not in in_groups]
    profiled = profiled_multiplications(model, input_shape)
    assert sum(row.multiplications for row in seen) == profiled
    assert profiled == cost.multiplications or name.startswith("ConvNeXt")


@pytest.mark.parametrize(
    ("name", "everything", "without_both"),
    [  # without both: the counts of the original implementations, as torchvision publishes them
        ("ResNet50", 25_636_712, 25_557_032),
        ("ResNet101", 44_707_176, 44_549_160),
        ("ResNet152", 60_419_944, 60_192_808),
        ("DenseNet121", 8_062_504, 7_978_856),
        ("MobileNetV2", 3_538_984, 3_504_872),
    ],
)
def test_counts_by_the_convention_of_the_originals(name, everything, without_both):
    cost = costs.of_model(built(name))
    assert cost.parameters_without() == cost.parameters == everything
    assert cost.parameters_without(conv_biases=True, statistics=True) == without_both


def test_each_thing_left_out_is_counted_by_itself():
    model = keras.Sequential(
        [
            keras.Input((8, 8, 3)),
            layers.Conv2D(5, 3),
            layers.BatchNormalization(),
            layers.SeparableConv2D(7, 3, use_bias=False),
            layers.Conv2DTranspose(2, 3),
            layers.Flatten(),
            layers.Dense(4),
        ]
    )
    model.layers[0].trainable = False
    cost = costs.of_model(model)
    everything = cost.parameters
    assert everything == model.count_params()
    assert cost.parameters_without(conv_biases=True) == everything - 5 - 2
    assert cost.parameters_without(statistics=True) == everything - 2 * 5
    assert cost.trainable_parameters == everything - 2 * 5 - (3 * 3 * 3 + 1) * 5
    assert str(cost).endswith(
        "parameters include 150 not trainable, 10 batch-norm statistics, 7 biases of convolutions"
    )


def test_described_layers_state_their_biases_as_built_ones_do():
    described = costs.of_layers([costs.Conv(5, 3), costs.Conv(2, 1, bias=False)], (8, 8, 3))
    assert described.parameters_without(conv_biases=True) == described.parameters - 5


def inside():
    return keras.Sequential(
        [keras.Input((None, None, 3)), layers.Conv2D(2, 3, name="conv"), layers.ReLU(name="relu")],
        name="inside",
    )


def test_a_model_inside_has_rows_of_its_own():
    model = keras.Sequential([keras.Input((8, 9, 3)), inside(), layers.Flatten(), layers.Dense(4)])
    cost = costs.of_model(model)
    assert [row.name for row in cost.rows][:2] == ["inside/conv", "inside/relu"]
    assert [row.output_shape for row in cost.rows] == [(6, 7, 2), (6, 7, 2), (84,), (4,)]
    assert cost.parameters == model.count_params()
    assert cost.multiplications == 6 * 7 * 9 * 3 * 2 + 84 * 4


def test_a_model_called_twice_has_each_size_and_one_set_of_weights():
    shared, image = inside(), keras.Input((8, 8, 3))
    small = layers.AveragePooling2D(2, name="half")(image)
    sums = [layers.GlobalMaxPooling2D()(shared(x)) for x in (image, small)]
    model = keras.Model(image, layers.Add()(sums))
    cost = costs.of_model(model)
    convs = [row for row in cost.rows if row.kind == "Conv2D"]
    assert sorted(row.output_shape for row in convs) == [(2, 2, 2), (6, 6, 2)]
    assert cost.parameters == model.count_params() == 3 * 3 * 3 * 2 + 2
    assert cost.multiplications == 9 * 3 * 2 * (36 + 4)


def test_an_input_shape_fills_in_what_the_model_leaves_open():
    model = keras.Sequential(
        [keras.Input((None, None, 3)), layers.Conv2D(2, 3), layers.GlobalAveragePooling2D()]
    )
    cost = costs.of_model(model, (10, 12, 3))
    assert cost.input_shape == (10, 12, 3)
    assert cost.rows[0].output_shape == (8, 10, 2)
    assert cost.rows[0].inputs == (NETWORK_INPUT,)


@pytest.mark.parametrize("input_shape", [(10, 12), (10, 12, 4), (10, 12, 3, 1)])
def test_an_input_shape_that_the_model_does_not_take_is_refused(input_shape):
    model = keras.Sequential([keras.Input((None, None, 3)), layers.Conv2D(2, 3)])
    with pytest.raises(ValueError, match=r"the model takes \(None, None, 3\), not"):
        costs.of_model(model, input_shape)


def test_an_outline_takes_no_memory_and_leaves_the_rest_as_it_was():
    def build():
        return keras.Sequential([keras.Input((10**6,)), layers.Dense(10**6)])

    assert costs.of_model(costs.outline(build)).parameters == 10**12 + 10**6
    with keras.StatelessScope():  # at its end Keras fills in what has no values yet
        pass
    assert keras.Sequential([keras.Input((4,)), layers.Dense(3)]).get_weights()[0].shape == (4, 3)
