"""Digits on photographs, after MNIST-M, and the same digits on black."""

import numpy as np

from convbook.data.backgrounds import TEST, TRAIN, Part, cut_patches
from convbook.data.chance import generator
from convbook.data.dataset import ImageDataset, Profile
from convbook.data.digits import digits

SIZE = 32
LICENCE = (
    "digits: CC BY-SA 3.0 (MNIST); photographs: CC BY 2.0 (danielbuechele, vultilion), "
    "public domain (NASA), CC0 (Stefan van der Walt, Rachel Michetti)"
)


def plain_digits(profile: Profile = "sample") -> ImageDataset:
    """MNIST digits in the middle of 32x32x3 black, three equal channels.

    The source domain to the target domain :func:`photo_digits`: image by image the same
    digit.

    Raises:
        ValueError: an unknown profile.
        MissingDataError: as :func:`digits`.
    """
    plain = digits(profile)
    return ImageDataset(
        name="MNIST digits on black",
        profile=profile,
        x_train=_framed(plain.x_train),
        y_train=plain.y_train,
        x_test=_framed(plain.x_test),
        y_test=plain.y_test,
        class_names=plain.class_names,
        licence=plain.licence,
        source=plain.source,
    )


def photo_digits(profile: Profile = "sample") -> ImageDataset:
    """MNIST digits blended into photographs, 32x32x3, after MNIST-M.

    As in Ganin and Lempitsky (2015), a pixel is |photo - digit| in each channel, with
    the grey values of the digit: a patch of a photograph, inverted where the digit is.
    Here the patches come from the five colour photographs of ``photos()`` in place of
    the paper's BSDS500, and the digit has a border of two pixels, so that 28x28 becomes
    32x32. Training and test digits are those of ``digits(profile)``, on patches from
    parts of the photographs that do not overlap: the left two thirds, and the right
    one.

    sample: 4,000 + 1,000, the same bytes every time. full: 60,000 + 10,000.

    Raises:
        ValueError: an unknown profile.
        MissingDataError: the full-size digits are missing; as :func:`digits`.
    """
    plain = plain_digits(profile)

    def on_photographs(images: np.ndarray, part: Part) -> np.ndarray:
        return blend(images, cut_patches(len(images), SIZE, part, generator(part.seed)))

    return ImageDataset(
        name="MNIST digits on photographs",
        profile=profile,
        x_train=on_photographs(plain.x_train, TRAIN),
        y_train=plain.y_train,
        x_test=on_photographs(plain.x_test, TEST),
        y_test=plain.y_test,
        class_names=plain.class_names,
        licence=LICENCE,
        source=f"{plain.source}, on photographs in scikit-learn and scikit-image",
    )


def blend(digit: np.ndarray, photo: np.ndarray) -> np.ndarray:
    """``|photo - digit|`` of two uint8 arrays of one shape."""
    return np.maximum(photo, digit) - np.minimum(photo, digit)


def _framed(images: np.ndarray) -> np.ndarray:
    border = (SIZE - images.shape[1]) // 2
    padded = np.pad(images, [(0, 0), (border, border), (border, border), (0, 0)])
    return padded.repeat(3, axis=-1)
