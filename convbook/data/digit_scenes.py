"""Photographs with several coloured digits, with boxes and masks."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from convbook.data.backgrounds import TEST, TRAIN, Part, cut_patches
from convbook.data.chance import generator
from convbook.data.dataset import Profile, SceneDataset
from convbook.data.digits import digits
from convbook.data.photo_digits import LICENCE

SIZE = 64
MOST_DIGITS = 5
SCENES = {"sample": (2_000, 500), "full": (10_000, 2_000)}
QUARTERS = (3, 4, 5, 6)  # sizes of a digit, in quarters of MNIST's
INK = 64  # from this grey value on, a pixel of a digit belongs to it
PLACES_TRIED = 20

COLOURS = np.array(
    [
        *[(255, 255, 255), (20, 20, 20), (230, 40, 40), (40, 170, 70)],
        *[(50, 90, 230), (250, 210, 40), (240, 130, 30), (150, 60, 190)],
        *[(40, 190, 210), (240, 120, 180)],
    ],
    np.int64,
)


@dataclass(frozen=True)
class _Scenes:
    """One part of the data set, in the form of :class:`SceneDataset`."""

    images: np.ndarray
    boxes: tuple[np.ndarray, ...]
    classes: tuple[np.ndarray, ...]
    instances: np.ndarray
    semantic: np.ndarray


def digit_scenes(profile: Profile = "sample") -> SceneDataset:
    """One to five coloured MNIST digits on a photograph, 64x64x3, with boxes and masks.

    A digit is drawn at 3/4 to 6/4 of its MNIST size in one of ten colours: of three
    drawn at random the one that differs most from the photograph there. No digit covers
    another, and two boxes share at most a quarter of the smaller one. The mask of a
    digit is its pixels of at least a quarter of full ink, and its box the smallest that
    holds them. Training and test differ in digits, those of ``digits(profile)``, and in
    the parts of the photographs, as in ``photo_digits``.

    sample: 2,000 + 500 scenes, the same bytes every time, in about 2 s.
    full: 10,000 + 2,000, in about 10 s; 246 MB with the masks.

    Raises:
        ValueError: an unknown profile.
        MissingDataError: the full-size digits are missing; as :func:`digits`.
    """
    plain = digits(profile)
    training, test = SCENES[profile]
    train = _scenes(training, plain.x_train, plain.y_train, TRAIN)
    test = _scenes(test, plain.x_test, plain.y_test, TEST)
    return SceneDataset(
        name="Digit scenes",
        profile=profile,
        class_names=plain.class_names,
        licence=LICENCE,
        source=f"{plain.source}, drawn on photographs in scikit-learn and scikit-image",
        x_train=train.images,
        boxes_train=train.boxes,
        classes_train=train.classes,
        instances_train=train.instances,
        semantic_train=train.semantic,
        x_test=test.images,
        boxes_test=test.boxes,
        classes_test=test.classes,
        instances_test=test.instances,
        semantic_test=test.semantic,
    )


def _scenes(count: int, mnist: np.ndarray, labels: np.ndarray, part: Part) -> _Scenes:
    rng = generator(part.seed)
    images = cut_patches(count, SIZE, part, rng)
    instances = np.zeros((count, SIZE, SIZE), np.uint8)
    boxes, classes = [], []
    for scene, instance in zip(images, instances, strict=True):
        chosen = rng.integers(len(labels), size=1 + rng.integers(MOST_DIGITS))
        placed, shown = [], []
        for which in chosen:
            quarters = QUARTERS[rng.integers(len(QUARTERS))]
            digit = resized(mnist[which, ..., 0], quarters)
            box = _place(digit, instance, placed, rng)
            if box is not None:
                _draw(digit, box, scene, instance, len(placed) + 1, rng)
                placed.append(box)
                shown.append(labels[which])
        boxes.append(np.array(placed, np.float64))
        classes.append(np.array(shown, np.int64))
    semantic = _semantic(instances, classes)
    return _Scenes(images, tuple(boxes), tuple(classes), instances, semantic)


def resized(digit: np.ndarray, quarters: int) -> np.ndarray:
    """A digit at ``quarters / 4`` of its size, cut to its ink.

    Each pixel becomes ``quarters`` x ``quarters`` equal ones, then each block of 4 x 4
    its mean: in whole numbers, so that no computer rounds differently from another.
    """
    weights = _weights(len(digit), quarters)
    small = (weights @ digit @ weights.T + 8) // 16
    rows = np.flatnonzero((small >= INK).any(axis=1))
    columns = np.flatnonzero((small >= INK).any(axis=0))
    return small[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


@cache
def _weights(size: int, quarters: int) -> np.ndarray:
    """How much of each pixel goes into each new one, along one axis, in quarters."""
    pixels = np.eye(size, dtype=np.int64)
    return pixels.repeat(quarters, axis=0).reshape(-1, 4, size).sum(axis=1)


def _place(
    digit: np.ndarray, instance: np.ndarray, placed: list, rng: np.random.Generator
) -> tuple[int, int, int, int] | None:
    """The box of a free place for the digit; None where none was found."""
    height, width = digit.shape
    for _ in range(PLACES_TRIED):
        x, y = int(rng.integers(SIZE - width + 1)), int(rng.integers(SIZE - height + 1))
        box = x, y, x + width, y + height
        covers = instance[y : y + height, x : x + width][digit > 0].any()
        if not covers and all(_apart(box, other) for other in placed):
            return box
    return None


def _apart(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    smaller = min((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))
    return 4 * max(width, 0) * max(height, 0) <= smaller


def _draw(
    digit: np.ndarray,
    box: tuple[int, int, int, int],
    scene: np.ndarray,
    instance: np.ndarray,
    number: int,
    rng: np.random.Generator,
) -> None:
    x_min, y_min, x_max, y_max = box
    window = np.s_[y_min:y_max, x_min:x_max]
    photograph = scene[window].astype(np.int64)
    drawn = COLOURS[rng.integers(len(COLOURS), size=3)]
    total = photograph.sum(axis=(0, 1))
    contrast = np.abs(drawn * digit.size - total).sum(axis=1)
    ink, colour = digit[..., np.newaxis], drawn[contrast.argmax()]
    scene[window] = (ink * colour + (255 - ink) * photograph + 127) // 255
    instance[window][digit >= INK] = number


def _semantic(instances: np.ndarray, classes: list[np.ndarray]) -> np.ndarray:
    class_of = np.zeros((len(classes), MOST_DIGITS + 1), np.uint8)
    for row, labels in zip(class_of, classes, strict=True):
        row[1 : len(labels) + 1] = labels + 1
    scene = np.arange(len(classes))[:, np.newaxis, np.newaxis]
    return class_of[scene, instances]
