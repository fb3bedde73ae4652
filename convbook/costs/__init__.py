"""What a network costs before it runs: parameters, multiplications, memory, and what it sees.

Describe a network as a list of layers (:class:`Conv`, :class:`Pool`, ...) or hand over a built
Keras model; both become the same :class:`NetworkCost`, a table with totals.

Conventions, which published counts differ in:

- Parameters are all weights, trainable or not. :meth:`NetworkCost.parameters_without` leaves out
  the biases of convolutions or the statistics of batch normalisation, as many papers do.
- A multiplication is one product of a kernel weight with an input value, as in Géron (2019,
  ch. 14). Additions, biases, activations, pooling and normalisation count nothing.
- Memory is a lower bound: the arrays that must exist. Frameworks add work space, gradients and
  optimiser state; ``weight_copies`` accounts for the last two.
- Layers that only pass their input on (flatten, reshape, dropout when predicting) store nothing.
- A receptive field is counted as if the image went on beyond its border, as in Araujo (2019).
- MB are 10**6 bytes.
"""

from convbook.costs.keras_models import of_model, outline
from convbook.costs.layers import Conv, Dense, Flatten, GlobalPool, Layer, Pool, of_layers
from convbook.costs.network import FLOAT32_BYTES, LayerCost, NetworkCost, Shape
from convbook.costs.reads import NETWORK_INPUT
from convbook.costs.receptive_field import receptive_field

__all__ = [
    "FLOAT32_BYTES",
    "NETWORK_INPUT",
    "Conv",
    "Dense",
    "Flatten",
    "GlobalPool",
    "Layer",
    "LayerCost",
    "NetworkCost",
    "Pool",
    "Shape",
    "of_layers",
    "of_model",
    "outline",
    "receptive_field",
]
