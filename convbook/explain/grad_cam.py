"""Grad-CAM: where in the image a class score comes from, by a layer's maps."""

import keras
import numpy as np

from convbook.explain.models import layer_named, require_class, require_image, scores
from convbook.gradients import value_and_gradient


def grad_cam(model: keras.Model, image: np.ndarray, class_number: int, layer: str) -> np.ndarray:
    """Class activation map of a convolutional layer (Selvaraju 2017, equations 1 and 2).

    Each map ``k`` of the layer is weighted by the mean gradient of the class score ``y``, and what is
    negative in the sum is dropped:

    a[k] = mean over i, j of dy / dA[i, j, k];  L[i, j] = max(0, sum over k of a[k] A[i, j, k])

    Args:
        image: ``(height, width, channels)``.
        class_number: the class whose score is explained.
        layer: name of a layer with maps, usually the last one; all paths must lead through it.

    Returns:
        ``(height, width)``: the map, enlarged to the image; zero or more.

    Raises:
        ValueError: an image of another shape, no such class, or a layer without maps or with paths
            around it.
    """
    batch = require_image(model, image)
    require_class(model, class_number)
    chosen = layer_named(model, layer)
    if len(chosen.output.shape) != 4:
        raise ValueError(f'"{layer}" has no maps: its output is {chosen.output.shape[1:]}')
    before_softmax = scores(model)
    below = keras.Model(model.inputs[0], chosen.output)
    try:
        above = keras.Model(chosen.output, before_softmax.outputs[0])
    except ValueError as error:
        raise ValueError(
            f'"{layer}" has paths around it; choose a layer where they meet'
        ) from error

    def score(maps: keras.KerasTensor) -> keras.KerasTensor:
        return above(maps, training=False)[0, class_number]

    maps = below(batch, training=False)
    _, gradient = value_and_gradient(score)(maps)
    weights = keras.ops.mean(gradient, axis=(1, 2), keepdims=True)
    coarse = keras.ops.relu(keras.ops.sum(weights * maps, axis=-1, keepdims=True))
    enlarged = keras.ops.image.resize(
        coarse, batch.shape[1:3], interpolation="bilinear", data_format="channels_last"
    )
    return keras.ops.convert_to_numpy(enlarged)[0, ..., 0]
