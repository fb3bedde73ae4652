"""Full-size data in the folder's documented layout, by download, missing and damaged."""

import csv
import gzip
import hashlib
import io
import tarfile
from collections import Counter
from pathlib import Path

import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image

from convbook.data import (
    MissingDataError,
    cats_dogs,
    cifar10,
    digit_scenes,
    fashion,
    flowers,
    imdb,
    photo_digits,
    raccoon,
)

STAND_INS = {
    fashion: "digits",
    cifar10: "photo_digits",
    imdb: "reviews",
    cats_dogs: "photo_digits",
    flowers: "photo_digits",
    raccoon: "digit_scenes",
}
FILES = {
    fashion: "fashion_mnist.npz",
    cifar10: "cifar10.npz",
    imdb: "imdb_reviews.tsv",
    cats_dogs: "cats_vs_dogs",
    flowers: "flowers",
    raccoon: "raccoon",
}
LOADERS = list(STAND_INS)
WITH_DOWNLOAD = [loader for loader in LOADERS if loader is not raccoon]
OF_IMAGES = [cats_dogs, flowers, raccoon]


def name_of(loader):
    return loader.__name__


# Every set that has only the full size


@pytest.mark.parametrize("loader", LOADERS, ids=name_of)
def test_there_is_no_sample_and_the_message_says_what_stands_in(loader, folder):
    for call in (loader, lambda: loader("sample")):
        with pytest.raises(ValueError) as error:
            call()
        assert 'comes at full size only, profile="full"' in str(error.value)
        assert f"At sample size, {STAND_INS[loader]}() stands in for it." in str(error.value)


@pytest.mark.parametrize("loader", LOADERS, ids=name_of)
def test_an_unknown_profile_is_an_error(loader):
    with pytest.raises(ValueError, match='profile must be "sample" or "full", not \'Full\''):
        loader("Full")


@pytest.mark.parametrize("folder_is_set", [False, True])
@pytest.mark.parametrize("loader", WITH_DOWNLOAD, ids=name_of)
def test_missing_data_is_an_error_that_names_both_ways(
    loader, folder_is_set, offline, tmp_path, monkeypatch
):
    if folder_is_set:
        monkeypatch.setenv("CONVBOOK_DATA", str(tmp_path))
    with pytest.raises(MissingDataError) as error:
        loader("full")
    message, name = str(error.value), FILES[loader]
    searched = f"{tmp_path} has no {name}" if folder_is_set else "CONVBOOK_DATA is not set"
    assert f"is missing at full size: {searched}, and the download failed (no network" in message
    assert f"Put {name} into a folder and set CONVBOOK_DATA to that folder" in message
    assert f"{STAND_INS[loader]}() needs neither." in message


def test_what_has_no_download_says_so(folder):
    with pytest.raises(MissingDataError) as error:
        raccoon("full")
    message = str(error.value)
    assert f"{folder} has no raccoon, and the course has no download for it" in message
    assert "Put raccoon into a folder and set CONVBOOK_DATA" in message
    assert "digit_scenes() does without." in message


@pytest.mark.parametrize("loader", [photo_digits, digit_scenes], ids=name_of)
def test_what_is_made_of_digits_needs_the_full_size_digits(loader, folder):
    with pytest.raises(MissingDataError, match="MNIST is missing at full size"):
        loader("full")


@pytest.mark.parametrize("size", [0, -3, 2.5, "64", True])
@pytest.mark.parametrize("loader", OF_IMAGES, ids=name_of)
def test_an_impossible_size_is_an_error(loader, size, folder):
    with pytest.raises(ValueError, match=f"size must be a whole number .* not {size!r}"):
        loader("full", size=size)


# Arrays


def arrays_of(image_shape, label_shape=(-1,)):
    rng = np.random.default_rng(0)
    return {
        "x_train": rng.integers(0, 256, (3, *image_shape), np.uint8),
        "y_train": np.array([7, 0, 4], np.uint8).reshape(label_shape),
        "x_test": rng.integers(0, 256, (2, *image_shape), np.uint8),
        "y_test": np.array([9, 9], np.uint8).reshape(label_shape),
    }


