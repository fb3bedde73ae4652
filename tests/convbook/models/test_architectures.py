"""Each architecture: the sizes in its paper's table, and its idea against NumPy."""

from functools import cache

import keras
import numpy as np
import pytest
from keras import layers
from numpy.testing import assert_allclose, assert_array_equal

from convbook import ops
from convbook.models import (
    alexnet,
    densenet,
    googlenet,
    highway,
    mobilenet,
    mobilenetv2,
    resnet,
    senet,
    vgg,
    xception,
    zfnet,
)
from convbook.models.table import outline

outline = cache(outline)

SIZES = {
    alexnet.alexnet: {
        "conv1": (55, 55, 96),
        "pool1": (27, 27, 96),
        "conv2": (27, 27, 256),
        "pool2": (13, 13, 256),
        "conv4": (13, 13, 384),
        "pool5": (6, 6, 256),
    },
    zfnet.zfnet: {
        "conv1": (110, 110, 96),
        "pool1": (55, 55, 96),
        "conv2": (26, 26, 256),
        "pool2": (13, 13, 256),
        "conv5": (13, 13, 256),
        "pool5": (6, 6, 256),
    },
    vgg.vgg16: {"conv1_2": (224, 224, 64), "conv3_3": (56, 56, 256), "pool5": (7, 7, 512)},
    vgg.vgg19: {"conv5_4": (14, 14, 512), "pool5": (7, 7, 512)},
    googlenet.googlenet: {
        "inception_3a": (28, 28, 256),
        "inception_3b": (28, 28, 480),
        "inception_4a": (14, 14, 512),
        "inception_4b": (14, 14, 512),
        "inception_4c": (14, 14, 512),
        "inception_4d": (14, 14, 528),
        "inception_4e": (14, 14, 832),
        "inception_5a": (7, 7, 832),
        "inception_5b": (7, 7, 1024),
    },
    resnet.resnet34: {
        "conv2_3": (56, 56, 64),
        "conv3_4": (28, 28, 128),
        "conv4_6": (14, 14, 256),
        "conv5_3": (7, 7, 512),
    },
    resnet.resnet50: {"conv2_3": (56, 56, 256), "conv5_3": (7, 7, 2048)},
    densenet.densenet121: {
        "dense1_6": (56, 56, 256),
        "dense2_12": (28, 28, 512),
        "dense3_24": (14, 14, 1024),
        "dense4_16": (7, 7, 1024),
    },
    xception.xception: {
        "entry3": (19, 19, 728),
        "middle8": (19, 19, 728),
        "exit": (10, 10, 1024),
    },
    mobilenet.mobilenet: {"separable1": (112, 112, 64), "separable13": (7, 7, 1024)},
    mobilenetv2.mobilenetv2: {"block2_2": (56, 56, 24), "block6_3": (7, 7, 160)},
    senet.senet154: {"conv2_3": (56, 56, 256), "conv5_3": (7, 7, 2048)},
}


def numpy(tensor):
    return keras.ops.convert_to_numpy(tensor)


def random_like(seed, *shape):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def layers_of(model, *kinds):
    return [layer for layer in model.layers if isinstance(layer, kinds)]


@pytest.mark.parametrize("build", SIZES, ids=lambda build: build.__name__)
def test_the_sizes_of_the_papers_table(build):
    model = outline(build)
    for name, size in SIZES[build].items():
        assert model.get_layer(name).output.shape == (None, *size)


@pytest.mark.parametrize(
    ("build", "depth", "projections"),
    [
        (vgg.vgg16, 16, 0),
        (vgg.vgg19, 19, 0),
        (resnet.resnet18, 18, 3),
        (resnet.resnet34, 34, 3),
        (resnet.resnet50, 50, 4),
        (resnet.resnet101, 101, 4),
        (resnet.resnet152, 152, 4),
        (densenet.densenet121, 121, 0),
    ],
)
def test_the_name_says_how_many_layers_have_weights(build, depth, projections):
    weighted = layers_of(outline(build), layers.Conv2D, layers.Dense)
    assert len(weighted) - projections == depth


# AlexNet


def test_grouped_layers_of_alexnet_see_half_of_the_maps_each():
    model = alexnet.alexnet((20, 20, 3), 2, stem=(3, 1), maps=(4, 6, 4, 8, 2), units=(3,), groups=2)
    inputs, conv2 = model.get_layer("pool1").output, model.get_layer("conv2")
    x = random_like(0, 2, *inputs.shape[1:])
    kernel, bias = conv2.get_weights()
    z = ops.conv(x, kernel, bias, padding="same", groups=2)
    assert_allclose(numpy(keras.Model(inputs, conv2.output)(x)), np.maximum(z, 0), atol=1e-5)
    grouped = [layer.name for layer in layers_of(model, layers.Conv2D) if layer.groups == 2]
    assert grouped == ["conv2", "conv4", "conv5"]


def test_half_maps_that_groups_do_not_divide_are_refused():
    with pytest.raises(ValueError, match="groups"):
        alexnet.alexnet(maps=(96, 256, 384, 384, 255), groups=2)


# GoogLeNet


