"""Photographs of many sizes, from folders into one array."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from convbook.data.chance import generator
from convbook.data.full_size import MissingDataError, naming_damage

SUFFIXES = {".jpg", ".jpeg", ".png"}


def require_size(size: int) -> None:
    """Raises ValueError for a side that no image can have."""
    if isinstance(size, bool) or not isinstance(size, int | np.integer) or size < 1:
        raise ValueError(f"size must be a whole number of pixels, 1 or more, not {size!r}")


def image_paths(folder: Path) -> list[Path]:
    """The images in a folder, by name.

    Raises:
        MissingDataError: no such folder, or no image in it.
    """
    found = folder.iterdir() if folder.is_dir() else ()
    paths = sorted(path for path in found if path.suffix.lower() in SUFFIXES)
    if not paths:
        raise MissingDataError(
            f"{folder} has no images. It should be a folder of JPEG or PNG files: guides/data.md "
            "shows the layout."
        )
    return paths


def read_squares(paths: Sequence[Path], size: int) -> np.ndarray:
    """The middle square of each image, resized: ``(images, size, size, 3)``, uint8.

    One image at a time is decoded, so that no more is held than the result, 3 x size**2 bytes an
    image.

    Raises:
        MissingDataError: a file that is no image, named.
    """
    squares = np.empty((len(paths), size, size, 3), np.uint8)
    for square, path in zip(squares, paths, strict=True):
        with naming_damage(path, "a complete image"), Image.open(path) as image:
            square[:] = ImageOps.fit(image.convert("RGB"), (size, size), Image.Resampling.BILINEAR)
    return squares


def read_classes(
    paths_of_classes: Sequence[Sequence[Path]], size: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Images of several classes as one array in a fixed random order, and their class numbers."""
    labelled = [(path, label) for label, paths in enumerate(paths_of_classes) for path in paths]
    order = generator(seed).permutation(len(labelled))
    paths = [labelled[i][0] for i in order]
    labels = np.array([labelled[i][1] for i in order], np.int64)
    return read_squares(paths, size), labels