def assert_holds(data_set, arrays):
    shape = data_set.x_train.shape[1:]
    for name, array in arrays.items():
        held = getattr(data_set, name)
        expected = array.reshape(-1, *shape) if name.startswith("x") else array.ravel()
        assert_array_equal(held, expected)
        assert held.dtype == (np.uint8 if name.startswith("x") else np.int64)
        assert held.flags.c_contiguous
        assert held.flags.writeable


@pytest.mark.parametrize(
    ("loader", "shape"), [(fashion, (28, 28)), (fashion, (28, 28, 1)), (cifar10, (32, 32, 3))]
)
@pytest.mark.parametrize("label_shape", [(-1,), (-1, 1)])
def test_arrays_come_from_the_folder(loader, shape, label_shape, folder):
    arrays = arrays_of(shape, label_shape)
    np.savez(folder / FILES[loader], **arrays)
    data_set = loader("full")
    assert_holds(data_set, arrays)
    assert data_set.source == f"{FILES[loader]} in $CONVBOOK_DATA"
    assert len(data_set.class_names) == 10
    assert "3 training and 2 test images" in repr(data_set)


@pytest.mark.parametrize(
    "wrong",
    [
        {"x_train": np.zeros((3, 28, 27), np.uint8)},
        {"x_train": np.zeros((3, 28, 28))},
        {"x_test": np.zeros((2, 32, 32, 3), np.uint8)},
        {"y_train": np.zeros(3)},
        {"y_test": np.zeros((2, 10), np.uint8)},
    ],
)
def test_arrays_of_a_wrong_form_are_named(wrong, folder):
    path = folder / "fashion_mnist.npz"
    np.savez(path, **(arrays_of((28, 28)) | wrong))
    with pytest.raises(MissingDataError) as error:
        fashion("full")
    assert str(error.value).startswith(f"{path} is not a complete Fashion-MNIST file")
    (name,) = wrong
    assert f"{name[0]}_" in str(error.value)


def idx(array):
    """The bytes of an array in the format of MNIST's own files (LeCun)."""
    header = np.array([0x0800 + array.ndim, *array.shape], ">i4").tobytes()
    return gzip.compress(header + array.tobytes())


def test_fashion_is_downloaded_as_zalando_published_it(offline, tmp_path, monkeypatch):
    arrays = arrays_of((28, 28))
    asked_for = {}

    def get_file(name, origin, file_hash, cache_subdir):
        array = {"train-images": "x_train", "train-labels": "y_train"}
        array |= {"t10k-images": "x_test", "t10k-labels": "y_test"}
        asked_for[name] = file_hash
        assert origin.startswith("https://")
        assert origin.endswith(f"/{name}")
        path = tmp_path / name
        path.write_bytes(idx(arrays[array[name.partition("-idx")[0]]]))
        return str(path)

    monkeypatch.setattr(keras.utils, "get_file", get_file)
    data_set = fashion("full")
    assert_holds(data_set, arrays)
    assert data_set.source == "Zalando's files by Keras's download, MD5 checked"
    assert len(asked_for) == len({*asked_for.values()}) == 4
    assert all(len(bytes.fromhex(md5)) == 16 for md5 in asked_for.values())


def test_a_damaged_download_is_named(offline, tmp_path, monkeypatch):
    path = tmp_path / "file.gz"
    path.write_bytes(b"<html>Please log in</html>")
    monkeypatch.setattr(keras.utils, "get_file", lambda *_args, **_kwargs: str(path))
    with pytest.raises(MissingDataError, match="is not a Fashion-MNIST file"):
        fashion("full")
    with pytest.raises(MissingDataError, match=r"IMDB is missing at full size: .* download failed"):
        imdb("full")