def test_inception_stacks_its_branches_in_the_order_of_the_table():
    """Branches are told apart by their biases: the kernels are zero."""
    maps = googlenet.Module(ones=1, reduce_threes=2, threes=3, reduce_fives=4, fives=5, pooled=6)
    inputs = keras.Input((7, 7, 3))
    model = keras.Model(inputs, googlenet.inception(inputs, maps, "module"))
    convs = {conv.filters: conv for conv in layers_of(model, layers.Conv2D)}
    for filters, conv in convs.items():
        conv.set_weights([np.zeros(conv.kernel.shape), np.full(filters, filters)])
    output = numpy(model(np.ones((1, 7, 7, 3))))
    assert_array_equal(output[0, 3, 3], [1] * 1 + [3] * 3 + [5] * 5 + [6] * 6)
    kernels = {filters: conv.kernel_size[0] for filters, conv in convs.items()}
    assert kernels == {1: 1, 2: 1, 3: 3, 4: 1, 5: 5, 6: 1}
    assert convs[3].kernel.shape[2] == maps.reduce_threes
    assert convs[5].kernel.shape[2] == maps.reduce_fives


def test_the_pooled_branch_sees_the_largest_neighbour():
    inputs = keras.Input((5, 5, 1))
    maps = googlenet.Module(1, 1, 1, 1, 1, 2)
    model = keras.Model(inputs, googlenet.inception(inputs, maps, "module"))
    (pooled,) = [c for c in layers_of(model, layers.Conv2D) if c.filters == 2]
    pooled.set_weights([np.ones((1, 1, 1, 2)), np.zeros(2)])
    x = np.zeros((1, 5, 5, 1))
    x[0, 2, 2] = 1
    expected = np.pad(np.ones((3, 3)), 1)
    assert_array_equal(numpy(model(x))[0, :, :, -1], expected)


def test_auxiliary_heads_are_further_outputs():
    model = outline(lambda: googlenet.googlenet(classes=12, auxiliary=("4a", "4d")))
    assert model.output_shape == [(None, 12)] * 3
    assert model.output_names == ["classes", "classes_4a", "classes_4d"]


def test_auxiliary_heads_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"no modules \['6a'\].*'5b'"):
        googlenet.googlenet(auxiliary=("4a", "6a"))
    with pytest.raises(ValueError, match="5x5 positions, its maps have 4x4"):
        googlenet.googlenet((64, 64, 3), auxiliary=("4a",))


# Highway


def highway_layer(gate_bias):
    inputs = keras.Input((5,))

    def dense(**options):
        return layers.Dense(5, **options)

    return keras.Model(inputs, highway.highway(inputs, dense, gate_bias))


def test_a_highway_layer_mixes_its_input_with_its_output():
    model = highway_layer(gate_bias=-2.0)
    transform, gate = layers_of(model, layers.Dense)
    if gate.activation is not keras.activations.sigmoid:
        transform, gate = gate, transform
    assert_array_equal(numpy(gate.bias), [-2.0] * 5)
    x = random_like(1, 4, 5)
    h = np.maximum(x @ numpy(transform.kernel) + numpy(transform.bias), 0)
    t = 1 / (1 + np.exp(-(x @ numpy(gate.kernel) + numpy(gate.bias))))
    assert_allclose(numpy(model(x)), t * h + (1 - t) * x, rtol=1e-5, atol=1e-6)


def test_a_closed_gate_lets_the_input_through():
    x = random_like(2, 4, 5)
    assert_allclose(numpy(highway_layer(gate_bias=-100.0)(x)), x, atol=1e-6)


def test_depth_counts_the_layers_before_the_softmax():
    for depth in (1, 10):
        model = outline(lambda depth=depth: highway.highway_dense(depth=depth))
        assert len(layers_of(model, layers.Dense)) == 1 + 2 * (depth - 1) + 1


def test_highway_refuses_what_does_not_fit():
    with pytest.raises(ValueError, match=r"\(None, 5\).*\(None, 6\)"):
        highway.highway(keras.Input((5,)), lambda **options: layers.Dense(6, **options))
    with pytest.raises(ValueError, match="at least 1, got 0"):
        highway.highway_dense(depth=0)
    with pytest.raises(ValueError, match="at least 8x8"):
        highway.highway_conv((7, 28, 1))


# ResNet


@pytest.mark.parametrize("shortcuts", [True, False])
def test_a_residual_of_zero_leaves_the_input_only_with_a_shortcut(shortcuts):
    model = resnet.small((12, 12, 1), units=2, shortcuts=shortcuts)
    start, end = model.get_layer("conv2_1").output, model.get_layer("conv2_2").output
    unit = keras.Model(start, end)
    for norm in layers_of(unit, layers.BatchNormalization):
        norm.gamma.assign(np.zeros(norm.gamma.shape))
    x = np.abs(random_like(3, 2, *start.shape[1:]))
    assert_array_equal(numpy(unit(x)), x if shortcuts else np.zeros_like(x))


