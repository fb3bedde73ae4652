"""Generated data sets: the same bytes every time, and what each promises of itself."""

import hashlib
import itertools
import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from skimage.measure import regionprops
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from convbook.data import (
    backgrounds,
    digit_scenes,
    digits,
    photo_digits,
    photos,
    plain_digits,
    reviews,
)
from convbook.data.backgrounds import PHOTOGRAPHS, TEST, TRAIN, cut_patches
from convbook.data.chance import generator
from convbook.data.digit_scenes import INK, QUARTERS, resized
from convbook.data.photo_digits import blend
from convbook.data.text import words_of

LOADERS = [photo_digits, plain_digits, digit_scenes, reviews]


@pytest.fixture(scope="module")
def on_photos():
    return photo_digits()


@pytest.fixture(scope="module")
def scenes():
    return digit_scenes()


@pytest.fixture(scope="module")
def texts():
    return reviews()


def sha256(*values):
    digest = hashlib.sha256()
    for value in values:
        digest.update(value.encode() if isinstance(value, str) else value.tobytes())
    return digest.hexdigest()


# Every generated set


@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize("profile", ["Full", "", None])
def test_an_unknown_profile_is_an_error(loader, profile):
    with pytest.raises(ValueError, match=f'profile must be "sample" or "full", not {profile!r}'):
        loader(profile)


def test_whole_numbers_and_permutations_are_the_same_in_every_numpy():
    rng = generator(42)
    assert rng.integers(10, size=5).tolist() == [0, 7, 6, 4, 4]
    assert rng.permutation(6).tolist() == [5, 4, 0, 1, 3, 2]


def test_generated_data_is_the_same_bytes_every_time(on_photos, scenes, texts):
    assert digests(on_photos, scenes, texts) == GOLDEN


def digests(on_photos, scenes, texts):
    return {
        "photo_digits": sha256(
            on_photos.x_train, on_photos.y_train, on_photos.x_test, on_photos.y_test
        ),
        "scene images": sha256(scenes.x_train, scenes.x_test),
        "scene masks": sha256(
            scenes.instances_train,
            scenes.semantic_train,
            scenes.instances_test,
            scenes.semantic_test,
        ),
        "scene boxes": sha256(*scenes.boxes_train, *scenes.boxes_test),
        "scene classes": sha256(*scenes.classes_train, *scenes.classes_test),
        "reviews": sha256(*texts.texts_train, texts.y_train, *texts.texts_test, texts.y_test),
    }


GOLDEN = {
    "photo_digits": "91aa3cf7a47fcb2968aac7187665af287b55713cb45ae67e9172ad6f82e2801a",
    "scene images": "c3a9afe3b9e44bbb7016cb037779501157a1ba3d283d1701a831b043e0f5e60a",
    "scene masks": "bff5f211a253e5eb6e2d8ae8fe872bb44853884f8ccec5bf922309d091c4cbf7",
    "scene boxes": "9a85b9598c897c959e4cec8e26a62f02c4eeef7d9cd877592324c68ea19a2cbb",
    "scene classes": "1cb3b28680a0ce3fb7078b643e7f47ec9b3e5f0443d3aff7ab360c3d03d9b11d",
    "reviews": "1f3b0642759184e6b5860343cfd2f03314d467891036fbdc3ad2ad827c690299",
}


def test_the_sample_is_the_default_needs_no_network_and_is_no_one_elses_to_change(offline):
    on_photos, scenes, texts = photo_digits(), digit_scenes(), reviews()
    for array in (on_photos.x_train, scenes.x_test, scenes.instances_train, texts.y_train):
        array[:] = 1
    for array in (scenes.boxes_train[0], scenes.classes_test[0]):
        array[:] = 1
    assert digests(on_photos, scenes, texts) != GOLDEN
    assert digests(photo_digits("sample"), digit_scenes("sample"), reviews("sample")) == GOLDEN


# Backgrounds


def test_training_and_test_patches_share_no_pixel_of_a_photograph():
    for name in PHOTOGRAPHS:
        height, width, _ = photos()[name].image.shape
        places = np.arange(height * width).reshape(height, width, 1)
        training, test = set(TRAIN.of(places).ravel()), set(TEST.of(places).ravel())
        assert training
        assert test
        assert not training & test
        assert len(training) + len(test) == height * width


