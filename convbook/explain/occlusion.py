"""Occlusion: cover a part of the image and see what the answer loses."""

from collections.abc import Sequence

import keras
import numpy as np

from convbook.explain.models import require_class, require_image
from convbook.sizes import per_axis


def occlusion(
    model: keras.Model,
    image: np.ndarray,
    class_number: int,
    patch: int | Sequence[int],
    stride: int | Sequence[int] = 1,
    fill: float = 0.0,
    batch: int = 256,
) -> np.ndarray:
    """How much of a class's output is lost when a patch covers each part (Zeiler 2014, section 4.2).

    Args:
        image: ``(height, width, channels)``.
        class_number: the class whose output is watched.
        patch: sides of the covering rectangle.
        stride: step between its places; the last rows and columns are always reached.
        fill: value of the covered pixels.
        batch: covered images predicted at a time.

    Returns:
        ``(height, width)``: output for the image minus output for the covered image, averaged over
        all patches that cover the pixel; zero where none does, which takes a stride above the patch.

    Raises:
        ValueError: an image of another shape, no such class, or a patch larger than the image.
    """
    whole = require_image(model, image)
    require_class(model, class_number)
    sizes = whole.shape[1:3]
    patch, stride = per_axis(patch, 2, "patch"), per_axis(stride, 2, "stride")
    places = [_places(*axis) for axis in zip(sizes, patch, stride, strict=True)]
    corners = [(top, left) for top in places[0] for left in places[1]]

    def output(images: np.ndarray) -> np.ndarray:
        predicted = model(images, training=False)
        return keras.ops.convert_to_numpy(predicted)[:, class_number]

    (intact,) = output(whole)
    loss, covers = np.zeros(sizes), np.zeros(sizes)
    for start in range(0, len(corners), batch):
        part = corners[start : start + batch]
        covered = np.repeat(whole, len(part), axis=0)
        for one, (top, left) in zip(covered, part, strict=True):
            one[top : top + patch[0], left : left + patch[1]] = fill
        for (top, left), remains in zip(part, output(covered), strict=True):
            under = slice(top, top + patch[0]), slice(left, left + patch[1])
            loss[under] += intact - remains
            covers[under] += 1
    return np.divide(loss, covers, out=np.zeros(sizes), where=covers > 0)


def _places(size: int, patch: int, stride: int) -> list[int]:
    """First covered positions along an axis; the last one ends at the border."""
    if not 1 <= patch <= size:
        raise ValueError(f"a patch of {patch} does not fit into {size} pixels")
    if stride < 1:
        raise ValueError(f"stride must be at least 1, got {stride}")
    places = list(range(0, size - patch + 1, stride))
    return places if places[-1] == size - patch else [*places, size - patch]
