"""A small trained network on a page, for the script ``static/interactive/digit.js`` to compute with."""

import base64
import json

import numpy as np
from IPython.display import HTML

MOST_PARAMETERS = 20_000  # 100 kB on the page


def network_for_browser(model, pictures: np.ndarray) -> HTML:
    """The weights of a network and some pictures for it, as data of the page; nothing is to be seen of them.

    Args:
        model: a Keras model that is a line of ``Conv2D`` with ReLU (VALID, stride 1), ``MaxPooling2D`` of 2×2,
            ``Flatten``, ``Dropout`` and one last ``Dense`` with softmax, on pictures ``(height, width, 1)``.
        pictures: ``(n, height, width, 1)``, from 0 to 1: examples to start from.

    Raises:
        ValueError: another kind of layer or setting, or too many parameters for a page.
    """
    if model.count_params() > MOST_PARAMETERS:
        raise ValueError(f"{model.count_params():,} parameters are too many for a page")
    layers = [described for layer in model.layers if (described := _described(layer))]
    data = {
        "shape": list(model.input_shape[1:3]),
        "layers": layers,
        "pictures": [_text(np.round(255 * picture).astype("uint8")) for picture in pictures],
    }
    return HTML(
        f'<script type="application/json" class="digit-network">{json.dumps(data)}</script>'
    )


def _described(layer) -> dict | None:
    """A layer as data; None for one that does nothing when the network is used."""
    kind, settings = type(layer).__name__, layer.get_config()
    wanted = {
        "Conv2D": {"activation": "relu", "padding": "valid", "strides": (1, 1), "groups": 1, "dilation_rate": (1, 1)},
        "MaxPooling2D": {"pool_size": (2, 2), "strides": (2, 2), "padding": "valid"},
        "Dense": {"activation": "softmax"},
        "InputLayer": {},
        "Flatten": {},
        "Dropout": {},
    }.get(kind)  # fmt: skip
    if wanted is None or any(settings[name] != value for name, value in wanted.items()):
        raise ValueError(f"the script cannot compute the layer {layer.name} ({kind})")
    if kind not in ("Conv2D", "Dense"):
        return {"kind": kind} if kind == "MaxPooling2D" else None
    kernel, bias = (np.asarray(weight, "float32") for weight in layer.get_weights())
    return {"kind": kind, "shape": kernel.shape, "kernel": _text(kernel), "bias": _text(bias)}


def _text(array: np.ndarray) -> str:
    """Little-endian bytes in base 64."""
    return base64.b64encode(array.astype(array.dtype.newbyteorder("<")).tobytes()).decode()
