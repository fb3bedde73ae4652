"""What a loader returns."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

Profile = Literal["sample", "full"]


def require_profile(profile: str) -> None:
    """Raises ValueError for anything but a profile's name."""
    if profile not in get_args(Profile):
        raise ValueError(f'profile must be "sample" or "full", not {profile!r}')


@dataclass(frozen=True, repr=False, kw_only=True)
class _DataSet:
    """What every data set says about itself.

    Attributes:
        class_names: name of each class number.
        licence: terms of use, as the origin states them.
        source: where these bytes came from.
    """

    name: str
    profile: Profile
    class_names: tuple[str, ...]
    licence: str
    source: str

    def _described(self, *facts: str) -> str:
        classes = len(self.class_names)
        facts = *facts, f"{classes} class" if classes == 1 else f"{classes} classes"
        return (
            f"{self.name} ({self.profile}): {', '.join(facts)}\n"
            f"source: {self.source}\nlicence: {self.licence}"
        )


def _size(image: np.ndarray) -> str:
    return "×".join(map(str, image.shape))


@dataclass(frozen=True, repr=False, kw_only=True)
class ImageDataset(_DataSet):
    """Labelled images, split once and for all.

    Attributes:
        x_train, x_test: ``(examples, height, width, channels)``, uint8 in 0..255.
        y_train, y_test: ``(examples,)``, int64 class numbers.
        class_names: name of each class number.
        licence: terms of use, as the origin states them.
        source: where these bytes came from.
    """

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray

    def __repr__(self) -> str:
        return self._described(
            f"{len(self.x_train):,} training and {len(self.x_test):,} test images",
            _size(self.x_train[0]),
        )


@dataclass(frozen=True, repr=False, kw_only=True)
class TextDataset(_DataSet):
    """Labelled texts, split once and for all.

    Attributes:
        texts_train, texts_test: one string an example.
        y_train, y_test: ``(examples,)``, int64 class numbers.
        class_names: name of each class number.
        licence: terms of use, as the origin states them.
        source: where these texts came from.
    """

    texts_train: tuple[str, ...]
    y_train: np.ndarray
    texts_test: tuple[str, ...]
    y_test: np.ndarray

    def __repr__(self) -> str:
        return self._described(
            f"{len(self.y_train):,} training and {len(self.y_test):,} test texts"
        )


@dataclass(frozen=True, repr=False, kw_only=True)
class DetectionDataset(_DataSet):
    """Images with boxes around what is to be found, split once and for all.

    A box is ``(x_min, y_min, x_max, y_max)`` in pixels from the top left corner of the
    image, between the edges of pixels: a box around the first pixel is ``(0, 0, 1,
    1)``.

    Attributes:
        x_train, x_test: ``(examples, height, width, 3)``, uint8 in 0..255.
        boxes_train, boxes_test: for each image ``(objects, 4)``, float64.
        classes_train, classes_test: for each image ``(objects,)``, int64 class numbers.
        class_names: name of each class number.
        licence: terms of use, as the origin states them.
        source: where these bytes came from.
    """

    x_train: np.ndarray
    boxes_train: tuple[np.ndarray, ...]
    classes_train: tuple[np.ndarray, ...]
    x_test: np.ndarray
    boxes_test: tuple[np.ndarray, ...]
    classes_test: tuple[np.ndarray, ...]

    def __repr__(self) -> str:
        training, test = self.boxes_train, self.boxes_test
        return self._described(
            f"{len(self.x_train):,} training and {len(self.x_test):,} test images",
            _size(self.x_train[0]),
            f"{sum(map(len, training)):,} and {sum(map(len, test)):,} boxes",
        )


@dataclass(frozen=True, repr=False, kw_only=True)
class SceneDataset(DetectionDataset):
    """Images with boxes and, for each pixel, what it shows.

    Attributes:
        instances_train, instances_test: ``(examples, height, width)``, uint8: 0 is
            background, ``n`` belongs to box number ``n - 1`` of that image.
        semantic_train, semantic_test: the same shape, uint8: 0 is background, ``c + 1``
            is class number ``c``.

    The other attributes are those of :class:`DetectionDataset`.
    """

    instances_train: np.ndarray
    semantic_train: np.ndarray
    instances_test: np.ndarray
    semantic_test: np.ndarray
