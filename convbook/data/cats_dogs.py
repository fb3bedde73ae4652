"""Photographs of cats and dogs."""

from pathlib import Path

from convbook.data.dataset import ImageDataset, Profile
from convbook.data.full_size import Published, require_full
from convbook.data.image_files import image_paths, read_classes, require_size

CATS_DOGS = Published(
    "Cats and dogs",
    "cats_vs_dogs",
    small="photo_digits()",
    origin="Microsoft's kagglecatsanddogs_5340.zip by Keras's download, SHA-256 checked",
)

CLASS_NAMES = ("cat", "dog")
SEED = 2013
DOWNLOADED_OF_CLASS = 1_000

Paths = dict[str, list[list[Path]]]
"""For "train" and "test", the images of each class."""


def cats_dogs(profile: Profile = "sample", size: int = 160) -> ImageDataset:
    """Photographs of cats and dogs, cropped to their middle square (Elson et al. 2007, Asirra).

    Full size only: from ``$CONVBOOK_DATA/cats_vs_dogs/{train,test}/{cats,dogs}``, or by download,
    of which the first 1,000 readable images of each class train and the next 1,000 test. 4,000
    images of 160x160 hold 307 MB and take some 4 s to read.

    Args:
        size: height and width in pixels of every image in the result.

    Raises:
        ValueError: any profile but "full", for which ``photo_digits()`` stands in at sample size;
            a size below 1.
        MissingDataError: the data is neither there nor downloadable, or it is damaged.
    """
    require_full(profile, CATS_DOGS.data_set, stand_in="photo_digits")
    require_size(size)
    paths, source = CATS_DOGS.load(_in_folder, _download)
    x_train, y_train = read_classes(paths["train"], size, SEED)
    x_test, y_test = read_classes(paths["test"], size, SEED)
    return ImageDataset(
        name="Cats and dogs",
        profile=profile,
        class_names=CLASS_NAMES,
        licence="none stated (Microsoft Research, Asirra)",
        source=source,
        x_train=x_train,
        y_train=y_train,
        x_test=x_test,
        y_test=y_test,
    )


def _in_folder(folder: Path) -> Paths:
    return {
        part: [image_paths(folder / part / f"{name}s") for name in CLASS_NAMES]
        for part in ("train", "test")
    }


def _download() -> Paths:
    import keras

    archive = keras.utils.get_file(
        "kagglecatsanddogs_5340",
        origin="https://download.microsoft.com/download/3/E/1/"
        "3E1C3F21-ECDB-4869-8368-6DEBA77B919F/kagglecatsanddogs_5340.zip",
        file_hash="b7974bd00a84a99921f36ee4403f089853777b5ae8d151c76a86e64900334af9",
        extract=True,
    )
    classes = [_numbered(Path(archive, "PetImages", name.title())) for name in CLASS_NAMES]
    half = DOWNLOADED_OF_CLASS
    return {
        "train": [paths[:half] for paths in classes],
        "test": [paths[half : 2 * half] for paths in classes],
    }


def _numbered(folder: Path) -> list[Path]:
    # Two of the archive's files are empty.
    filled = [path for path in image_paths(folder) if path.stat().st_size]
    return sorted(filled, key=lambda path: int(path.stem))