@pytest.mark.parametrize("channels_first", [False, True])
def test_cifar10_is_downloaded_by_keras(channels_first, offline, monkeypatch):
    arrays = arrays_of((32, 32, 3), (-1, 1))
    axes = (0, 3, 1, 2) if channels_first else (0, 1, 2, 3)

    def load_data():
        return (
            (arrays["x_train"].transpose(axes), arrays["y_train"]),
            (arrays["x_test"].transpose(axes), arrays["y_test"]),
        )

    monkeypatch.setattr(keras.datasets.cifar10, "load_data", load_data)
    data_set = cifar10("full")
    assert_holds(data_set, arrays)
    assert data_set.source == "Keras's download, SHA-256 checked"


# Texts

REVIEWS = [
    ("train", 1, 9, 0, 'A "good" one.<br />Really\x85 good.'),
    ("train", 0, 2, 0, '"Bad, from the start'),
    ("train", 0, 1, 10, "Dull."),
    ("train", 0, 1, 9, "Flat\u2028all through."),
    ("test", 0, 3, 0, "Worse."),
    ("test", 1, 8, 0, "Better."),
]


def tsv(reviews):
    rows = [("split", "label", "rating", "id", "text"), *reviews]
    return "".join("\t".join(map(str, row)) + "\n" for row in rows)


def labelled(texts, labels):
    return dict(zip(texts, labels.tolist(), strict=True))


def assert_holds_the_reviews(data_set):
    for part in ("train", "test"):
        expected = {text: label for split, label, _, _, text in REVIEWS if split == part}
        texts, labels = getattr(data_set, f"texts_{part}"), getattr(data_set, f"y_{part}")
        assert labelled(texts, labels) == expected
        assert labels.dtype == np.int64


def tar_of_reviews(path):
    with tarfile.open(path, "w:gz") as archive:
        for split, label, rating, number, text in reversed(REVIEWS):
            name = f"aclImdb/{split}/{'pos' if label else 'neg'}/{number}_{rating}.txt"
            entry = tarfile.TarInfo(name)
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))
        for name in ("aclImdb/README", "aclImdb/train/unsup/0_0.txt", "aclImdb/train/urls_pos.txt"):
            entry = tarfile.TarInfo(name)
            entry.size = 4
            archive.addfile(entry, io.BytesIO(b"none"))


def test_folder_and_download_give_the_same_reviews(folder, tmp_path, monkeypatch):
    asked_for = []

    def get_file(name, origin, file_hash):
        asked_for.append((name, origin, file_hash))
        tar_of_reviews(tmp_path / name)
        return str(tmp_path / name)

    monkeypatch.setattr(keras.utils, "get_file", get_file)
    downloaded = imdb("full")
    assert_holds_the_reviews(downloaded)
    assert downloaded.source.startswith("Stanford's aclImdb_v1.tar.gz")
    ((name, origin, file_hash),) = asked_for
    assert origin.startswith("https://ai.stanford.edu/")
    assert origin.endswith(name)
    assert len(bytes.fromhex(file_hash)) == 16

    (folder / "imdb_reviews.tsv").write_text(tsv(REVIEWS), encoding="utf-8", newline="\n")
    found = imdb("full")
    assert_holds_the_reviews(found)
    assert found.source == "imdb_reviews.tsv in $CONVBOOK_DATA"
    assert (found.texts_train, found.texts_test) == (downloaded.texts_train, downloaded.texts_test)
    assert len(asked_for) == 1


@pytest.mark.parametrize(
    "damaged",
    [
        pytest.param("", id="empty"),
        pytest.param("<html>Please log in</html>", id="a web page"),
        pytest.param(tsv(REVIEWS)[:-4], id="cut off"),
        pytest.param(tsv(REVIEWS[:4]), id="no test"),
        pytest.param(tsv([]), id="no review"),
        pytest.param(tsv(REVIEWS).replace("\t", ","), id="commas"),
        pytest.param(tsv([*REVIEWS, ("unsup", 1, 0, 0, "?")]), id="another part"),
        pytest.param(tsv([*REVIEWS, ("test", 2, 0, 0, "?")]), id="another label"),
        pytest.param(tsv([*REVIEWS, ("test", 1, 0, "x", "?")]), id="no number"),
        pytest.param(tsv([*REVIEWS, ("test", 1, 0, 1, "a\tb")]), id="too many columns"),
    ],
)
def test_damaged_reviews_are_named(damaged, folder):
    path = folder / "imdb_reviews.tsv"
    path.write_text(damaged, encoding="utf-8", newline="\n")
    with pytest.raises(MissingDataError) as error:
        imdb("full")
    assert str(error.value).startswith(f"{path} is not a complete IMDB file")


