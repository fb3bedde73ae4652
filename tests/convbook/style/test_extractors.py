"""Extractors: random, trained in the course, and pretrained where the weights are at hand."""

import os
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest
from keras import layers, ops

from convbook import style
from convbook.data import MissingDataError

IMAGE = np.random.default_rng(0).uniform(0, 1, (1, 40, 48, 3)).astype("float32")
SQUEEZENET_FILE = "weights/squeezenet_weights_tf_dim_ordering_tf_kernels_notop.h5"


def test_random_filters_have_the_sizes_and_the_seed_they_are_given():
    extractor = style.random_filters(sizes=(3, 11), maps=8, seed=5)
    maps = extractor(IMAGE)
    assert {name: tuple(m.shape) for name, m in maps.items()} == {
        "filters_3": (1, 40, 48, 8),
        "filters_11": (1, 40, 48, 8),
    }
    again = style.random_filters(sizes=(3, 11), maps=8, seed=5)(IMAGE)
    other = style.random_filters(sizes=(3, 11), maps=8, seed=6)(IMAGE)
    for name in maps:
        values = [ops.convert_to_numpy(m[name]) for m in (maps, again, other)]
        np.testing.assert_array_equal(values[0], values[1])
        assert np.abs(values[0] - values[2]).mean() > 0.01
        assert (values[0] > 0).any()


def test_layers_of_a_trained_network_take_pictures_of_any_size():
    network = keras.Sequential(
        [
            keras.Input((None, None, 3)),
            layers.Conv2D(4, 3, name="first"),
            layers.MaxPooling2D(name="pool"),
            layers.Conv2D(6, 3, name="second"),
            layers.GlobalAveragePooling2D(name="end"),
        ]
    )
    extractor = style.from_model(network, ["first", "second"], scale=255)
    maps = extractor(IMAGE)
    assert list(maps) == ["first", "second"]
    expected = network.get_layer("first")(IMAGE * 255)
    np.testing.assert_allclose(
        ops.convert_to_numpy(maps["first"]), ops.convert_to_numpy(expected), rtol=1e-5, atol=1e-4
    )
    with pytest.raises(ValueError, match='there is no layer "third"; the model has first'):
        style.from_model(network, ["third"])
    with pytest.raises(ValueError, match='"end" has no maps'):
        style.from_model(network, ["end"])


@pytest.mark.parametrize("extractor", [style.squeezenet, style.vgg19])
def test_missing_weights_are_named_with_both_ways_to_supply_them(extractor, tmp_path, monkeypatch):
    monkeypatch.setenv("CONVBOOK_DATA", str(tmp_path))

    def no_network(*_, **__):
        raise Exception("no network")

    monkeypatch.setattr(keras.applications, "VGG19", no_network)
    with pytest.raises(MissingDataError, match=r"has no weights/.*CONVBOOK_DATA"):
        extractor()


@pytest.mark.parametrize("extractor", [style.squeezenet, style.vgg19])
def test_damaged_weights_are_named(extractor, tmp_path, monkeypatch):
    monkeypatch.setenv("CONVBOOK_DATA", str(tmp_path))
    (tmp_path / "weights").mkdir()
    for name in ("squeezenet", "vgg19"):
        path = tmp_path / f"weights/{name}_weights_tf_dim_ordering_tf_kernels_notop.h5"
        path.write_bytes(b"not a weights file")
    with pytest.raises(MissingDataError, match="is not a weights file of"):
        extractor()


def squeezenet_by_hand(weights, image):
    """The published architecture in plain operations, with the file's arrays."""

    def conv(x, name, padding="valid", strides=1):
        group = weights[name]
        kernel, bias = (group[key][()] for key in group.attrs["weight_names"])
        return ops.relu(ops.conv(x, kernel, strides, padding) + bias)

    x = image[..., ::-1] * 255 - np.array([103.939, 116.779, 123.68], "float32")
    x = ops.max_pool(conv(x, "conv1", strides=2), 3, 2)
    for number in range(2, 10):
        x = conv(x, f"fire{number}/squeeze1x1")
        wide = conv(x, f"fire{number}/expand3x3", "same")
        x = ops.concatenate([conv(x, f"fire{number}/expand1x1"), wide], axis=-1)
        if number in (3, 5):
            x = ops.max_pool(x, 3, 2)
    return x


@pytest.mark.full
def test_squeezenet_is_the_published_network_with_its_weights():
    folder = os.environ.get("CONVBOOK_DATA")
    if not folder or not Path(folder, SQUEEZENET_FILE).exists():
        pytest.skip(f"needs {SQUEEZENET_FILE} in CONVBOOK_DATA")
    extractor = style.squeezenet()
    assert extractor.count_params() == 722_496  # 1,235,496 with the classifier of 513,000
    with h5py.File(Path(folder, SQUEEZENET_FILE)) as file:
        expected = squeezenet_by_hand(file, IMAGE)
    np.testing.assert_allclose(
        ops.convert_to_numpy(extractor(IMAGE)["fire9"]),
        ops.convert_to_numpy(expected),
        rtol=1e-4,
        atol=1e-2,
    )