@pytest.mark.parametrize(("part", "columns"), [(TRAIN, range(0, 40)), (TEST, range(40, 60))])
def test_patches_are_whole_pieces_of_their_part_from_every_place(part, columns, monkeypatch):
    """With photographs whose pixels say where they are: which photograph, row and column."""
    places = np.indices((30, 60), np.uint8)
    album = {
        name: replace(photos()[name], image=np.stack([np.full((30, 60), n, np.uint8), *places], -1))
        for n, name in enumerate(PHOTOGRAPHS)
    }
    monkeypatch.setattr(backgrounds, "photos", lambda: album)
    patches = cut_patches(60_000, 8, part, generator(5))
    corners = patches[:, 0, 0]
    steps = np.stack([np.zeros((8, 8), np.uint8), *np.indices((8, 8), np.uint8)], -1)
    assert_array_equal(patches, corners[:, np.newaxis, np.newaxis] + steps)
    whole = itertools.product(range(5), range(30 - 7), columns[:-7])
    assert {tuple(corner) for corner in corners.tolist()} == set(whole)


# Digits on photographs


def test_digits_on_photographs_have_the_promised_form(on_photos):
    assert on_photos.x_train.shape == (4000, 32, 32, 3)
    assert on_photos.x_test.shape == (1000, 32, 32, 3)
    assert on_photos.x_train.dtype == on_photos.x_test.dtype == np.uint8
    assert on_photos.y_train.dtype == np.int64
    assert on_photos.x_train.flags.c_contiguous
    assert "4,000 training and 1,000 test images, 32×32×3, 10 classes" in repr(on_photos)


def test_labels_and_split_are_those_of_the_digits(on_photos):
    assert_array_equal(on_photos.y_train, digits().y_train)
    assert_array_equal(on_photos.y_test, digits().y_test)


def test_plain_digits_are_mnist_with_a_black_border_in_three_channels():
    plain, mnist = plain_digits(), digits()
    assert_array_equal(plain.y_test, mnist.y_test)
    assert plain.x_train.shape == (4000, 32, 32, 3)
    for channel in range(3):
        assert_array_equal(plain.x_train[:, 2:30, 2:30, channel], mnist.x_train[..., 0])
    plain.x_train[:, 2:30, 2:30] = 0
    assert not plain.x_train.any()


def test_blending_again_gives_the_photograph_back(on_photos):
    """The blend is the absolute difference: outside the digit it is the photograph itself."""
    plain = plain_digits()
    patches = cut_patches(4000, 32, TRAIN, generator(TRAIN.seed))
    assert_array_equal(on_photos.x_train, np.abs(patches.astype(int) - plain.x_train.astype(int)))
    untouched = plain.x_train == 0
    assert_array_equal(on_photos.x_train[untouched], patches[untouched])


def test_blending_does_not_wrap_around():
    values = np.arange(256, dtype=np.uint8)
    digit, photo = np.meshgrid(values, values)
    assert_array_equal(blend(digit, photo), np.abs(digit.astype(int) - photo.astype(int)))


def test_no_picture_is_in_training_and_test(on_photos, scenes):
    for data_set in (on_photos, scenes):
        training = {image.tobytes() for image in data_set.x_train}
        assert len(training) == len(data_set.x_train)
        assert not training & {image.tobytes() for image in data_set.x_test}


# Scenes


def parts(scenes):
    yield from zip(
        scenes.x_train,
        scenes.boxes_train,
        scenes.classes_train,
        scenes.instances_train,
        scenes.semantic_train,
        strict=True,
    )
    yield from zip(
        scenes.x_test,
        scenes.boxes_test,
        scenes.classes_test,
        scenes.instances_test,
        scenes.semantic_test,
        strict=True,
    )


def test_scenes_have_the_promised_form(scenes):
    assert scenes.x_train.shape == (2000, 64, 64, 3)
    assert scenes.x_test.shape == (500, 64, 64, 3)
    for array in (scenes.x_train, scenes.instances_train, scenes.semantic_test):
        assert array.dtype == np.uint8
        assert array.flags.c_contiguous
    for _, boxes, classes, _, _ in parts(scenes):
        assert boxes.shape == (len(classes), 4)
        assert boxes.dtype == np.float64
        assert classes.dtype == np.int64
        assert 1 <= len(classes) <= 5
    assert re.match(
        r"Digit scenes \(sample\): 2,000 training and 500 test images, 64×64×3, "
        r"5,\d{3} and 1,\d{3} boxes, 10 classes\n",
        repr(scenes),
    )


def test_every_number_of_digits_and_every_class_occurs_often(scenes):
    assert min(Counter(map(len, scenes.boxes_train)).values()) > 100
    assert min(np.bincount(np.concatenate(scenes.classes_train), minlength=10)) > 400


def test_boxes_are_those_that_scikit_image_finds_in_the_masks(scenes):
    for _, boxes, _, instances, _ in parts(scenes):
        regions = regionprops(instances.astype(int))
        assert [region.label for region in regions] == list(range(1, len(boxes) + 1))
        found = [(x0, y0, x1, y1) for y0, x0, y1, x1 in (region.bbox for region in regions)]
        assert_array_equal(boxes, found)


