"""Parts of a trained model that explanations need: its layers' outputs, and its class scores."""

import keras
import numpy as np
from keras import layers, ops


def require_image(model: keras.Model, image: np.ndarray) -> np.ndarray:
    """The image as a batch of one.

    Raises:
        ValueError: the model takes images of another shape.
    """
    takes = model.input_shape[1:]
    fits = len(takes) == np.ndim(image) and all(
        size in (None, given) for size, given in zip(takes, np.shape(image), strict=True)
    )
    if not fits:
        raise ValueError(f"the model takes one image {takes}, not {np.shape(image)}")
    return np.asarray(image, "float32")[np.newaxis]


def require_class(model: keras.Model, class_number: int) -> None:
    """Raises ValueError for a number that is no class of the model."""
    classes = model.output_shape[-1]
    if len(model.output_shape) != 2 or not 0 <= class_number < classes:
        raise ValueError(f"{class_number} is none of the outputs {model.output_shape[1:]}")


def layer_named(model: keras.Model, name: str) -> keras.Layer:
    """The layer of that name.

    Raises:
        ValueError: there is none; the message lists those that there are.
    """
    names = [layer.name for layer in model.layers]
    if name not in names:
        raise ValueError(f'there is no layer "{name}"; the model has {", ".join(names)}')
    return model.get_layer(name)


def scores(model: keras.Model) -> keras.Model:
    """The same model, without the softmax at its end.

    Explanations start from these scores: through a softmax, evidence *against the other classes*
    would count as well (Simonyan 2013, section 3).

    Raises:
        ValueError: the model does not end in a dense layer, or in an activation of its own.
    """
    last = model.layers[-1]
    if isinstance(last, layers.Softmax | layers.Activation):
        return keras.Model(model.inputs[0], last.input)
    if not isinstance(last, layers.Dense):
        raise ValueError(
            f"class scores are read from a dense layer or before a softmax at the model's end, not "
            f"from {last.name}, a {type(last).__name__}"
        )
    if last.activation is keras.activations.linear:
        return model
    return keras.Model(model.inputs[0], _Sums(last, name=f"{last.name}_scores")(last.input))


class _Sums(layers.Layer):
    """The weighted sums of a dense layer, before its activation; the weights are the same."""

    def __init__(self, dense: layers.Dense, **options: str):
        super().__init__(**options)
        self.dense = dense

    def call(self, x: keras.KerasTensor) -> keras.KerasTensor:
        sums = ops.matmul(x, self.dense.kernel)
        return sums if self.dense.bias is None else sums + self.dense.bias
