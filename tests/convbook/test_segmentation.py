"""Segmentation: against Keras, scikit-learn and bilinear resizing, and the published U-Net."""

import subprocess
import sys

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import layers
from keras.ops import convert_to_numpy as to_numpy
from numpy.testing import assert_allclose, assert_array_equal
from sklearn import metrics

from convbook.segmentation import class_iou, confusion_matrix, mean_iou, pixel_accuracy
from convbook.segmentation.bilinear import Bilinear, bilinear_upsampling, bilinear_weights
from convbook.segmentation.fcn import fcn
from convbook.segmentation.unet import unet

SEEDS = st.integers(0, 2**32 - 1)


def random_maps(seed, classes, shape=(2, 5, 6)):
    """Class maps that lack some classes, or hold one that the other lacks."""
    rng = np.random.default_rng(seed)
    some = rng.permutation(classes)[: rng.integers(1, classes + 1)]
    others = rng.permutation(classes)[: rng.integers(1, classes + 1)]
    return rng.choice(some, shape), rng.choice(others, shape)


def random_images(*shape):
    return np.random.default_rng(0).random(shape, dtype="float32")


def test_the_metrics_do_not_import_keras(offline_environment):
    code = "import sys, convbook.segmentation; assert 'keras' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], env=offline_environment, check=True)


# Metrics


@settings(max_examples=200)
@given(SEEDS, st.integers(2, 7))
def test_the_confusion_matrix_is_that_of_scikit_learn(seed, classes):
    truth, predicted = random_maps(seed, classes)
    expected = metrics.confusion_matrix(truth.ravel(), predicted.ravel(), labels=np.arange(classes))
    confusion = confusion_matrix(truth, predicted, classes)
    assert_array_equal(confusion, expected)
    assert confusion.dtype == np.int64
    assert pixel_accuracy(confusion) == pytest.approx((truth == predicted).mean(), abs=1e-15)


@settings(max_examples=30)
@given(SEEDS, st.integers(2, 7))
def test_mean_iou_is_that_of_keras(seed, classes):
    truth, predicted = random_maps(seed, classes)
    metric = keras.metrics.MeanIoU(classes)
    metric.update_state(truth, predicted)
    ours = mean_iou(confusion_matrix(truth, predicted, classes))
    assert ours == pytest.approx(float(metric.result()), rel=1e-6)


@settings(max_examples=100)
@given(SEEDS, st.integers(2, 7))
def test_iou_of_each_class_is_the_jaccard_index_of_scikit_learn(seed, classes):
    truth, predicted = random_maps(seed, classes)
    present = np.union1d(truth, predicted)
    iou = class_iou(confusion_matrix(truth, predicted, classes))
    expected = metrics.jaccard_score(truth.ravel(), predicted.ravel(), labels=present, average=None)
    assert_allclose(iou[present], expected, rtol=1e-14)
    assert np.isnan(np.delete(iou, present)).all()


@settings(max_examples=30)
@given(SEEDS)
def test_void_pixels_are_as_if_they_were_not_there(seed):
    truth, predicted = random_maps(seed, 4)
    void = np.random.default_rng(seed).random(truth.shape) < 0.3
    expected = confusion_matrix(truth[~void], predicted[~void], 4)
    marked = np.where(void, 255, truth).astype(np.uint8)
    assert_array_equal(confusion_matrix(marked, predicted, 4, void=255), expected)


def test_small_cases_by_hand():
    confusion = confusion_matrix([[0, 0], [1, 1]], [[0, 1], [1, 1]], 3)
    assert confusion.tolist() == [[1, 1, 0], [0, 2, 0], [0, 0, 0]]
    assert pixel_accuracy(confusion) == 3 / 4
    assert_array_equal(class_iou(confusion), [1 / 2, 2 / 3, np.nan])
    assert mean_iou(confusion) == pytest.approx(7 / 12)


def test_without_pixels_nothing_is_known():
    nothing = confusion_matrix(np.empty((0, 4, 4), int), np.empty((0, 4, 4), int), 2)
    assert nothing.tolist() == [[0, 0], [0, 0]]
    assert np.isnan([pixel_accuracy(nothing), mean_iou(nothing), *class_iou(nothing)]).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([0, 1], [0, 1, 1], 2), r"shape \(2,\), predicted \(3,\)"),
        (([0, 2], [0, 1], 2), "truth must be in 0..1, and holds 2"),
        (([0, 1], [0, -1], 2), "predicted must be in 0..1, and holds -1"),
        (([0, 0.5], [0, 1], 2), "holds 0.5"),
        (([0], [0], 0), "at least one class"),
    ],
)
def test_wrong_class_maps_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        confusion_matrix(*arguments)


@pytest.mark.parametrize("measure", [pixel_accuracy, class_iou, mean_iou])
@pytest.mark.parametrize("confusion", [[1, 2], [[1, 2, 3]], [[1, -1], [0, 1]]])
def test_what_is_no_confusion_matrix_is_refused(measure, confusion):
    with pytest.raises(ValueError, match="confusion matrix"):
        measure(confusion)


