"""Feature extractors for style transfer: random, trained in the course, or pretrained."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import h5py
import keras
from keras import layers, ops

from convbook.data.full_size import Published, naming_damage

IMAGENET_MEAN_BGR = (103.939, 116.779, 123.68)
"""Mean of each channel over ImageNet, 0 to 255, as the original VGG networks subtract it."""


def random_filters(
    sizes: Sequence[int] = (3, 5, 7, 11, 15, 23), maps: int = 32, seed: int = 0
) -> keras.Model:
    """One layer of random filters of several sizes, never trained (Ustyuzhaninov 2016).

    Texture needs statistics of neighbourhoods, not trained features: uniformly random windows do, if
    there are small and large ones. The paper has 128 maps for each of 3, 5, 7, 11, 15, 23, 37 and 55.

    Args:
        sizes: sides of the square windows; each size is a map ``filters_<size>``.
        maps: number of filters of each size.
        seed: of the weights.

    Returns:
        An extractor with one feature map array a size.
    """
    image = keras.Input((None, None, 3))
    centred = layers.Rescaling(2.0, offset=-1.0)(image)
    features = {}
    for size in sizes:
        limit = math.sqrt(6 / (size * size * (3 + maps)))  # Glorot 2010
        features[f"filters_{size}"] = layers.Conv2D(
            maps,
            size,
            padding="same",
            activation="relu",
            use_bias=False,
            kernel_initializer=keras.initializers.RandomUniform(-limit, limit, seed=seed + size),
            name=f"filters_{size}",
        )(centred)
    return keras.Model(image, features)


def from_model(model: keras.Model, names: Sequence[str], scale: float = 1.0) -> keras.Model:
    """Layers of a network trained before, on colour pictures of any size.

    Args:
        model: functional or sequential, convolutional up to the named layers.
        names: of layers with maps.
        scale: what the model's images were multiplied with, 255 for a model trained on bytes.

    Raises:
        ValueError: a layer that is missing or has no maps.
    """
    from convbook.explain.models import layer_named

    for name in names:
        if len(layer_named(model, name).output.shape) != 4:
            raise ValueError(f'"{name}" has no maps: its output is of a dense layer')
    inside = keras.Model(model.inputs[0], {name: model.get_layer(name).output for name in names})
    image = keras.Input((None, None, model.input_shape[-1]))
    return keras.Model(image, inside(layers.Rescaling(scale)(image)))


def squeezenet() -> keras.Model:
    """SqueezeNet 1.1 up to its eighth fire module (Iandola 2016), trained on ImageNet.

    Small and quick, with good features for style. Weights: the file
    ``weights/squeezenet_weights_tf_dim_ordering_tf_kernels_notop.h5`` in ``$CONVBOOK_DATA``.

    Raises:
        MissingDataError: the weights are not there, or damaged.
    """
    image = keras.Input((None, None, 3))
    x = layers.Conv2D(64, 3, strides=2, activation="relu", name="conv1")(_as_vgg_saw_it(image))
    features = {"conv1": x}
    x = layers.MaxPooling2D(3, 2, name="pool1")(x)
    for number, (squeezed, expanded) in enumerate(_FIRE_MODULES, start=2):
        x = features[f"fire{number}"] = _fire(x, squeezed, expanded, f"fire{number}")
        if number in (3, 5):
            x = layers.MaxPooling2D(3, 2, name=f"pool{number}")(x)
    model = keras.Model(image, features)
    weights = Published(
        "SqueezeNet",
        "weights/squeezenet_weights_tf_dim_ordering_tf_kernels_notop.h5",
        small="style.random_filters()",
    )
    weights.load(lambda path: _load_named_weights(model, path))
    return model


def vgg19() -> keras.Model:
    """The convolutions of VGG-19, trained on ImageNet: the extractor of Gatys (2016).

    Weights: Keras's file ``weights/vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5`` in
    ``$CONVBOOK_DATA``, or Keras's download.

    Raises:
        MissingDataError: neither way worked.
    """
    weights = Published(
        "VGG-19",
        "weights/vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5",
        small="style.random_filters()",
        origin="Keras's download, hash checked",
    )

    def from_file(path: Path) -> keras.Model:
        with naming_damage(path, "a weights file of VGG19"):
            return keras.applications.VGG19(include_top=False, weights=str(path))

    network, _ = weights.load(from_file, lambda: keras.applications.VGG19(include_top=False))
    convolutions = [x for x in network.layers if isinstance(x, layers.Conv2D)]
    inside = keras.Model(network.inputs[0], {layer.name: layer.output for layer in convolutions})
    image = keras.Input((None, None, 3))
    return keras.Model(image, inside(_as_vgg_saw_it(image)))


_FIRE_MODULES = [(16, 64)] * 2 + [(32, 128)] * 2 + [(48, 192)] * 2 + [(64, 256)] * 2
"""Squeezed maps, and expanded maps of each kernel size, of the modules 2 to 9."""


def _fire(x: Any, squeezed: int, expanded: int, name: str) -> Any:
    """Squeeze the maps with 1×1 windows, expand them with 1×1 and 3×3 ones side by side."""
    x = layers.Conv2D(squeezed, 1, activation="relu", name=f"{name}_squeeze1x1")(x)
    narrow = layers.Conv2D(expanded, 1, activation="relu", name=f"{name}_expand1x1")(x)
    wide = layers.Conv2D(expanded, 3, padding="same", activation="relu", name=f"{name}_expand3x3")(
        x
    )
    return layers.Concatenate(name=name)([narrow, wide])


def _as_vgg_saw_it(image: Any) -> Any:
    """Blue, green, red from 0 to 255, minus the mean of each."""
    below_zero = [-mean for mean in IMAGENET_MEAN_BGR]
    return layers.Rescaling(255.0, offset=below_zero)(ops.flip(image, axis=-1))


def _load_named_weights(model: keras.Model, path: Path) -> None:
    """Fills the convolutions from a file of Keras 1, which has a group for each layer."""
    with naming_damage(path, "a weights file of SqueezeNet"), h5py.File(path) as file:
        for layer in model.layers:
            if isinstance(layer, layers.Conv2D):
                group = file[layer.name.replace("_", "/")]
                layer.set_weights([group[name] for name in group.attrs["weight_names"]])
