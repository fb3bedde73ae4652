"""Clothes in the form of MNIST: Fashion-MNIST."""

import gzip
from pathlib import Path

import numpy as np

from convbook.data.dataset import ImageDataset, Profile
from convbook.data.full_size import Published, naming_damage, read_split, require_full

FASHION = Published(
    "Fashion-MNIST",
    "fashion_mnist.npz",
    small="digits()",
    origin="Zalando's files by Keras's download, MD5 checked",
)

CLASS_NAMES = (
    *("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"),
    *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
)

FILES = {
    "x_train": ("train-images-idx3-ubyte.gz", "8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
    "y_train": ("train-labels-idx1-ubyte.gz", "25c81989df183df01b3e8a0aad5dffbe"),
    "x_test": ("t10k-images-idx3-ubyte.gz", "bef4ecab320f06d8554ea6380940ec79"),
    "y_test": ("t10k-labels-idx1-ubyte.gz", "bb300cfdad3c16e7a12a480ee83cd310"),
}
"""Each array's file and its MD5 as Zalando publishes it: Keras itself passes no hash."""

IMAGE_HEADER, LABEL_HEADER = 16, 8  # bytes before the values in the IDX format


def fashion(profile: Profile = "sample") -> ImageDataset:
    """Fashion-MNIST, 28x28x1, 60,000 + 10,000 (Xiao, Rasul and Vollgraf 2017).

    Full size only: from ``$CONVBOOK_DATA/fashion_mnist.npz`` or by download.

    Raises:
        ValueError: any profile but "full"; ``digits()`` stands in at sample size.
        MissingDataError: the data is neither there nor downloadable, or it is damaged.
    """
    require_full(profile, FASHION.data_set, stand_in="digits")
    arrays, source = FASHION.load(_read, _download)
    return ImageDataset(
        name="Fashion-MNIST",
        profile=profile,
        class_names=CLASS_NAMES,
        licence="MIT (Zalando SE)",
        source=source,
        **arrays,
    )


def _read(path: Path) -> dict[str, np.ndarray]:
    return read_split(path, FASHION.data_set, image_shape=(28, 28, 1))


def _download() -> dict[str, np.ndarray]:
    arrays = {}
    for array, (name, md5) in FILES.items():
        values = _values(name, md5, IMAGE_HEADER if array.startswith("x") else LABEL_HEADER)
        images = array.startswith("x")
        arrays[array] = values.reshape(-1, 28, 28, 1) if images else values.astype(np.int64)
    return arrays


def _values(name: str, md5: str, header: int) -> np.ndarray:
    import keras

    path = keras.utils.get_file(
        name,
        origin=f"https://storage.googleapis.com/tensorflow/tf-keras-datasets/{name}",
        file_hash=md5,
        cache_subdir="datasets/fashion-mnist",
    )
    with naming_damage(Path(path), "a Fashion-MNIST file"), gzip.open(path) as file:
        # A copy, because an array on the bytes themselves cannot be written to.
        return np.frombuffer(file.read(), np.uint8, offset=header).copy()