# Bilinear upsampling


@pytest.mark.parametrize("factor", [1, 2, 3, 4, 5, 8, 16, 32])
def test_upsampling_starts_bilinear_away_from_the_border(factor):
    x = random_images(2, 6, 5, 3)
    layer = bilinear_upsampling(3, factor)
    enlarged = to_numpy(layer(x))
    resized = to_numpy(keras.ops.image.resize(x, (6 * factor, 5 * factor), "bilinear"))
    inner = (slice(None), *(slice(factor // 2, -(factor // 2) or None),) * 2)
    assert enlarged.shape == (2, 6 * factor, 5 * factor, 3)
    assert_allclose(enlarged[inner], resized[inner], atol=1e-5)


def test_the_border_sees_zeros_beyond_it():
    enlarged = to_numpy(bilinear_upsampling(1, 2)(np.ones((1, 3, 3, 1), "float32")))
    assert_allclose(enlarged[0, 0, :, 0], [9 / 16, *[3 / 4] * 4, 9 / 16])


def test_published_weights():
    assert_allclose(bilinear_weights(4), [0.25, 0.75, 0.75, 0.25])
    assert_allclose(bilinear_weights(3), [0.5, 1, 0.5])


def test_upsampling_may_be_fixed_and_is_saved_with_its_model(tmp_path):
    image = keras.Input((4, 4, 2))
    model = keras.Model(image, bilinear_upsampling(2, 2, trainable=False)(image))
    assert not model.trainable_weights and model.count_params() == 4 * 4 * 2 * 2
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    assert isinstance(again.layers[1].kernel_initializer, Bilinear)
    x = random_images(1, 4, 4, 2)
    assert_array_equal(again.predict(x, verbose=0), model.predict(x, verbose=0))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Bilinear()((4, 4, 2, 3)), r"\(height, width, channels, channels\), got"),
        (lambda: Bilinear()((4, 2, 2)), r"got \(4, 2, 2\)"),
        (lambda: bilinear_upsampling(3, 0), "3 channels by 0"),
        (lambda: bilinear_upsampling(0, 2), "0 channels by 2"),
        (lambda: bilinear_weights(0), "got 0"),
    ],
)
def test_upsampling_that_cannot_be_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# FCN


@pytest.fixture
def backbone():
    """Maps at strides 8, 16 and 32, with values that all matter."""
    keras.utils.set_random_seed(0)
    image = keras.Input((64, 96, 3))
    x = image
    for stride, filters in ((4, 4), (8, 6), (16, 8), (32, 10)):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
        x = layers.MaxPooling2D(4 if stride == 4 else 2, name=f"stride_{stride}")(x)
    return keras.Model(image, x, name="backbone")


SOURCES = ["stride_32", "stride_16", "stride_8"]


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_fcn_scores_every_pixel(backbone, depth):
    model = fcn(backbone, 5, SOURCES[:depth])
    assert model.output_shape == (None, 64, 96, 5)
    assert model.predict(random_images(2, 64, 96, 3), verbose=0).shape == (2, 64, 96, 5)
    finest_stride = [32, 16, 8][depth - 1]
    kernels = [(2 * s) ** 2 * 25 for s in [2] * (depth - 1) + [finest_stride]]
    scores = [channels * 5 + 5 for channels in (10, 8, 6)[:depth]]
    assert model.count_params() == backbone.count_params() + sum(kernels) + sum(scores)


@pytest.mark.parametrize(("depth", "factors"), [(1, [32]), (2, [2, 16]), (3, [2, 2, 8])])
def test_every_fcn_starts_with_the_coarsest_scores_enlarged_bilinearly(backbone, depth, factors):
    model = fcn(backbone, 5, SOURCES[:depth])
    x = random_images(1, 64, 96, 3)
    scores = model.get_layer("score_stride_32")(backbone(x))
    for factor in factors:
        scores = bilinear_upsampling(5, factor)(scores)
    assert_allclose(model.predict(x, verbose=0), to_numpy(scores), atol=1e-5)
    assert to_numpy(scores).std() > 0.01


@pytest.mark.parametrize("name", SOURCES[1:])
def test_each_skip_adds_its_enlarged_scores(backbone, name):
    model = fcn(backbone, 5, SOURCES)
    x = random_images(1, 64, 96, 3)
    before = model.predict(x, verbose=0)
    skip = model.get_layer(f"score_{name}")
    kernel = np.random.default_rng(0).random(skip.kernel.shape)
    skip.set_weights([kernel, np.zeros(5)])
    added = model.predict(x, verbose=0) - before
    scores = skip(keras.Model(backbone.input, backbone.get_layer(name).output)(x))
    enlarge_steps = [2, 8] if name == "stride_16" else [8]
    for factor in enlarge_steps:
        scores = bilinear_upsampling(5, factor)(scores)
    assert_allclose(added, to_numpy(scores), atol=1e-5)


