"""Photographs and textures that come with scikit-learn and scikit-image."""

from dataclasses import dataclass

import numpy as np

from convbook.data.dataset import Profile, require_profile

SKLEARN = "scikit-learn, sklearn.datasets.load_sample_image"
SKIMAGE = "scikit-image, skimage.data"


@dataclass(frozen=True, repr=False)
class Photo:
    """One picture.

    Attributes:
        image: ``(height, width, 3)``, or ``(height, width, 1)`` where it is grey; uint8 in 0..255.
        shows: what a person sees in it, usable as alt text.
    """

    name: str
    image: np.ndarray
    shows: str
    licence: str
    source: str

    def __repr__(self) -> str:
        height, width, channels = self.image.shape
        return (
            f"{self.name}: {self.shows}, {height}×{width}×{channels}; {self.licence}; {self.source}"
        )


_SHOWS_AND_LICENCE = {
    "china": (
        "a painted Chinese tower above trees and a lake",
        "CC BY 2.0 (danielbuechele, Flickr)",
    ),
    "flower": ("an orange dahlia before dark leaves", "CC BY 2.0 (vultilion, Flickr)"),
    "astronaut": ("the astronaut Eileen Collins in her suit", "public domain (NASA)"),
    "chelsea": ("the face of a tabby cat", "CC0 (Stefan van der Walt)"),
    "coffee": ("a cup of coffee on a wooden table", "CC0 (Rachel Michetti)"),
    "camera": ("a man behind a camera on a tripod", "CC0 (Lav Varshney)"),
    "brick": ("a brick wall", "CC0 (CC0Textures)"),
    "grass": ("grass from above", "CC0 (linolafett)"),
    "gravel": ("gravel from above", "CC0 (CC0Textures)"),
}


def photos(profile: Profile = "sample") -> dict[str, Photo]:
    """Photographs (china, flower, astronaut, chelsea, coffee, camera) and textures (brick, grass,
    gravel) by name. Both profiles are the same pictures: they come with the installed packages.

    Raises:
        ValueError: an unknown profile.
    """
    require_profile(profile)
    import skimage.data
    from sklearn.datasets import load_sample_image

    album = {}
    for name, (shows, licence) in _SHOWS_AND_LICENCE.items():
        in_sklearn = name in {"china", "flower"}
        image = load_sample_image(f"{name}.jpg") if in_sklearn else getattr(skimage.data, name)()
        image = image[..., np.newaxis] if image.ndim == 2 else image
        album[name] = Photo(name, image, shows, licence, SKLEARN if in_sklearn else SKIMAGE)
    return album