def test_the_semantic_map_is_the_class_of_each_instance(scenes):
    for _, _, classes, instances, semantic in parts(scenes):
        assert_array_equal(semantic, np.concatenate([[0], classes + 1])[instances])


def test_boxes_overlap_little(scenes):
    for _, boxes, _, _, _ in parts(scenes):
        for number, one in enumerate(boxes):
            for other in boxes[:number]:
                sides = np.minimum(one[2:], other[2:]) - np.maximum(one[:2], other[:2])
                areas = np.prod(one[2:] - one[:2]), np.prod(other[2:] - other[:2])
                assert np.prod(sides.clip(0)) <= min(areas) / 4


def test_every_mask_is_one_of_the_digits_of_its_own_part(scenes):
    """Test scenes show test digits: no digit is drawn in both parts."""
    mnist = digits()
    for count, of_part in (
        (
            150,
            (
                mnist.x_train,
                mnist.y_train,
                scenes.instances_train,
                scenes.boxes_train,
                scenes.classes_train,
            ),
        ),
        (
            150,
            (
                mnist.x_test,
                mnist.y_test,
                scenes.instances_test,
                scenes.boxes_test,
                scenes.classes_test,
            ),
        ),
    ):
        images, labels, instances, boxes, classes = of_part
        shapes = {
            (label, (small >= INK).tobytes(), small.shape)
            for image, label in zip(images[..., 0], labels, strict=True)
            for small in (resized(image, quarters) for quarters in QUARTERS)
        }
        for scene in range(count):
            for number, (box, label) in enumerate(
                zip(boxes[scene].astype(int), classes[scene], strict=True), start=1
            ):
                x_min, y_min, x_max, y_max = box
                mask = instances[scene][y_min:y_max, x_min:x_max] == number
                assert (label, mask.tobytes(), mask.shape) in shapes


def test_outside_the_digits_a_scene_is_its_photograph(scenes):
    patches = cut_patches(500, 64, TEST, generator(TEST.seed))
    for scene, patch, boxes in zip(scenes.x_test, patches, scenes.boxes_test, strict=True):
        outside = np.ones((64, 64), bool)
        for x_min, y_min, x_max, y_max in boxes.astype(int):
            outside[y_min:y_max, x_min:x_max] = False
        assert_array_equal(scene[outside], patch[outside])


def test_digits_stand_out_from_their_surroundings(scenes):
    """Ink and the photograph around it differ clearly in nearly every box."""
    contrasts = []
    for image, boxes, _, instances, _ in parts(scenes):
        for number, (x_min, y_min, x_max, y_max) in enumerate(boxes.astype(int), start=1):
            window = image[y_min:y_max, x_min:x_max].astype(float)
            mask = instances[y_min:y_max, x_min:x_max] == number
            if (~mask).any():
                difference = window[mask].mean(axis=0) - window[~mask].mean(axis=0)
                contrasts.append(np.abs(difference).max())
    assert np.quantile(contrasts, 0.01) > 30
    assert np.median(contrasts) > 80


