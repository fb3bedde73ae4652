"""Receptive fields: against gradients, and against published sizes."""

import keras
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from keras import applications, layers

from convbook import costs
from convbook.costs import receptive_field

needs_tensorflow = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="measures gradients with TensorFlow's tape"
)


def with_positive_weights(model, seed=0):
    """Nothing cancels and no ReLU is silent, so a gradient is zero only where nothing is read."""
    generator = np.random.default_rng(seed)
    model.set_weights([generator.uniform(0.5, 1.5, w.shape) for w in model.get_weights()])
    return model


def measured(model, position):
    """First and last input positions with a gradient, along each spatial axis."""
    import tensorflow as tf

    image = np.random.default_rng(0).uniform(0.5, 1.5, (1, *model.input_shape[1:]))
    image = tf.constant(image, tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(image)
        output = tf.reduce_sum(model(image, training=False)[(0, *position)])
    seen = tape.gradient(output, image).numpy()[0] != 0
    spatial = range(seen.ndim - 1)
    if not seen.any():
        return None
    hulls = []
    for axis in spatial:
        along = np.flatnonzero(seen.any(axis=tuple(a for a in range(seen.ndim) if a != axis)))
        hulls.append((int(along[0]), int(along[-1])))
    return tuple(hulls)


def padded(amounts):
    return layers.ZeroPadding2D(amounts)


@st.composite
def blocks(draw):
    """A layer, or two branches that meet again, as a function of a tensor."""
    kind = draw(st.sampled_from(["conv", "pool", "spread", "enlarge", "pad", "branches"]))
    padding = draw(st.sampled_from(["valid", "same"]))
    kernel = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    stride = draw(st.integers(1, min(kernel)))  # windows leave no gaps
    if kind == "conv":
        if draw(st.booleans()):
            return layers.DepthwiseConv2D(kernel, stride, padding)
        return layers.Conv2D(2, kernel, stride, padding, activation="relu")
    if kind == "pool":
        return layers.AveragePooling2D(kernel, stride, padding)
    if kind == "spread":
        return layers.Conv2DTranspose(2, kernel, stride, padding)
    if kind == "enlarge":
        how = draw(st.sampled_from(["nearest", "bilinear"]))
        return layers.UpSampling2D(draw(st.integers(1, 4)), interpolation=how)
    if kind == "pad":
        amounts = draw(st.tuples(*[st.tuples(st.integers(0, 2), st.integers(0, 2))] * 2))
        return draw(st.sampled_from([layers.ZeroPadding2D, layers.Cropping2D]))(amounts)
    wide = layers.Conv2D(2, draw(st.sampled_from([3, 5])), padding="same")
    narrow = layers.Conv2D(2, 1)
    return lambda x: layers.Add()([wide(x), layers.BatchNormalization()(narrow(x))])


@needs_tensorflow
@settings(max_examples=150, deadline=None)
@given(
    st.lists(blocks(), min_size=1, max_size=4),
    st.tuples(st.integers(6, 12), st.integers(6, 12)),
    st.data(),
)
def test_it_is_what_has_a_gradient(steps, size, data):
    image = x = keras.Input((*size, 2))
    try:
        for step in steps:
            x = step(x)
    except ValueError:  # a window that does not fit
        assume(False)
    assume(all(1 <= n <= 60 for n in x.shape[1:3]))
    model = with_positive_weights(keras.Model(image, x))
    position = tuple(data.draw(st.integers(0, n - 1)) for n in x.shape[1:3])
    cost = costs.of_model(model)
    assert receptive_field(cost, position=position, clip=True) == measured(model, position)


@needs_tensorflow
@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("dilation", [2, 3])
def test_dilated_windows_inside_the_image_are_what_has_a_gradient(rank, dilation):
    conv = getattr(layers, f"Conv{rank}D")
    model = keras.Sequential(
        [keras.Input((*[23] * rank, 1)), conv(1, 3, dilation_rate=dilation), conv(1, 2, strides=2)]
    )
    cost = costs.of_model(with_positive_weights(model))
    middle = tuple(n // 2 for n in model.output_shape[1:-1])
    field = receptive_field(cost)
    assert field == measured(model, middle)
    assert all(last - first + 1 == 2 * dilation + 2 for first, last in field)


@needs_tensorflow
def test_what_depends_on_padding_alone_sees_nothing():
    model = keras.Sequential([keras.Input((4, 4, 1)), layers.ZeroPadding2D(2), layers.Conv2D(1, 1)])
    cost = costs.of_model(with_positive_weights(model))
    assert receptive_field(cost, position=(0, 0), clip=True) is None is measured(model, (0, 0))
    assert receptive_field(cost, position=(2, 3), clip=True) == ((0, 0), (1, 1))


@needs_tensorflow
def test_one_gate_for_a_whole_map_sees_the_whole_image():
    image = keras.Input((9, 8, 2))
    x = layers.Conv2D(4, 3, padding="same")(image)
    gate = layers.Dense(4)(layers.GlobalAveragePooling2D()(x))
    model = keras.Model(image, layers.Multiply()([x, layers.Reshape((1, 1, 4))(gate)]))
    cost = costs.of_model(with_positive_weights(model))
    assert receptive_field(cost, position=(0, 0)) == ((-1, 9), (-1, 8))  # padding too
    assert receptive_field(cost, position=(0, 0), clip=True) == ((0, 8), (0, 7))
    assert measured(model, (0, 0)) == ((0, 8), (0, 7))


def sizes_of(cost, kind):
    fields = [receptive_field(cost, n) for n, row in enumerate(cost.rows) if row.kind == kind]
    return [last - first + 1 for (first, last), _ in fields]


def test_vgg16_sees_after_each_pooling_what_is_published():
    """Araujo, Norris and Sim 2019, table 1: 212 before the dense layers."""
    cost = costs.of_model(costs.outline(lambda: applications.VGG16(weights=None)))
    assert sizes_of(cost, "MaxPooling2D") == [6, 16, 44, 100, 212]


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("ResNet50", 483),
        ("ResNet101", 1027),
        ("ResNet152", 1507),
        ("MobileNet", 315),
        ("InceptionV3", 1311),
    ],
)
def test_the_last_maps_see_what_is_published(name, size):
    """Araujo, Norris and Sim 2019, table 1: much more than the image they are given."""
    cost = costs.of_model(costs.outline(lambda: getattr(applications, name)(weights=None)))
    last = max(
        number for number, row in enumerate(cost.rows) if row.output_shape[:-1] in {(7, 7), (8, 8)}
    )
    assert [b - a + 1 for a, b in receptive_field(cost, last)] == [size, size]