def test_reviews_that_are_not_unicode_are_named(folder):
    (folder / "imdb_reviews.tsv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(MissingDataError, match="is not a complete IMDB file"):
        imdb("full")


# Photographs


def save_image(path, colour, size=(40, 30), mode="RGB"):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size, colour).save(path, quality=95)


def shade(number):
    """A colour that says which image this is."""
    return (20 * number, 250 - 20 * number, 100)


def numbers_in(images):
    return [round(float(image[..., 0].mean()) / 20) for image in images]


def cats_and_dogs_in(folder):
    number = 0
    for part in ("train", "test"):
        for kind in ("cats", "dogs"):
            for index in range(3):
                save_image(folder / "cats_vs_dogs" / part / kind / f"{index}.jpg", shade(number))
                number += 1


def test_cats_and_dogs_come_from_the_folder(folder):
    cats_and_dogs_in(folder)
    data_set = cats_dogs("full", size=24)
    assert data_set.x_train.shape == (6, 24, 24, 3)
    assert data_set.x_train.dtype == np.uint8
    shown = dict(zip(numbers_in(data_set.x_train), data_set.y_train.tolist(), strict=True))
    assert shown == {0: 0, 1: 0, 2: 0, 3: 1, 4: 1, 5: 1}
    shown = dict(zip(numbers_in(data_set.x_test), data_set.y_test.tolist(), strict=True))
    assert shown == {6: 0, 7: 0, 8: 0, 9: 1, 10: 1, 11: 1}
    assert data_set.class_names == ("cat", "dog")
    assert data_set.source == "cats_vs_dogs in $CONVBOOK_DATA"
    assert sorted(numbers_in(data_set.x_train)) != numbers_in(data_set.x_train)  # mixed
    assert_array_equal(cats_dogs("full", size=24).x_train, data_set.x_train)


def test_cats_and_dogs_are_160_pixels_wide_by_default(folder):
    cats_and_dogs_in(folder)
    assert cats_dogs("full").x_test.shape == (6, 160, 160, 3)


def test_cats_and_dogs_are_downloaded_without_the_empty_files(offline, tmp_path, monkeypatch):
    asked_for = []

    def get_file(name, origin, file_hash, extract):
        asked_for.append((origin, file_hash, extract))
        for number in range(5):
            save_image(tmp_path / name / "PetImages/Cat" / f"{8 + number}.jpg", shade(number))
            save_image(tmp_path / name / "PetImages/Dog" / f"{8 + number}.jpg", shade(5 + number))
        (tmp_path / name / "PetImages/Cat/7.jpg").touch()
        (tmp_path / name / "PetImages/Cat/Thumbs.db").write_bytes(b"no image")
        return str(tmp_path / name)

    monkeypatch.setattr(keras.utils, "get_file", get_file)
    monkeypatch.setitem(cats_dogs.__globals__, "DOWNLOADED_OF_CLASS", 2)
    data_set = cats_dogs("full", size=16)
    assert sorted(numbers_in(data_set.x_train)) == [0, 1, 5, 6]
    assert sorted(numbers_in(data_set.x_test)) == [2, 3, 7, 8]
    assert data_set.source.startswith("Microsoft's kagglecatsanddogs_5340.zip")
    ((origin, file_hash, extract),) = asked_for
    assert origin.startswith("https://download.microsoft.com/")
    assert len(bytes.fromhex(file_hash)) == 32
    assert extract


