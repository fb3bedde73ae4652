"""Where full-size data is found, and what is said when it is missing or damaged."""

import os
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from convbook.data.dataset import require_profile

FOLDER_VARIABLE = "CONVBOOK_DATA"

Data = TypeVar("Data")

_UNREADABLE = (
    *(OSError, EOFError, KeyError, IndexError, RuntimeError, TypeError, ValueError, SyntaxError),
    *(zipfile.BadZipFile, zlib.error),
)
"""What NumPy and Pillow raise on a file that is empty, cut off, flipped in a bit, or another kind
of file."""


class MissingDataError(RuntimeError):
    """Full-size data that is neither in ``$CONVBOOK_DATA`` nor downloadable, or is damaged."""


def require_full(profile: str, data_set: str, stand_in: str) -> None:
    """Raises ValueError unless ``profile`` is ``"full"``, the only one this data set has.

    Args:
        data_set: what to call the data in the message.
        stand_in: the loader that takes its place at sample size.
    """
    require_profile(profile)
    if profile != "full":
        raise ValueError(
            f'{data_set} comes at full size only, profile="full". '
            f"At sample size, {stand_in}() stands in for it."
        )


@dataclass(frozen=True)
class Published:
    """A full-size data set and the two places where it may be.

    Attributes:
        data_set: what to call it in a message.
        name: the file, or the folder, inside ``$CONVBOOK_DATA``.
        small: what needs neither folder nor network.
        origin: where the download comes from and how it is checked; None where there is none.
    """

    data_set: str
    name: str
    small: str = 'profile="sample"'
    origin: str | None = None

    def load(
        self, read: Callable[[Path], Data], download: Callable[[], Data] | None = None
    ) -> tuple[Data, str]:
        """The data, and where it came from.

        Args:
            read: makes the data of the file or folder.
            download: fetches the data and checks its hash.

        Raises:
            MissingDataError: neither way worked, and the message names both; or what is there is
                damaged, and the message names the file.
        """
        folder = os.environ.get(FOLDER_VARIABLE)
        if folder and (path := Path(folder, self.name)).exists():
            return read(path), f"{self.name} in ${FOLDER_VARIABLE}"
        searched = f"{folder} has no {self.name}" if folder else f"{FOLDER_VARIABLE} is not set"
        missing = f"{self.data_set} is missing at full size: {searched}"
        supply = f"Put {self.name} into a folder and set {FOLDER_VARIABLE} to that folder"
        if download is None:
            raise MissingDataError(
                f"{missing}, and the course has no download for it. {supply}: guides/data.md says "
                f"what belongs in it. {self.small} does without."
            )
        try:
            return download(), self.origin
        except MissingDataError:
            raise
        # Keras raises a bare Exception for a failed download or a wrong hash.
        except Exception as error:
            raise MissingDataError(
                f"{missing}, and the download failed ({error}). {supply}, or connect to the "
                f"internet and run again. {self.small} needs neither."
            ) from error


@contextmanager
def naming_damage(path: Path, what: str) -> Iterator[None]:
    """Turns whatever a reader raises on a bad file into an error that names the file.

    Args:
        what: what the file should have been, such as "a complete MNIST file".
    """
    try:
        yield
    except _UNREADABLE as error:
        raise MissingDataError(
            f"{path} is not {what} ({error}). Delete it and supply it again."
        ) from error


def read_split(path: Path, data_set: str, image_shape: tuple[int, ...]) -> dict[str, np.ndarray]:
    """Images and labels of an ``.npz`` file with arrays x_train, y_train, x_test and y_test.

    Args:
        image_shape: shape of one image in the result; in the file, a single channel may have no
            axis of its own.

    Raises:
        MissingDataError: the file is damaged or holds something else.
    """
    with naming_damage(path, f"a complete {data_set} file"), np.load(path) as arrays:
        return {
            **_labelled(arrays["x_train"], arrays["y_train"], image_shape, "train"),
            **_labelled(arrays["x_test"], arrays["y_test"], image_shape, "test"),
        }


def _labelled(
    images: np.ndarray, labels: np.ndarray, image_shape: tuple[int, ...], part: str
) -> dict[str, np.ndarray]:
    without_channel = image_shape[:-1] if image_shape[-1] == 1 else image_shape
    if images.dtype != np.uint8 or images.shape[1:] not in (image_shape, without_channel):
        raise ValueError(f"x_{part} holds {images.dtype} images {images.shape[1:]}")
    if labels.size != len(images) or not np.issubdtype(labels.dtype, np.integer):
        raise ValueError(f"y_{part} has {labels.size} {labels.dtype} for {len(images)} images")
    return {
        f"x_{part}": images.reshape(-1, *image_shape),
        f"y_{part}": labels.astype(np.int64).ravel(),
    }
