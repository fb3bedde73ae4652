"""What each layer makes of an image."""

from collections.abc import Sequence

import keras
import numpy as np

from convbook.explain.models import layer_named, require_image


def activations(
    model: keras.Model, image: np.ndarray, layers: Sequence[str] | None = None
) -> dict[str, np.ndarray]:
    """The outputs of a model's layers for one image, by the layers' names.

    Args:
        image: ``(height, width, channels)``.
        layers: names of layers; all but the input by default.

    Returns:
        Arrays without the batch: ``(height, width, maps)``, or ``(features,)`` further on.

    Raises:
        ValueError: an image of another shape than the model takes, or a layer that it lacks.
    """
    batch = require_image(model, image)
    if layers is None:
        chosen = [x for x in model.layers if not isinstance(x, keras.layers.InputLayer)]
    else:
        chosen = [layer_named(model, name) for name in layers]
    inside = keras.Model(model.inputs[0], {layer.name: layer.output for layer in chosen})
    outputs = inside(batch, training=False)
    return {layer.name: keras.ops.convert_to_numpy(outputs[layer.name])[0] for layer in chosen}