@pytest.mark.parametrize("missing", ["train/cats", "test/dogs"])
@pytest.mark.parametrize("how", ["no folder", "empty", "nothing but text"])
def test_a_class_without_images_is_named(missing, how, folder):
    cats_and_dogs_in(folder)
    path = folder / "cats_vs_dogs" / missing
    for image in path.iterdir():
        image.unlink()
    if how == "no folder":
        path.rmdir()
    elif how == "nothing but text":
        (path / "notes.txt").write_text("none yet")
    with pytest.raises(MissingDataError) as error:
        cats_dogs("full")
    assert str(error.value).startswith(f"{path} has no images.")
    assert "guides/data.md" in str(error.value)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda good: b"", id="empty"),
        pytest.param(lambda good: b"<html>Please log in</html>", id="a web page"),
        pytest.param(lambda good: good[: len(good) // 2], id="cut off"),
        pytest.param(lambda good: good[:20], id="header alone"),
    ],
)
@pytest.mark.parametrize("suffix", [".jpg", ".png"])
def test_a_damaged_image_is_named(damage, suffix, folder):
    cats_and_dogs_in(folder)
    path = folder / f"cats_vs_dogs/train/dogs/bad{suffix}"
    noise = np.random.default_rng(0).integers(0, 256, (50, 60, 3), np.uint8)
    Image.fromarray(noise).save(path)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(MissingDataError) as error:
        cats_dogs("full", size=8)
    assert str(error.value).startswith(f"{path} is not a complete image")


@pytest.mark.parametrize(
    ("mode", "colour"),
    [("L", 80), ("RGBA", (80, 80, 80, 255)), ("P", 80), ("CMYK", (175,) * 3 + (0,))],
)
def test_images_of_other_kinds_become_red_green_and_blue(mode, colour, folder):
    cats_and_dogs_in(folder)
    suffix = "jpg" if mode == "CMYK" else "png"
    folder = folder / "cats_vs_dogs/train/cats"
    for path in folder.iterdir():
        path.unlink()
    Image.new(mode, (9, 9), colour).save(folder / f"grey.{suffix}")
    if mode == "P":
        Image.new("L", (9, 9), 80).convert("P").save(folder / "grey.png")
    data_set = cats_dogs("full", size=5)
    (cat,) = data_set.x_train[data_set.y_train == 0]
    assert_allclose(cat, 80, atol=3)


def test_the_middle_square_is_kept(folder):
    cats_and_dogs_in(folder)
    wide = np.zeros((10, 30, 3), np.uint8)
    wide[:, 10:20] = 200
    for number, picture in enumerate((wide, wide.swapaxes(0, 1))):
        Image.fromarray(picture).save(folder / f"cats_vs_dogs/test/cats/{number}.png")
    for path in (folder / "cats_vs_dogs/test/cats").glob("*.jpg"):
        path.unlink()
    data_set = cats_dogs("full", size=10)
    assert (data_set.x_test[data_set.y_test == 0] == 200).all()


FLOWERS = ("daisy", "dandelion", "rose", "sunflower", "tulip")


def flowers_in(folder, plural=False):
    for label, name in enumerate(FLOWERS):
        for index in range(6):
            plural_s = "s" if plural and name in ("rose", "sunflower", "tulip") else ""
            save_image(
                folder / f"{name}{plural_s}" / f"{index}_{label}.jpg", (40 * label, 40 * index, 9)
            )


def seen(images, labels):
    label_and_index = [tuple(np.rint(image.mean(axis=(0, 1)) / 40).astype(int)) for image in images]
    assert [label for label, _, _ in label_and_index] == labels.tolist()
    return sorted((label, index) for label, index, _ in label_and_index)


def assert_is_the_split(data_set):
    assert seen(data_set.x_test, data_set.y_test) == [(label, 5) for label in range(5)]
    assert seen(data_set.x_train, data_set.y_train) == [
        (label, index) for label in range(5) for index in range(5)
    ]


@pytest.mark.parametrize("plural", [False, True])
def test_flowers_come_from_the_folder_and_the_last_by_name_are_the_test(plural, folder):
    flowers_in(folder / "flowers", plural)
    data_set = flowers("full", size=8)
    assert_is_the_split(data_set)
    assert data_set.class_names == FLOWERS
    assert flowers("full").x_test.shape == (5, 128, 128, 3)


