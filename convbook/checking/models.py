"""Models that travel: architecture as a configuration, weights as arrays, nothing that is code.

A model comes from a process that may lie and be hostile, and is built again where it is judged. Its
configuration is walked against a list of what is allowed before anything is built, so that only
Keras's own layers, with no code, no file and no surprise in size, ever come to be.
"""

import math
import re
from copy import deepcopy
from typing import Any

import numpy as np

from convbook.checking.plain import CheckFailed

_LAYERS = {
    *("InputLayer", "Dense", "Flatten", "Reshape", "Permute", "RepeatVector", "Embedding"),
    *("Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax", "Identity"),
    *("Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "GaussianNoise"),
    *("GaussianDropout", "AlphaDropout", "ActivityRegularization", "Masking", "Rescaling"),
    *("BatchNormalization", "LayerNormalization", "GroupNormalization", "UnitNormalization"),
    *("RMSNormalization", "Normalization"),
    *("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "Dot"),
    *(
        f"{kind}{n}D"
        for kind in ("Conv", "ZeroPadding", "Cropping", "UpSampling")
        for n in (1, 2, 3)
    ),
    *(f"Conv{n}DTranspose" for n in (1, 2, 3)),
    *(f"{kind}Conv{n}D" for kind in ("Depthwise", "Separable") for n in (1, 2)),
    *(f"{how}Pooling{n}D" for how in ("Max", "Average") for n in (1, 2, 3)),
    *(f"Global{how}Pooling{n}D" for how in ("Max", "Average") for n in (1, 2, 3)),
    *("RandomFlip", "RandomTranslation", "RandomRotation", "RandomZoom", "RandomContrast"),
    *("RandomBrightness", "RandomCrop", "CenterCrop", "Resizing"),
    *("SimpleRNN", "LSTM", "GRU", "Bidirectional", "SimpleRNNCell", "LSTMCell", "GRUCell"),
    *("MultiHeadAttention", "Attention", "AdditiveAttention"),
}
_MODULES = {
    "keras.layers": _LAYERS,
    "keras": {"DTypePolicy", "Sequential"},
    "keras.models": {"Sequential", "Functional"},
    "keras.src.models.functional": {"Functional"},
    "keras.initializers": None,
    "keras.regularizers": None,
    "keras.constraints": None,
    "builtins": {"__keras_tensor__", "__tuple__"},
}
"""Modules and their classes that a configuration may name; None for every class."""
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_DEEPEST = 60
LAYERS_ONLY = (
    "The model has steps that are no layers. Use layers.Add()([a, b]) for a + b, and so on, instead of operators and "
    "functions of keras.ops."
)


def describe(model: Any) -> dict[str, Any]:
    """What travels of a Keras model, as plain data.

    Raises:
        CheckFailed: the model cannot describe itself, being a class of its own.
    """
    import keras

    try:
        config = keras.saving.serialize_keras_object(model)
    except Exception as error:
        raise CheckFailed(
            f"The model cannot be handed over ({type(error).__name__}). Build it of Keras's layers "
            "with keras.Sequential or keras.Model."
        ) from None
    config.pop("compile_config", None)
    weights = [np.asarray(weight) for weight in model.get_weights()]
    return {"config": config, "weights": weights}


def rebuild(described: Any) -> Any:
    """The model again, from what :func:`describe` gave; its origin may be anyone.

    Raises:
        CheckFailed: something that is not on the list, or weights that do not fit.
    """
    from convbook.costs import outline

    config, weights = _parts(described)
    _require_allowed(config, 0)
    shapes = [tuple(weight.shape) for weight in weights]
    outlined = _attempt(lambda: outline(lambda: _from_config(config)))
    needed = [tuple(weight.shape) for weight in outlined.weights]
    if needed != shapes:
        raise CheckFailed(
            f"The model's weights do not fit its layers: {_count(shapes):,} numbers for layers that "
            f"have {_count(needed):,}."
        )
    model = _attempt(lambda: _from_config(config))
    model.set_weights(weights)
    return model


def _parts(described: Any) -> tuple[dict, list[np.ndarray]]:
    config, weights = described.get("config"), described.get("weights")
    arrays = isinstance(weights, list) and all(
        isinstance(w, np.ndarray) and w.dtype.kind in "biuf" for w in weights
    )
    if not isinstance(config, dict) or not arrays:
        raise CheckFailed("The model could not be handed over.")
    return config, weights


def _require_allowed(node: Any, depth: int) -> None:
    """Walks everything in a configuration; whatever has a class has to be on the list."""
    if depth > _DEEPEST:
        raise CheckFailed("The model's description is nested too deeply.")
    if isinstance(node, list | tuple):
        for item in node:
            _require_allowed(item, depth + 1)
    if not isinstance(node, dict):
        return
    if "class_name" in node:
        _require_allowed_class(node)
    activations = (node[key] for key in ("activation", "recurrent_activation") if key in node)
    if not all(_is_built_in_activation(value) for value in activations):
        raise CheckFailed("The model has an activation of its own; use one of Keras's by name.")
    for key, value in node.items():
        if type(key) is not str:
            raise CheckFailed("The model's description is damaged.")
        _require_allowed(value, depth + 1)


def _require_allowed_class(node: dict) -> None:
    module, name = node.get("module") or "builtins", node["class_name"]
    registered = node.get("registered_name")
    allowed = _MODULES.get(module, ()) if type(module) is str else ()
    is_known = type(name) is str and (allowed is None or name in allowed)
    if type(module) is str and module.startswith("keras.src.ops"):
        raise CheckFailed(LAYERS_ONLY)
    if not is_known or registered not in (None, name, "Functional", "Sequential"):
        raise CheckFailed(
            f"The model contains {str(name)[:80]}; only Keras's own layers can be checked, and no "
            "Lambda."
        )


def _is_built_in_activation(value: Any) -> bool:
    import keras

    if value is None or isinstance(value, dict):  # a dict is walked like everything else
        return True
    known = type(value) is str and _IDENTIFIER.fullmatch(value)
    return bool(known) and callable(getattr(keras.activations, value, None))


def _from_config(config: dict) -> Any:
    import keras

    # Keras changes a configuration while it reads it.
    made = keras.saving.deserialize_keras_object(deepcopy(config), safe_mode=True)
    if not isinstance(made, keras.Model):
        raise CheckFailed(f"Expected a Keras model, got a {type(made).__name__}.")
    return made


def _attempt(build: Any) -> Any:
    try:
        return build()
    except CheckFailed:
        raise
    except Exception as error:  # whatever Keras raises on a configuration that makes no sense
        raise CheckFailed(f"The model could not be built again ({type(error).__name__}).") from None


def _count(shapes: list[tuple[int, ...]]) -> int:
    return sum(math.prod(shape) for shape in shapes)
