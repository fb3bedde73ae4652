"""Photographs of five kinds of flower."""

from pathlib import Path

from convbook.data.dataset import ImageDataset, Profile
from convbook.data.full_size import Published, require_full
from convbook.data.image_files import image_paths, read_classes, require_size

FLOWERS = Published(
    "Flowers",
    "flowers",
    small="photo_digits()",
    origin="TensorFlow's flower_photos.tgz by Keras's download, SHA-256 checked",
)

CLASS_NAMES = ("daisy", "dandelion", "rose", "sunflower", "tulip")
SEED = 2019
TEST_SHARE = 5  # one image in five


def flowers(profile: Profile = "sample", size: int = 128) -> ImageDataset:
    """Photographs of daisies, dandelions, roses, sunflowers and tulips, their middle squares.

    The set is published without a split. Here the last fifth of each class, by file name, is the
    test: the names begin with Flickr's numbers, so that pictures uploaded together stay together.

    Full size only: from ``$CONVBOOK_DATA/flowers``, a folder for each class (its plural will do),
    or by download of TensorFlow's 3,670. 4,058 images of 128x128 hold 199 MB and take some 3 s to
    read.

    Args:
        size: height and width in pixels of every image in the result.

    Raises:
        ValueError: any profile but "full", for which ``photo_digits()`` stands in at sample size;
            a size below 1.
        MissingDataError: the data is neither there nor downloadable, or it is damaged.
    """
    require_full(profile, FLOWERS.data_set, stand_in="photo_digits")
    require_size(size)
    classes, source = FLOWERS.load(_in_folder, lambda: _in_folder(_download()))
    splits = [len(paths) - len(paths) // TEST_SHARE for paths in classes]
    parts = list(zip(classes, splits, strict=True))
    x_train, y_train = read_classes([paths[:split] for paths, split in parts], size, SEED)
    x_test, y_test = read_classes([paths[split:] for paths, split in parts], size, SEED)
    return ImageDataset(
        name="Flowers",
        profile=profile,
        class_names=CLASS_NAMES,
        licence="the photographers' on Flickr; TensorFlow's archive: CC BY 2.0",
        source=source,
        x_train=x_train,
        y_train=y_train,
        x_test=x_test,
        y_test=y_test,
    )


def _in_folder(folder: Path) -> list[list[Path]]:
    plurals = [name for name in CLASS_NAMES if Path(folder, f"{name}s").is_dir()]
    return [image_paths(folder / (f"{name}s" if name in plurals else name)) for name in CLASS_NAMES]


def _download() -> Path:
    import keras

    archive = keras.utils.get_file(
        "flower_photos",
        origin="https://storage.googleapis.com/download.tensorflow.org/example_images/"
        "flower_photos.tgz",
        file_hash="4c54ace7911aaffe13a365c34f650e71dd5bf1be0a58b464e5a7183e3e595d9c",
        extract=True,
    )
    return Path(archive, "flower_photos")