def test_flowers_are_downloaded(offline, tmp_path, monkeypatch):
    asked_for = []

    def get_file(name, origin, file_hash, extract):
        asked_for.append((origin, file_hash, extract))
        flowers_in(tmp_path / name / "flower_photos", plural=True)
        return str(tmp_path / name)

    monkeypatch.setattr(keras.utils, "get_file", get_file)
    data_set = flowers("full", size=8)
    assert_is_the_split(data_set)
    assert data_set.source.startswith("TensorFlow's flower_photos.tgz")
    ((origin, file_hash, extract),) = asked_for
    assert origin.endswith("/flower_photos.tgz")
    assert len(bytes.fromhex(file_hash)) == 32
    assert extract


# Raccoons


def raccoons_in(folder, rows=None):
    save_image(folder / "raccoon/images/a.jpg", (200, 0, 0), size=(40, 20))
    save_image(folder / "raccoon/images/b.jpg", (0, 200, 0), size=(30, 60))
    rows = rows or [
        ("a.jpg", 40, 20, "raccoon", 4.0, 2.0, 20.0, 18.0, "train"),
        ("b.jpg", 30, 60, "raccoon", 0.0, 30.0, 30.0, 60.0, "test"),
        ("a.jpg", 40, 20, "raccoon", 10.0, 10.0, 40.0, 20.0, "train"),
    ]
    with (folder / "raccoon/boxes.csv").open("w", newline="") as file:
        names = ["filename", "width", "height", "class", "xmin", "ymin", "xmax", "ymax", "split"]
        csv.writer(file).writerows([names, *rows])


def test_raccoons_keep_their_shape_and_boxes_go_with_them(folder):
    raccoons_in(folder)
    data_set = raccoon("full", size=20)
    (wide,), (tall,) = data_set.x_train, data_set.x_test
    assert_allclose(wide[:10].mean(axis=(0, 1)), (200, 0, 0), atol=3)
    assert not wide[10:].any()
    assert_allclose(tall[:, :10].mean(axis=(0, 1)), (0, 200, 0), atol=3)
    assert not tall[:, 10:].any()
    (boxes,) = data_set.boxes_train
    assert_allclose(boxes, [[2, 1, 10, 9], [5, 5, 20, 10]])
    (boxes,) = data_set.boxes_test
    assert_allclose(boxes, [[0, 10, 10, 20]])
    assert [classes.tolist() for classes in data_set.classes_train] == [[0, 0]]
    assert data_set.class_names == ("raccoon",)
    assert repr(data_set).startswith(
        "Raccoons (full): 1 training and 1 test images, 20×20×3, 2 and 1 boxes, 1 class\n"
    )
    assert raccoon("full").x_train.shape == (1, 224, 224, 3)


BOX = ("a.jpg", 40, 20, "raccoon", 4.0, 2.0, 20.0, 18.0)


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([(*BOX, "train")], id="no test"),
        pytest.param([(*BOX, "train"), (*BOX, "validation")], id="another part"),
        pytest.param([(*BOX[:4], "four", *BOX[5:], "train")], id="no number"),
        pytest.param([BOX], id="no part"),
    ],
)
def test_a_damaged_table_of_boxes_is_named(rows, folder):
    raccoons_in(folder, rows)
    with pytest.raises(MissingDataError) as error:
        raccoon("full")
    assert str(error.value).startswith(f"{folder / 'raccoon/boxes.csv'} is not a complete table")


def test_a_missing_table_or_picture_of_raccoons_is_named(folder):
    raccoons_in(folder)
    (folder / "raccoon/images/b.jpg").unlink()
    with pytest.raises(MissingDataError, match=r"b\.jpg is not a complete image"):
        raccoon("full")
    (folder / "raccoon/boxes.csv").unlink()
    with pytest.raises(MissingDataError, match=r"boxes\.csv is not a complete table"):
        raccoon("full")


# The published data


