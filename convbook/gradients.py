"""Gradients with respect to an input, on each of Keras's backends.

Keras trains weights on every backend, but leaves gradients with respect to anything else to the
backend. This is the one module that knows the three ways.
"""

from collections.abc import Callable
from typing import Any

import keras

Tensor = Any
"""A tensor of the backend in use."""


def value_and_gradient(
    function: Callable[[Tensor], Tensor],
) -> Callable[[Tensor], tuple[Tensor, Tensor]]:
    """A function that gives ``function(x)`` and its gradient at ``x``.

    Made once and called often: TensorFlow compiles it at its first call for each shape.

    Args:
        function: of a float tensor, written with Keras layers and ``keras.ops``; its result is a
            scalar. Layers have to be called with ``training=False``.

    Raises:
        ValueError: when called, for a result that is not a scalar.
    """

    def checked(x: Tensor) -> Tensor:
        result = function(x)
        if tuple(result.shape) != ():
            raise ValueError(f"a gradient is of a scalar, not of the shape {tuple(result.shape)}")
        return result

    return _OF_BACKEND[keras.backend.backend()](checked)


def _tensorflow(function: Callable) -> Callable:
    import tensorflow as tf

    @tf.function
    def both(x: Tensor) -> tuple[Tensor, Tensor]:
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = function(x)
        return value, tape.gradient(value, x, unconnected_gradients="zero")

    return lambda x: both(keras.ops.convert_to_tensor(x))


def _jax(function: Callable) -> Callable:
    import jax

    both = jax.value_and_grad(function)  # jax.jit would keep the weights of its first call
    return lambda x: both(keras.ops.convert_to_tensor(x))


def _torch(function: Callable) -> Callable:
    import torch

    def both(x: Tensor) -> tuple[Tensor, Tensor]:
        x = keras.ops.convert_to_tensor(x).detach().requires_grad_(True)
        with torch.enable_grad():
            value = function(x)
            if not value.requires_grad:
                return value, torch.zeros_like(x)
            (gradient,) = torch.autograd.grad(value, x, allow_unused=True)
        return value.detach(), torch.zeros_like(x) if gradient is None else gradient

    return both


_OF_BACKEND = {"tensorflow": _tensorflow, "jax": _jax, "torch": _torch}
