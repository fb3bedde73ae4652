"""Small colour photographs of ten kinds of thing: CIFAR-10."""

from pathlib import Path

import numpy as np

from convbook.data.dataset import ImageDataset, Profile
from convbook.data.full_size import Published, read_split, require_full

CIFAR10 = Published(
    "CIFAR-10",
    "cifar10.npz",
    small="photo_digits()",
    origin="Keras's download, SHA-256 checked",
)

CLASS_NAMES = (
    *("airplane", "automobile", "bird", "cat", "deer"),
    *("dog", "frog", "horse", "ship", "truck"),
)


def cifar10(profile: Profile = "sample") -> ImageDataset:
    """CIFAR-10, 32x32x3, 50,000 + 10,000 (Krizhevsky 2009).

    Full size only: from ``$CONVBOOK_DATA/cifar10.npz`` or by Keras's download. Accuracies compare
    with published ones only where the pixels are the published ones: a file made from JPEG copies
    is a little different, and nothing in it tells.

    Raises:
        ValueError: any profile but "full"; ``photo_digits()`` stands in at sample size.
        MissingDataError: the data is neither there nor downloadable, or it is damaged.
    """
    require_full(profile, CIFAR10.data_set, stand_in="photo_digits")
    arrays, source = CIFAR10.load(_read, _download)
    return ImageDataset(
        name="CIFAR-10",
        profile=profile,
        class_names=CLASS_NAMES,
        licence="none stated (A. Krizhevsky, V. Nair, G. Hinton)",
        source=source,
        **arrays,
    )


def _read(path: Path) -> dict[str, np.ndarray]:
    return read_split(path, CIFAR10.data_set, image_shape=(32, 32, 3))


def _download() -> dict[str, np.ndarray]:
    import keras

    (x_train, y_train), (x_test, y_test) = keras.datasets.cifar10.load_data()
    # Keras orders the axes by its image_data_format; the course is channels-last throughout.
    if x_train.shape[1] == 3:
        x_train, x_test = x_train.transpose(0, 2, 3, 1), x_test.transpose(0, 2, 3, 1)
    return {
        "x_train": np.ascontiguousarray(x_train),
        "y_train": y_train.ravel().astype(np.int64),
        "x_test": np.ascontiguousarray(x_test),
        "y_test": y_test.ravel().astype(np.int64),
    }
