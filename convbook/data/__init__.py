"""Data sets of the course, in two profiles.

``"sample"`` (the default) comes with the installed packages: it never opens a network
connection and gives the same bytes every time. ``"full"`` is the published data set,
looked for in the folder ``$CONVBOOK_DATA`` first and downloaded otherwise. A loader never
falls back from one to the other.
"""

from convbook.data.cats_dogs import cats_dogs
from convbook.data.cifar10 import cifar10
from convbook.data.dataset import (
    DetectionDataset,
    ImageDataset,
    Profile,
    SceneDataset,
    TextDataset,
)
from convbook.data.digit_scenes import digit_scenes
from convbook.data.digits import digits
from convbook.data.fashion import fashion
from convbook.data.flowers import flowers
from convbook.data.full_size import MissingDataError
from convbook.data.imdb import imdb
from convbook.data.photo_digits import photo_digits, plain_digits
from convbook.data.photos import Photo, photos
from convbook.data.raccoon import raccoon
from convbook.data.reviews import reviews
from convbook.data.text import Vocabulary

__all__ = [
    "DetectionDataset",
    "ImageDataset",
    "MissingDataError",
    "Photo",
    "Profile",
    "SceneDataset",
    "TextDataset",
    "Vocabulary",
    "cats_dogs",
    "cifar10",
    "digit_scenes",
    "digits",
    "fashion",
    "flowers",
    "imdb",
    "photo_digits",
    "photos",
    "plain_digits",
    "raccoon",
    "reviews",
]
