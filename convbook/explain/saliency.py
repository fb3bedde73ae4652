"""Saliency: which pixels would change a class score most."""

import keras
import numpy as np

from convbook.explain.models import require_class, require_image, scores
from convbook.gradients import value_and_gradient


def saliency(model: keras.Model, image: np.ndarray, class_number: int) -> np.ndarray:
    """The size of the gradient of a class score at each pixel (Simonyan 2013, section 3).

    Args:
        image: ``(height, width, channels)``.
        class_number: the class whose score is explained.

    Returns:
        ``(height, width)``: the largest absolute derivative among a pixel's channels.

    Raises:
        ValueError: an image of another shape than the model takes, or no such class.
    """
    batch = require_image(model, image)
    require_class(model, class_number)
    before_softmax = scores(model)

    def score(x: keras.KerasTensor) -> keras.KerasTensor:
        return before_softmax(x, training=False)[0, class_number]

    _, gradient = value_and_gradient(score)(batch)
    return np.abs(keras.ops.convert_to_numpy(gradient)[0]).max(axis=-1)
