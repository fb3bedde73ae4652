"""The architectures that Keras has too: the same outputs with its weights copied across."""

from functools import partial

import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose

from convbook.models import densenet, mobilenet, mobilenetv2, resnet, vgg, xception

CLASSES = 7
full = pytest.mark.full
resnet50, resnet101, resnet152 = (
    partial(build, use_bias=True) for build in (resnet.resnet50, resnet.resnet101, resnet.resnet152)
)


@pytest.mark.parametrize(
    ("build", "name", "input_shape"),
    [
        pytest.param(vgg.vgg16, "VGG16", (32, 32, 3)),
        pytest.param(vgg.vgg19, "VGG19", (32, 32, 3), marks=full),
        pytest.param(resnet50, "ResNet50", (64, 96, 3)),
        pytest.param(resnet101, "ResNet101", (64, 64, 3), marks=full),
        pytest.param(resnet152, "ResNet152", (64, 64, 3), marks=full),
        pytest.param(densenet.densenet121, "DenseNet121", (64, 64, 3)),
        pytest.param(xception.xception, "Xception", (75, 80, 3)),
        pytest.param(mobilenet.mobilenet, "MobileNet", (64, 96, 3)),
        pytest.param(mobilenetv2.mobilenetv2, "MobileNetV2", (64, 96, 3)),
    ],
)
def test_same_outputs_as_keras_with_its_weights(build, name, input_shape):
    random = np.random.default_rng(0)
    colours = random.normal(size=(8, 1, 1, 3))
    noise = random.normal(size=(8, *input_shape))
    images = (colours + noise).astype("float32")

    make_reference = getattr(keras.applications, name)
    reference = make_reference(weights=None, input_shape=input_shape, classes=CLASSES)
    randomise(reference, images, random)
    ours = build(input_shape, CLASSES)
    assert ours.count_params() == reference.count_params()
    copy_weights(reference, ours)

    expected, outputs = log_probabilities(reference, images), log_probabilities(ours, images)

    assert np.ptp(expected, axis=0).min() > 0.01, "images must have outputs of their own"
    assert_allclose(outputs, expected, atol=1e-5)


def randomise(model, images, random):
    """Biases and batch-norm parameters away from 0 and 1, and the statistics of the images."""
    for layer in model.layers:
        for weight in layer.weights:
            if weight.name in {"bias", "beta"}:
                weight.assign(random.normal(scale=0.1, size=weight.shape))
            elif weight.name == "gamma":
                weight.assign(random.uniform(0.7, 1.4, size=weight.shape))
            elif weight.name == "kernel":
                weight.assign(1.4 * weight)  # ReLU halves the variance that Glorot's keeps
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.0
    model(images, training=True)


def copy_weights(source, target):
    """Layer by layer in the order of the graphs. Keras's MobileNet ends in a 1x1 convolution."""
    for theirs, ours in zip(with_weights(source), with_weights(target), strict=True):
        values = zip(theirs.get_weights(), ours.weights, strict=True)
        ours.set_weights([value.reshape(weight.shape) for value, weight in values])


def with_weights(model):
    return [layer for layer in model.layers if layer.weights]


def log_probabilities(model, images):
    return np.log(keras.ops.convert_to_numpy(model(images, training=False)))
