"""A classifier that slides: dense layers as convolutions with the same weights."""

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras


def dense_to_conv(
    dense: "keras.layers.Dense", map_shape: tuple[int, int, int]
) -> "keras.layers.Conv2D":
    """The convolution that does to each window what a dense layer does to one map.

    200 units on a flattened 7×7×100 map are 200 filters of 7×7 without padding: the
    same weights, the same sums (Long 2015, section 3.1; Géron 2019, ch. 14). A dense
    layer on another one is a convolution with a window of 1×1: its map is ``(1, 1,
    units of the other)``.

    Args:
        dense: a built layer.
        map_shape: ``(height, width, channels)`` of the map that was flattened in that
            order.

    Returns:
        A layer of its own with a copy of the weights, for maps from ``map_shape``
        upwards.

    Raises:
        ValueError: a layer that is not built, or a map with another number of values.
    """
    import keras

    if not dense.built:
        raise ValueError(f"{dense.name} has no weights yet: build the model first")
    inputs, units = dense.kernel.shape
    if inputs != math.prod(map_shape):
        raise ValueError(
            f"{dense.name} takes {inputs} values, and a map of shape "
            f"{tuple(map_shape)} has {math.prod(map_shape)}"
        )
    *window, channels = map_shape
    conv = keras.layers.Conv2D(
        units,
        window,
        padding="valid",
        activation=dense.activation,
        use_bias=dense.use_bias,
        name=dense.name,
    )
    conv.build((None, None, None, channels))
    kernel, *bias = dense.get_weights()
    conv.set_weights([kernel.reshape(*window, channels, units), *bias])
    return conv


def fully_convolutional(model: "keras.Model") -> "keras.Model":
    """The same classifier for images of any size, which gives a map of answers.

    Flatten goes, dense layers become convolutions, all else is copied with its weights.
    On an image of the old size the answer is the old one, as a 1×1 map. A larger image
    has more: where the old model's last map was 7×7, 448 pixels instead of 224 make it
    14×14, and the head's 7×7 windows fit into it at 8×8 places.

    Args:
        model: sequential or functional, built, with one image as input. After Flatten,
            only dense layers and layers that treat every position alike (dropout,
            activations, batch normalisation, concatenation). No models inside.

    Returns:
        A functional model ``(batch, any height, any width, channels)`` to ``(batch,
        rows, columns, units)``, or a list of these for a model with several heads.

    Raises:
        ValueError: the model is not built or its input is no image, or a dense layer
            does not follow on a flattened map.
    """
    import keras

    inputs = getattr(model, "inputs", None) or []
    sizes = [tensor.shape[1:] for tensor in inputs]
    if len(sizes) != 1 or len(sizes[0]) != 3 or None in sizes[0]:
        raise ValueError(
            f"{model.name} must be built for images of one size: "
            "start it with keras.Input((height, width, channels))"
        )

    def call(
        layer: "keras.layers.Layer", x: "keras.KerasTensor", **options: bool
    ) -> "keras.KerasTensor":
        if isinstance(layer, keras.layers.Flatten):
            return x
        if not isinstance(layer, keras.layers.Dense):
            return layer(x, **options)
        if len(x.shape) != 4:
            raise ValueError(
                f"{layer.name} does not follow on a flattened map, "
                f"but on numbers of shape {x.shape}"
            )
        return dense_to_conv(model.get_layer(layer.name), x.shape[1:])(x)

    same_size = keras.models.clone_model(
        keras.Model(inputs, model.outputs),
        input_tensors=[keras.Input(sizes[0])],
        call_function=call,
    )
    for layer in model.layers:
        if layer.weights and not isinstance(layer, keras.layers.Dense):
            same_size.get_layer(layer.name).set_weights(layer.get_weights())
    any_size = keras.models.clone_model(
        same_size, input_tensors=[keras.Input((None, None, sizes[0][-1]))]
    )
    any_size.set_weights(same_size.get_weights())
    return any_size
