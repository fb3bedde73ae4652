"""Patches of photographs to put digits on: training and test from separate parts."""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.random import Generator

from convbook.data.photos import photos

# Two are JPEG, which Pillow decodes in whole numbers (libjpeg-turbo), three are PNG:
# the same pixels on every computer.
PHOTOGRAPHS = ("china", "flower", "astronaut", "chelsea", "coffee")


@dataclass(frozen=True)
class Part:
    """Columns of every photograph, from one third of its width to another; a seed."""

    start: int
    stop: int
    seed: int

    def of(self, image: np.ndarray) -> np.ndarray:
        """That part of an image ``(height, width, channels)``."""
        width = image.shape[1]
        return image[:, width * self.start // 3 : width * self.stop // 3]


TRAIN = Part(start=0, stop=2, seed=2015)
TEST = Part(start=2, stop=3, seed=2016)


def cut_patches(count: int, size: int, part: Part, rng: Generator) -> np.ndarray:
    """Square patches of the photographs: ``(count, size, size, 3)``, uint8.

    Every photograph is as likely as the others, and in it every place.
    """
    album = photos()
    pictures = [part.of(album[name].image) for name in PHOTOGRAPHS]
    chosen = rng.integers(len(pictures), size=count)
    patches = np.empty((count, size, size, 3), np.uint8)
    for number, picture in enumerate(pictures):
        here = np.flatnonzero(chosen == number)
        height, width, _ = picture.shape
        rows = rng.integers(height - size + 1, size=len(here))
        columns = rng.integers(width - size + 1, size=len(here))
        windows = sliding_window_view(picture, (size, size), axis=(0, 1))
        patches[here] = windows[rows, columns].transpose(0, 2, 3, 1)
    return patches
