"""The table of architectures: published parameter counts, and counting without weights."""

import inspect
import math
from functools import partial

import keras
import psutil
import pytest

from convbook import costs
from convbook.models import highway, resnet, vgg
from convbook.models.blocks import IMAGENET
from convbook.models.table import architectures, outline

ROWS = list(architectures().values())


def named(rows):
    return pytest.mark.parametrize("row", rows, ids=[row.name for row in rows])


@named(ROWS)
def test_parameters_are_the_published_ones(row):
    assert round(row.parameters() / row.to_nearest) * row.to_nearest == row.published


@named([row for row in ROWS if row.small])
@pytest.mark.parametrize("input_shape", [(28, 28, 1), (32, 32, 3)])
def test_small_forms_are_small_and_their_costs_can_be_read(row, input_shape):
    model = outline(lambda: row.small(input_shape, 10))
    assert model.input_shape == (None, *input_shape)
    assert model.output_shape == (None, 10)
    assert 20_000 < model.count_params() < 150_000
    assert costs.of_model(model).parameters == model.count_params()


def test_every_module_with_a_small_form_is_in_the_table():
    import convbook.models.table as table

    modules = [module for _, module in inspect.getmembers(table, inspect.ismodule)]
    expected = {module.small for module in modules if hasattr(module, "small")}
    assert {row.small for row in ROWS if row.small} == expected


@pytest.mark.parametrize(
    ("build", "published"),
    [
        (resnet.resnet50, 25_557_032),
        pytest.param(resnet.resnet101, 44_549_160, marks=pytest.mark.full),
        pytest.param(resnet.resnet152, 60_192_808, marks=pytest.mark.full),
    ],
)
def test_the_other_convention_of_the_bottleneck_resnets(build, published):
    """Trainable, without convolution biases: the counts of torchvision's models."""
    trainable = outline(build).trainable_weights
    assert sum(math.prod(weight.shape) for weight in trainable) == published


@pytest.mark.parametrize(
    ("name", "published", "to_nearest"),
    [
        ("ResNet-18", 1.8e9, 1e8),  # He (2015), table 1
        ("ResNet-101", 7.6e9, 1e8),
        ("ResNet-152", 11.3e9, 1e8),
        ("MobileNet", 569e6, 1e6),  # Howard (2017), table 4
        ("MobileNetV2", 300e6, 1e7),  # Sandler (2018), table 4
    ],
)
def test_multiplications_are_the_published_ones(name, published, to_nearest):
    model = outline(architectures()[name].build)
    assert abs(costs.of_model(model).multiplications - published) <= to_nearest / 2


def test_vgg16_for_cats_and_dogs():
    model = outline(partial(vgg.vgg16, (50, 50, 3), classes=2))
    assert model.count_params() == 33_605_442


def test_the_exact_counts_behind_the_rounded_ones_of_the_highway_paper():
    assert outline(highway.highway_conv).count_params() == 38_730
    assert outline(partial(highway.highway_conv, width=32)).count_params() == 151_178
    layers_of_50 = outline(highway.highway_dense).layers
    highway_layer = sum(layer.count_params() for layer in layers_of_50[3:5])
    assert highway_layer == 2 * 51 * 50  # the paper: about 5000


@pytest.mark.parametrize(
    ("row", "reference", "size"),
    [
        ("VGG-16", "VGG16", IMAGENET),
        ("VGG-19", "VGG19", IMAGENET),
        ("ResNet-50", "ResNet50", IMAGENET),
        pytest.param("ResNet-101", "ResNet101", IMAGENET, marks=pytest.mark.full),
        pytest.param("ResNet-152", "ResNet152", IMAGENET, marks=pytest.mark.full),
        ("DenseNet-121", "DenseNet121", IMAGENET),
        ("Xception", "Xception", (299, 299, 3)),
        ("MobileNet", "MobileNet", IMAGENET),
        ("MobileNetV2", "MobileNetV2", IMAGENET),
    ],
)
def test_parameters_are_those_of_keras_at_full_size(row, reference, size):
    expected = outline(lambda: getattr(keras.applications, reference)(weights=None))
    ours = outline(architectures()[row].build)
    assert expected.input_shape == ours.input_shape == (None, *size)
    assert ours.count_params() == expected.count_params()


class Traced(keras.layers.Layer):
    """A layer that Keras has to trace to know its output's shape."""

    def call(self, x):
        return 2 * x


def test_an_outline_never_gets_values_later_on():
    """Keras fills weights that wait for values when it next traces a layer."""
    outline(lambda: keras.Sequential([keras.Input((8,)), keras.layers.Dense(2)]))
    before = psutil.Process().memory_info().rss
    model = outline(vgg.vgg19)
    Traced()(keras.Input((4, 4, 3)))
    taken = psutil.Process().memory_info().rss - before
    assert model.count_params() * 4 > 500e6
    assert taken < 100e6