def test_words_are_positions_too():
    """Two convolutions over words with a pooling between, Chollet's network for reviews."""
    model = keras.Sequential(
        [
            keras.Input((500,)),
            layers.Embedding(100, 8),
            layers.Conv1D(4, 7),
            layers.MaxPooling1D(5),
            layers.Conv1D(4, 7),
            layers.GlobalMaxPooling1D(),
        ]
    )
    cost = costs.of_model(model)
    assert receptive_field(cost, 0, (3,)) == ((3, 3),)
    assert receptive_field(cost, 1, (3,)) == ((3, 9),)
    assert receptive_field(cost, 3, (0,)) == ((0, 6 * 5 + 4 + 6),)
    assert receptive_field(cost) == ((0, 97 * 5 + 4 + 6),)  # pooling drops the last four


@pytest.mark.parametrize(("rows", "field"), [(1, 3), (2, 5), (3, 7)])
def test_stacked_3x3_windows_see_as_much_as_one_large_one(rows, field):
    described = costs.of_layers([costs.Conv(4, 3)] * rows, (20, 30, 3))
    ((top, bottom), (left, right)) = receptive_field(described)
    assert bottom - top + 1 == right - left + 1 == field


def test_described_pooling_and_dilation_are_read_like_built_ones():
    described = costs.of_layers(
        [costs.Conv(2, 3, dilation=2), costs.Pool(3, 2, "same"), costs.Flatten()], (20, 20, 1)
    )
    assert receptive_field(described, 1, (4, 4)) == ((8, 14), (8, 14))
    assert receptive_field(described, 2, clip=True) == ((0, 19), (0, 19))


def test_a_position_outside_the_output_is_refused():
    described = costs.of_layers([costs.Conv(2, 3)], (8, 9, 1))
    with pytest.raises(ValueError, match=r"the layer's output has positions \(6, 7\)"):
        receptive_field(described, position=(6, 0))
    with pytest.raises(IndexError):
        receptive_field(described, 1)