def test_what_learns_and_what_does_not(backbone):
    model = fcn(backbone, 5, SOURCES)
    fixed = [layer.name for layer in model.layers if layer.weights and not layer.trainable]
    assert fixed == ["enlarge_to_image"]
    assert model.get_layer("stride_8") is backbone.get_layer("stride_8")


@pytest.mark.parametrize(
    ("classes", "sources", "message"),
    [
        (5, [], "needs sources and classes"),
        (0, ["stride_32"], "needs sources and classes"),
        (5, ["stride_64"], "no layer 'stride_64', but .*stride_32"),
        (5, ["stride_8", "stride_32"], "coarsest source first"),
    ],
)
def test_an_fcn_that_cannot_be_is_refused(backbone, classes, sources, message):
    with pytest.raises(ValueError, match=message):
        fcn(backbone, classes, sources)


@pytest.mark.parametrize(
    ("shape", "message"),
    [((30, 64, 1), "map of 7×16 cannot be enlarged to 30×64"), ((None, None, 1), "one size")],
)
def test_sizes_that_do_not_divide_are_refused(shape, message):
    image = keras.Input(shape)
    backbone = keras.Model(image, layers.MaxPooling2D(4, name="quarter")(image))
    with pytest.raises(ValueError, match=message):
        fcn(backbone, 2, ["quarter"])


def test_a_flat_source_is_refused(backbone):
    flat = keras.Model(backbone.inputs, layers.Flatten(name="flat")(backbone.output))
    with pytest.raises(ValueError, match="flat must give maps"):
        fcn(flat, 2, ["flat"])


# U-Net


def test_the_published_network():
    model = unet((None, None, 1), 2)
    convolutional = [layer for layer in model.layers if "conv" in type(layer).__name__.lower()]
    assert len(convolutional) == 23
    assert model.count_params() == 31_030_658
    assert not model.non_trainable_weights


@pytest.mark.parametrize(("width", "depth"), [(2, 1), (3, 2), (4, 3)])
def test_a_small_unet_by_the_formula(width, depth):
    def conv(kernel, channels_in, filters):
        return (kernel**2 * channels_in + 1) * filters

    widths = [width * 2**level for level in range(depth + 1)]
    down = sum(
        conv(3, before, w) + conv(3, w, w) for before, w in zip([3, *widths], widths, strict=False)
    )
    up = sum(conv(2, 2 * w, w) + conv(3, 2 * w, w) + conv(3, w, w) for w in widths[:-1])
    model = unet((24, 16, 3), 5, width=width, depth=depth)
    assert model.count_params() == down + up + conv(1, width, 5)
    assert model.predict(random_images(2, 24, 16, 3), verbose=0).shape == (2, 24, 16, 5)
    smallest = min(layer.output.shape[1] for layer in model.layers)
    assert smallest == 24 // 2**depth


def test_a_unet_of_any_size_moves_its_answer_with_the_image():
    keras.utils.set_random_seed(0)
    model = unet((None, None, 1), 3, width=4, depth=2)
    x = np.zeros((2, 96, 96, 1), "float32")
    x[0, 44:48, 48:52] = 1
    x[1, 48:52, 44:48] = 1  # moved by whole strides of the coarsest map
    first, second = model.predict(x, verbose=0)
    assert_allclose(second[4:, :-4], first[:-4, 4:], atol=1e-6)
    assert first.std() > 0


def test_a_unet_learns_to_mark_what_is_bright():
    keras.utils.set_random_seed(0)
    x = random_images(64, 16, 16, 1)
    y = (x[..., 0] > 0.5).astype(int)
    model = unet((16, 16, 1), 2, width=8, depth=1)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.01), loss, jit_compile=False)
    model.fit(x, y, 8, epochs=10, verbose=0)
    predicted = model.predict(x, verbose=0).argmax(axis=-1)
    assert mean_iou(confusion_matrix(y, predicted, 2)) > 0.8


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (((40, 64, 1), 2), {}, "40 pixels cannot be halved 4 times: .* 16, such as 32"),
        (((64, 66, 1), 2), {"depth": 2}, "66 pixels .* multiple of 4, such as 64"),
        (((0, 64, 1), 2), {}, "0 pixels"),
        (((64, 64), 2), {}, r"\(height, width, channels\), got \(64, 64\)"),
        (((64, 64, 1), 0), {}, "at least 1, got classes=0"),
        (((64, 64, 1), 2), {"width": 0}, "at least 1, .*width=0"),
        (((64, 64, 1), 2), {"depth": 0}, "at least 1, .*depth=0"),
    ],
)
def test_a_unet_that_cannot_be_is_refused(arguments, options, message):
    with pytest.raises(ValueError, match=message):
        unet(*arguments, **options)
