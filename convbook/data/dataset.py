"""What every loader returns, and where full-size files are found."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import numpy as np

Profile = Literal["sample", "full"]

FOLDER_VARIABLE = "CONVBOOK_DATA"


class MissingDataError(RuntimeError):
    """Full-size data that is neither in ``$CONVBOOK_DATA`` nor downloadable."""


@dataclass(frozen=True, repr=False)
class ImageDataset:
    """Labelled images, split once and for all.

    Attributes:
        x_train, x_test: ``(examples, height, width, channels)``, uint8 in 0..255.
        y_train, y_test: ``(examples,)``, int64 class numbers.
        class_names: name of each class number.
        licence: terms of use, as the origin states them.
        source: where these bytes came from.
    """

    name: str
    profile: Profile
    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    class_names: tuple[str, ...]
    licence: str
    source: str

    def __repr__(self) -> str:
        height, width, channels = self.x_train.shape[1:]
        return (
            f"{self.name} ({self.profile}): {len(self.x_train):,} training and "
            f"{len(self.x_test):,} test images, {height}×{width}×{channels}, "
            f"{len(self.class_names)} classes\n"
            f"source: {self.source}\nlicence: {self.licence}"
        )


def require_profile(profile: str) -> None:
    """Raises ValueError for anything but a profile's name."""
    if profile not in get_args(Profile):
        raise ValueError(f'profile must be "sample" or "full", not {profile!r}')


def full_size_file(name: str, data_set: str, download: Callable[[], str]) -> tuple[Path, str]:
    """The file ``name`` of a full-size data set, and where it came from.

    Args:
        name: file name inside ``$CONVBOOK_DATA``.
        data_set: what to call the data in an error message.
        download: fetches the file, checks its hash, and returns its path.

    Raises:
        MissingDataError: neither way worked; the message names both.
    """
    folder = os.environ.get(FOLDER_VARIABLE)
    if folder and (path := Path(folder, name)).is_file():
        return path, f"{name} in ${FOLDER_VARIABLE}"
    try:
        return Path(download()), "Keras's download, SHA-256 checked"
    # Keras raises a bare Exception for a failed download or a wrong hash.
    except Exception as error:
        searched = f"{folder} has no {name}" if folder else f"{FOLDER_VARIABLE} is not set"
        raise MissingDataError(
            f"{data_set} is missing at full size: {searched}, and the download failed ({error}). "
            f"Put {name} into a folder and set {FOLDER_VARIABLE} to that folder, or connect to the "
            f'internet and run again. profile="sample" needs neither.'
        ) from error
