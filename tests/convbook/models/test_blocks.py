"""Blocks of several architectures: against NumPy, and refusing what does not fit."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from convbook import ops
from convbook.models import alexnet, blocks, resnet, vgg, xception, zfnet
from convbook.models.table import outline
from convbook.sizes import output_size


@pytest.mark.parametrize(("size", "kernel"), [(8, 3), (9, 3), (11, 7), (12, 1)])
def test_strided_convolutions_pad_both_sides_alike(size, kernel):
    inputs = keras.Input((size, size, 2))
    model = keras.Model(inputs, blocks.conv_bn(inputs, 3, kernel, strides=2))
    x = np.random.default_rng(0).normal(size=(2, size, size, 2)).astype("float32")
    (conv,) = [layer for layer in model.layers if isinstance(layer, keras.layers.Conv2D)]
    z = ops.conv(x, conv.get_weights()[0], strides=2, padding=kernel // 2)
    expected = z / np.sqrt(1 + 1.001e-5)  # fresh batch normalisation: mean 0, variance 1
    assert model.output_shape[1] == -(-size // 2)
    assert_allclose(keras.ops.convert_to_numpy(model(x)), expected, rtol=1e-4, atol=1e-5)


def test_imagenet_stem_quarters_each_side():
    inputs = keras.Input((224, 160, 3))
    assert blocks.imagenet_stem(inputs, 8).shape == (None, 56, 40, 8)
    assert blocks.small_stem(inputs, 8).shape == (None, 224, 160, 8)


windows = st.lists(st.tuples(st.integers(1, 7), st.integers(1, 4)), min_size=1, max_size=5)


@settings(max_examples=200)
@given(windows)
def test_smallest_input_is_the_smallest_that_every_window_fits(stack):
    def fits(size):
        try:
            for kernel, stride in stack:
                size = output_size(size, kernel, stride)
        except ValueError:
            return False
        return True

    smallest = blocks.smallest_input(stack)
    assert fits(smallest)
    assert smallest == 1 or not fits(smallest - 1)


@pytest.mark.parametrize(
    ("build", "smallest"),
    [
        (alexnet.alexnet, 67),
        (alexnet.small, 19),
        (zfnet.zfnet, 53),
        (zfnet.small, 13),
        (vgg.vgg16, 32),
        (vgg.small, 8),
        (xception.xception, 7),
    ],
)
def test_images_too_small_for_the_windows_are_refused_and_no_others(build, smallest):
    outline(lambda: build((smallest, smallest, 3)))
    with pytest.raises(ValueError, match=f"at least {smallest}x{smallest}"):
        build((smallest, smallest - 1, 3))


@pytest.mark.parametrize("shape", [(28, 28), (28, 28, 0), (None, None, 3), (-1, 28, 3)])
def test_what_is_no_image_is_refused(shape):
    with pytest.raises(ValueError, match=r"\(height, width, channels\)"):
        resnet.small(shape)


def test_depths_and_widths_must_pair_up():
    with pytest.raises(ValueError, match=r"\(2, 2\) are 2 depths.*are 4 widths"):
        resnet.resnet(depths=(2, 2))
    with pytest.raises(ValueError, match=r"are 1 depths.*are 5 widths"):
        vgg.vgg(depths=(2,))


@pytest.mark.parametrize("build", [resnet.small, vgg.small])
def test_a_classifier_needs_a_class(build):
    with pytest.raises(ValueError, match="at least 1 class, got 0"):
        build((28, 28, 1), 0)