@given(st.integers(0, 3999), st.sampled_from(QUARTERS))
def test_a_resized_digit_is_the_mean_over_pixels_of_pixels(which, quarters):
    """Against the definition: every pixel split into equal ones, and means of 4 x 4 of these."""
    digit = FIRST[which % len(FIRST)]
    larger = np.kron(digit.astype(int), np.ones((quarters, quarters), int))
    side = 7 * quarters
    blocks = larger.reshape(side, 4, side, 4).swapaxes(1, 2).reshape(side, side, 16)
    means = np.floor(blocks.mean(axis=-1) + 0.5)
    rows, columns = np.nonzero(means >= INK)
    cut = means[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    assert_array_equal(resized(digit, quarters), cut)


FIRST = digits().x_train[:200, ..., 0]


# Reviews


def test_reviews_have_the_promised_form(texts):
    assert (len(texts.texts_train), len(texts.texts_test)) == (3000, 1000)
    assert texts.y_train.dtype == texts.y_test.dtype == np.int64
    assert texts.class_names == ("negative", "positive")
    assert texts.y_train.mean() == texts.y_test.mean() == 0.5
    assert len({*texts.texts_train, *texts.texts_test}) == 4000
    for text in (*texts.texts_train, *texts.texts_test):
        assert re.fullmatch(r"([A-Z][A-Za-z,: ]+[.?] ?)+", text)
        assert not re.search(r"  | [,.:?]|[{}]", text)
    assert repr(texts).startswith(
        "Generated film reviews (sample): 3,000 training and 1,000 test texts, 2 classes\n"
    )


def test_the_label_is_the_meaning(texts):
    """Read some by hand: what the writer holds decides, whatever else is said."""
    label_of = dict(zip(texts.texts_train, texts.y_train, strict=True))
    label_of |= dict(zip(texts.texts_test, texts.y_test, strict=True))
    read = 0
    for text, label in label_of.items():
        for form, positive in (
            (r"The [a-z ]+ was (\w+), not \w+\.$", ADJECTIVES),
            (r"was not \w+ but (\w+)\.$", ADJECTIVES),
            (r"I would (\w+) it, not \w+ it\.$", VERBS),
            (r"You will (\w+) it and never \w+ it\.$", VERBS),
        ):
            if found := re.search(form, text):
                assert positive[found[1]] == label
                read += 1
    assert read > 300


GOOD = (
    *("good", "brilliant", "moving", "fresh", "clever", "gripping", "charming"),
    *("sharp", "warm", "funny", "superb", "convincing", "elegant", "original"),
)
BAD = (
    *("bad", "dull", "flat", "stale", "silly", "tedious", "clumsy"),
    *("weak", "cold", "boring", "dreadful", "forgettable", "shallow", "lifeless"),
)
ADJECTIVES = dict.fromkeys(GOOD, 1) | dict.fromkeys(BAD, 0)
VERBS = dict.fromkeys(["recommend", "praise", "remember", "enjoy", "treasure", "applaud"], 1)
VERBS |= dict.fromkeys(["avoid", "regret", "forget", "dislike", "mock", "skip"], 0)


def word_counts(text):
    return frozenset(Counter(re.findall(r"\w+", text.lower())).items())


@pytest.mark.parametrize("part", ["train", "test"])
def test_every_count_of_words_is_as_often_positive_as_negative(texts, part):
    balance = Counter()
    for text, label in zip(
        getattr(texts, f"texts_{part}"), getattr(texts, f"y_{part}"), strict=True
    ):
        balance[word_counts(text)] += 1 if label else -1
    assert set(balance.values()) == {0}


def test_no_count_of_words_is_in_training_and_test(texts):
    assert not set(map(word_counts, texts.texts_train)) & set(map(word_counts, texts.texts_test))


def score(texts, **windows):
    """Held-out accuracy of logistic regression on counts."""
    counts = CountVectorizer(tokenizer=words_of, token_pattern=None, **windows)
    model = make_pipeline(counts, LogisticRegression(max_iter=1000))
    model.fit(texts.texts_train, texts.y_train)
    return model.score(texts.texts_test, texts.y_test)


@pytest.mark.parametrize("binary", [False, True])
def test_word_counts_are_no_better_than_chance(texts, binary):
    assert score(texts, ngram_range=(1, 1), binary=binary) == 0.5


@pytest.mark.parametrize("window", [(2, 2), (3, 3), (1, 2)])
def test_windows_of_two_or_more_words_suffice(texts, window):
    assert score(texts, ngram_range=window) > 0.99


def test_both_profiles_are_the_same_texts(texts):
    full = reviews("full")
    assert full.profile == "full"
    assert full.texts_train == texts.texts_train
    assert_array_equal(full.y_test, texts.y_test)


# At full size


@pytest.mark.full
def test_full_size_digits_on_photographs(real_folder):
    full, mnist = photo_digits("full"), digits("full")
    assert full.x_train.shape == (60_000, 32, 32, 3)
    assert full.x_test.shape == (10_000, 32, 32, 3)
    assert_array_equal(full.y_train, mnist.y_train)
    patches = cut_patches(10_000, 32, TEST, generator(TEST.seed))
    inside = full.x_test[:, 2:30, 2:30].astype(int)
    assert_array_equal(inside, np.abs(patches[:, 2:30, 2:30].astype(int) - mnist.x_test))
    assert full.source.startswith("mnist.npz in $CONVBOOK_DATA")


@pytest.mark.full
def test_full_size_scenes(real_folder):
    full = digit_scenes("full")
    assert full.x_train.shape == (10_000, 64, 64, 3)
    assert full.x_test.shape == (2_000, 64, 64, 3)
    for instances, boxes in zip(full.instances_train, full.boxes_train, strict=True):
        found = [region.bbox for region in regionprops(instances.astype(int))]
        assert_array_equal(boxes[:, [1, 0, 3, 2]], found)


def test_importing_data_imports_no_framework():
    code = "import sys, convbook.data; print({'keras', 'tensorflow'} & {*sys.modules})"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert loaded.stdout == "set()\n"
