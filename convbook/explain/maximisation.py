"""Filter maximisation: an image that a unit answers to as strongly as it can."""

from collections.abc import Sequence

import keras
import numpy as np
from keras import ops

from convbook.explain.models import layer_named
from convbook.gradients import value_and_gradient


def maximise_filter(
    model: keras.Model,
    layer: str,
    channel: int,
    size: Sequence[int] | None = None,
    steps: int = 100,
    rate: float = 0.1,
    seed: int = 0,
) -> np.ndarray:
    """Climbs from noise to an image for which the mean of one map is large (Erhan 2009).

    Each step goes along the gradient divided by its root mean square, so that ``rate`` is in units of
    the image, and the image is kept between 0 and 1.

    Args:
        model: takes images with values from 0 to 1.
        layer: name of a layer with maps.
        channel: number of the map.
        size: height and width; the model's own by default.
        steps: gradient steps.
        rate: length of the first step; the steps shrink linearly.
        seed: of the noise.

    Returns:
        ``(height, width, channels)`` from 0 to 1.

    Raises:
        ValueError: no such layer or map, or a model without a fixed size and no ``size``.
    """
    chosen = layer_named(model, layer)
    maps = chosen.output.shape[-1]
    if len(chosen.output.shape) != 4 or not 0 <= channel < maps:
        raise ValueError(f'"{layer}" has the output {chosen.output.shape[1:]}, no map {channel}')
    sides = tuple(model.input_shape[1:3] if size is None else size)
    if None in sides:
        raise ValueError("the model takes images of any size: give size=(height, width)")
    inside = keras.Model(model.inputs[0], chosen.output)

    def answer(image: keras.KerasTensor) -> keras.KerasTensor:
        return ops.mean(inside(image, training=False)[..., channel])

    climb = value_and_gradient(answer)
    noise = np.random.default_rng(seed).uniform(0.4, 0.6, (1, *sides, model.input_shape[-1]))
    image = ops.convert_to_tensor(noise.astype("float32"))
    for step in range(steps):
        _, gradient = climb(image)
        length = ops.sqrt(ops.mean(ops.square(gradient))) + 1e-8
        image = ops.clip(image + rate * (1 - step / steps) * gradient / length, 0, 1)
    return ops.convert_to_numpy(image)[0]
