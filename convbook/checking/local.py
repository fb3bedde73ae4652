"""The student's work in the same notebook: their namespace, as plain data."""

import sys
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from convbook.checking.models import LAYERS_ONLY
from convbook.checking.plain import CheckFailed, plain


class ModelHandle:
    """A student's Keras model, seen from a test: it answers requests and stays where it is."""

    def __init__(self, model: Any):
        self._model = model

    def predict(self, x: np.ndarray, batch_size: int = 256) -> Any:
        """The model's output for ``x`` as an array; several outputs as a list or dict of arrays."""
        return plain(_predict(self._model, np.array(x), batch_size))

    def predict_with(self, x: np.ndarray, weights: Callable[[str, tuple[int, ...]], Any]) -> Any:
        """The model's output for ``x`` if its weights were others; it keeps its own.

        Args:
            weights: ``weights(name, shape)`` gives each of them, as an array or a number for all of it.
        """
        model = self._model
        kept = model.get_weights()
        try:
            for weight in model.weights:
                shape = tuple(weight.shape)
                weight.assign(np.broadcast_to(weights(weight.name, shape), shape))
            return plain(_predict(model, np.array(x), len(x)))
        finally:
            model.set_weights(kept)

    def parameters(self) -> int:
        """Number of weights, trainable or not."""
        return plain(self._model.count_params())

    def input_shape(self) -> tuple[int | None, ...]:
        """Shape of the input, batch axis first."""
        return plain(tuple(self._model.input_shape))

    def output_shape(self) -> tuple[int | None, ...]:
        """Shape of the output, batch axis first."""
        return plain(tuple(self._model.output_shape))

    def layer_kinds(self) -> list[str]:
        """Class names of the layers in order, e.g. ``["Conv2D", "Flatten", "Dense"]``."""
        return [type(layer).__name__ for layer in self._model.layers]


class Student:
    """The names that a student's notebook defines, as plain data and functions on plain data."""

    def __init__(self, namespace: Mapping[str, Any] | None = None):
        self._namespace = namespace

    def __getattr__(self, name: str) -> Any:
        names = sys.modules["__main__"].__dict__ if self._namespace is None else self._namespace
        if name not in names:
            raise CheckFailed(
                f"{name} is not defined. Did you rename it, or not run the cell that makes it?"
            )
        value = names[name]
        return _student_function(name, value) if is_function(value) else _hand_over(value, name)


student = Student()


def _student_function(name: str, function: Callable) -> Callable:
    def call(*args: Any, **kwargs: Any) -> Any:
        live_args = [_take_over(arg) for arg in args]
        live_kwargs = {key: _take_over(arg) for key, arg in kwargs.items()}
        try:
            value = function(*live_args, **live_kwargs)
        except NotImplementedError:
            raise CheckFailed(f"{name} is still to be written.") from None
        return _hand_over(value, f"the result of {name}")

    return call


def is_function(value: Any) -> bool:
    return callable(value) and not is_model(value)


def is_model(value: Any) -> bool:
    keras = sys.modules.get("keras")  # no model exists where Keras was never imported
    return keras is not None and isinstance(value, keras.Model)


def _hand_over(value: Any, what: str) -> Any:
    if not is_model(value):
        return plain(value, what)
    import keras

    if not all(isinstance(step, keras.layers.Layer) for step in getattr(value, "operations", ())):
        raise CheckFailed(LAYERS_ONLY)  # as the grader would
    return ModelHandle(value)


def _take_over(argument: Any) -> Any:
    return argument._model if isinstance(argument, ModelHandle) else plain(argument, "an argument")


def _predict(model: Any, x: np.ndarray, batch_size: int) -> Any:
    """As ``model.predict``, but step by step: compiling a function first takes longer than most checks do."""
    import keras

    if x.dtype.kind == "f":
        x = x.astype(keras.config.floatx())
    starts = range(0, max(len(x), 1), batch_size)
    batches = [model(x[start : start + batch_size], training=False) for start in starts]
    return keras.tree.map_structure(
        lambda *parts: np.concatenate([keras.ops.convert_to_numpy(part) for part in parts]),
        *batches,
    )