def test_the_plain_form_lacks_only_additions_and_projections():
    plain, residual = (
        outline(lambda shortcuts=shortcuts: resnet.small(units=3, shortcuts=shortcuts))
        for shortcuts in (False, True)
    )
    assert not layers_of(plain, layers.Add)
    assert len(layers_of(residual, layers.Add)) == 3 * 3
    assert len(layers_of(plain, layers.Conv2D)) == 6 * 3 + 1
    projections = [(16, 32), (32, 64)]
    weights = sum(a * b + 4 * b for a, b in projections)  # 1x1 kernels, batch normalisation
    assert residual.count_params() - plain.count_params() == weights


# DenseNet


def test_a_dense_layer_keeps_its_input_and_appends_growth_maps():
    inputs = keras.Input((6, 6, 5))
    model = keras.Model(inputs, densenet.dense_layer(inputs, 3, "layer"))
    x = random_like(4, 2, 6, 6, 5)
    output = numpy(model(x))
    assert output.shape == (2, 6, 6, 8)
    assert_array_equal(output[..., :5], x)


def test_a_transition_needs_something_to_halve():
    with pytest.raises(ValueError, match="2x2 positions, its maps have 1x1"):
        densenet.densenet((16, 16, 3), depths=(1, 1, 1, 1))


# Separable convolutions


def test_xception_has_36_convolutions_34_of_them_separable():
    """Chollet (2017), section 3: 14 modules, all but the first and last with shortcuts."""
    model = outline(xception.xception)
    assert len(layers_of(model, layers.SeparableConv2D)) == 34
    ordinary = [c for c in layers_of(model, layers.Conv2D) if c.kernel_size == (3, 3)]
    assert len(ordinary) == 2
    assert len(layers_of(model, layers.Add)) == 12


def test_width_multiplier_thins_every_layer():
    model = outline(lambda: mobilenet.mobilenet(alpha=0.25))
    assert model.get_layer("separable13").output.shape == (None, 7, 7, 256)
    reference = outline(lambda: keras.applications.MobileNet(alpha=0.25, weights=None))
    assert model.count_params() == reference.count_params()
    with pytest.raises(ValueError, match=r"0\.01 leaves none of 32 maps"):
        mobilenet.mobilenet(alpha=0.01)


def test_inverted_residuals_are_added_only_where_the_shape_stays():
    x = keras.Input((8, 8, 4))
    added = mobilenetv2.inverted_residual(x, maps=4, strides=1, expansion=6, name="a")
    wider = mobilenetv2.inverted_residual(x, maps=5, strides=1, expansion=6, name="b")
    halved = mobilenetv2.inverted_residual(x, maps=4, strides=2, expansion=6, name="c")
    sums = [len(layers_of(keras.Model(x, y), layers.Add)) for y in (added, wider, halved)]
    assert sums == [1, 0, 0]


# Squeeze and excitation


def test_se_block_weights_each_map_by_what_all_maps_see():
    inputs = keras.Input((3, 5, 8))
    model = keras.Model(inputs, senet.se_block(inputs, ratio=4, name="weights"))
    squeeze, excite = layers_of(model, layers.Dense)
    assert squeeze.units == 2
    x = random_like(5, 2, 3, 5, 8)
    hidden = np.maximum(x.mean(axis=(1, 2)) @ numpy(squeeze.kernel), 0)
    weights = 1 / (1 + np.exp(-(hidden @ numpy(excite.kernel))))
    assert_allclose(numpy(model(x)), x * weights[:, None, None], rtol=1e-5, atol=1e-6)
    learned = keras.Model(inputs, model.get_layer("weights").output)
    assert_allclose(numpy(learned(x)), weights, rtol=1e-5)


def test_se_block_needs_as_many_maps_as_its_ratio():
    with pytest.raises(ValueError, match=r"8 maps leave no unit at ratio 16.*at most 8"):
        senet.se_block(keras.Input((4, 4, 8)))


def test_se_inception_adds_a_block_to_each_of_the_nine_modules():
    """2 C**2 / 16 weights and C / 16 + C biases for each module of C maps."""
    plain, recalibrated = outline(googlenet.googlenet), outline(senet.se_inception)
    depths = [m.ones + m.threes + m.fives + m.pooled for m in googlenet.MODULES.values()]
    added = sum(2 * c * (c // 16) + c // 16 + c for c in depths)
    assert recalibrated.count_params() - plain.count_params() == added
    assert recalibrated.get_layer("se_5b").output.shape == (None, 1024)


def test_the_small_inception_net_can_be_recalibrated_too():
    plain = outline(googlenet.small)
    recalibrated = outline(lambda: googlenet.small(recalibrate=senet.se_block))
    names = {layer.name for layer in recalibrated.layers}
    assert {"se_3a", "se_4a", "se_4b"} <= names
    assert recalibrated.count_params() > plain.count_params()


def test_senet_has_154_layers_without_projections_and_blocks():
    model = outline(senet.senet154)
    projections = 4
    assert len(layers_of(model, layers.Conv2D)) - projections + 1 == 154
    strided = [c for c in layers_of(model, layers.Conv2D) if c.strides == (2, 2)]
    assert {conv.kernel_size for conv in strided} == {(3, 3)}
    assert sum(conv.groups == 64 for conv in layers_of(model, layers.Conv2D)) == 50
