"""Random convolutions, and Keras's gradients, for the tests of the NumPy operations.

Random arrays hold small multiples of a quarter, whose sums and products are exact in floating point
whatever the order: equal means equal, to the last bit.
"""

from dataclasses import dataclass

import keras
import numpy as np
import pytest
from hypothesis import strategies as st

needs_tensorflow = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="the oracle is TensorFlow itself"
)


def quarters(seed, *shape):
    return np.random.default_rng(seed).integers(-12, 13, shape) / 4


@dataclass(frozen=True)
class Case:
    """A random convolution whose window fits into the input."""

    x: np.ndarray
    kernel: np.ndarray
    strides: tuple[int, ...]
    dilation: tuple[int, ...]
    padding: str
    groups: int

    @property
    def options(self):
        return {
            "strides": self.strides,
            "dilation": self.dilation,
            "padding": self.padding,
            "groups": self.groups,
        }


@st.composite
def cases(draw, ranks=(1, 2, 3), max_groups=3, dilated_strides=True):
    rank = draw(st.sampled_from(ranks))

    def per_axis(smallest, largest):
        return tuple(draw(st.integers(smallest, largest)) for _ in range(rank))

    kernel_size = per_axis(1, 4)
    strides, dilation = per_axis(1, 3), per_axis(1, 3)
    if not dilated_strides and max(strides) > 1:
        dilation = (1,) * rank
    spans = [(f - 1) * d + 1 for f, d in zip(kernel_size, dilation, strict=True)]
    sizes = [span + extra for span, extra in zip(spans, per_axis(0, 4), strict=True)]
    groups = draw(st.integers(1, max_groups))
    channels_in, maps = draw(st.integers(1, 2)), draw(st.integers(1, 2))
    seed = draw(st.integers(0, 2**32 - 1))
    return Case(
        x=quarters(seed, draw(st.integers(1, 2)), *sizes, groups * channels_in),
        kernel=quarters(seed + 1, *kernel_size, channels_in, groups * maps),
        strides=strides,
        dilation=dilation,
        padding=draw(st.sampled_from(["valid", "same"])),
        groups=groups,
    )


def cropped_by_tensorflow(case):
    """TensorFlow's 3D convolution on the CPU crops where its documented rule pads with nothing."""
    crops = (f == 1 and s == 3 for f, s in zip(case.kernel.shape[:-2], case.strides, strict=True))
    return len(case.strides) == 3 and case.padding == "same" and any(crops)


def automatic_gradients(f, dz, *arrays):
    """TensorFlow's gradients of ``(f(*arrays) * dz).sum()`` with respect to each array."""
    import tensorflow as tf

    variables = [tf.Variable(array) for array in arrays]
    with tf.GradientTape() as tape:
        z = f(*(variable.value() for variable in variables))
    gradients = tape.gradient(z, variables, output_gradients=tf.constant(dz, z.dtype))
    return [gradient.numpy() for gradient in gradients]