@pytest.mark.full
def test_the_real_fashion(real_folder):
    full = fashion("full")
    assert full.x_train.shape == (60_000, 28, 28, 1)
    assert full.x_test.shape == (10_000, 28, 28, 1)
    assert np.bincount(full.y_train).tolist() == [6000] * 10
    assert np.bincount(full.y_test).tolist() == [1000] * 10
    # Published by whoever works with it: mean and spread of the pixels, the first labels.
    assert f"{full.x_train.mean() / 255:.4f}" == "0.2860"
    assert f"{full.x_train.std() / 255:.4f}" == "0.3530"
    assert full.y_train[:5].tolist() == [9, 0, 0, 3, 0]
    assert full.class_names[9] == "Ankle boot"


@pytest.mark.full
def test_the_real_cifar10(real_folder):
    full = cifar10("full")
    assert full.x_train.shape == (50_000, 32, 32, 3)
    assert full.x_test.shape == (10_000, 32, 32, 3)
    assert np.bincount(full.y_train).tolist() == [5000] * 10
    assert np.bincount(full.y_test).tolist() == [1000] * 10
    # Published means of red, green and blue; a file made from JPEG is near them.
    means = full.x_train.mean(axis=(0, 1, 2)) / 255
    assert_allclose(means, [0.4914, 0.4822, 0.4465], atol=2e-3)


@pytest.mark.full
def test_the_real_reviews(real_folder):
    full = imdb("full")
    for texts, labels in ((full.texts_train, full.y_train), (full.texts_test, full.y_test)):
        assert len(texts) == 25_000
        assert np.bincount(labels).tolist() == [12_500, 12_500]
        assert 0.45 < labels[:1000].mean() < 0.55  # mixed
    label_of = labelled(full.texts_train, full.y_train)
    (bromwell,) = [text for text in label_of if text.startswith("Bromwell High is a cartoon")]
    assert label_of[bromwell] == 1


@pytest.mark.full
def test_the_real_cats_and_dogs(real_folder):
    full = cats_dogs("full", size=50)
    assert full.x_train.shape == full.x_test.shape == (2_000, 50, 50, 3)
    assert np.bincount(full.y_train).tolist() == np.bincount(full.y_test).tolist() == [1000, 1000]
    training = {hashlib.sha256(image).digest() for image in full.x_train}
    assert not training & {hashlib.sha256(image).digest() for image in full.x_test}


@pytest.mark.full
def test_the_real_flowers(real_folder):
    full = flowers("full", size=32)
    counts = np.bincount(full.y_train) + np.bincount(full.y_test)
    assert counts.tolist() == [742, 1016, 759, 692, 849]
    assert_array_equal(np.bincount(full.y_test), counts // 5)
    yellow = [
        np.subtract(*full.x_train[full.y_train == label].mean(axis=(0, 1, 2))[[0, 2]])
        for label in (FLOWERS.index("daisy"), FLOWERS.index("sunflower"))
    ]
    assert yellow[1] > yellow[0]


@pytest.mark.full
def test_the_real_raccoons(real_folder):
    full = raccoon("full", size=416)
    assert (len(full.x_train), len(full.x_test)) == (160, 40)
    assert (sum(map(len, full.boxes_train)), sum(map(len, full.boxes_test))) == (173, 44)
    for images, all_boxes in ((full.x_train, full.boxes_train), (full.x_test, full.boxes_test)):
        for image, boxes in zip(images, all_boxes, strict=True):
            # As far as the black border, which begins where nothing is to be seen any more.
            height, width = (
                np.flatnonzero(image.any(axis=axis)).max() + 1 for axis in ((1, 2), (0, 2))
            )
            assert (boxes[:, :2] < boxes[:, 2:]).all()
            assert (boxes >= 0).all()
            assert (boxes[:, 2] <= width + 2).all()
            assert (boxes[:, 3] <= height + 2).all()
    with (real_folder / "raccoon/boxes.csv").open() as file:
        assert Counter(row["split"] for row in csv.DictReader(file)) == {"train": 173, "test": 44}
    names = {path.name for path in Path(real_folder, "raccoon/images").iterdir()}
    assert len(names) == 200
