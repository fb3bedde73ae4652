"""Local response normalisation: strong activations quieten those in nearby maps."""

from typing import Any

import keras
from keras import KerasTensor, layers, ops


@keras.saving.register_keras_serializable("convbook")
class LocalResponseNormalization(layers.Layer):
    """Divides each value by a function of its neighbours in depth.

    b_i = a_i / (k + alpha * sum over j of a_j**2) ** beta,  j from i - r/2 to i + r/2

    where maps that do not exist count as zero (Krizhevsky 2012, section 3.3, in the
    notation of Géron 2019, ch. 14). The window is r + 1 maps deep; TensorFlow's
    ``depth_radius`` is r / 2. The paper has r=4 (it writes n=5), alpha=1e-4 and k=2.

    Input and output: ``(batch, *spatial, channels)``, no parameters.

    Raises:
        ValueError: r is negative or odd.
    """

    def __init__(
        self,
        r: int = 2,
        alpha: float = 2e-5,
        beta: float = 0.75,
        k: float = 1.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if r < 0 or r % 2:
            raise ValueError(f"r must be even, r / 2 maps on each side, not {r}")
        self.r, self.alpha, self.beta, self.k = r, alpha, beta, k

    def call(self, a: KerasTensor) -> KerasTensor:
        channels = a.shape[-1]
        no_padding = [(0, 0)] * (len(a.shape) - 1)
        squares = ops.pad(ops.square(a), [*no_padding, (self.r // 2, self.r // 2)])
        total = sum(squares[..., j : j + channels] for j in range(self.r + 1))
        return a / (self.k + self.alpha * total) ** self.beta

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        own = {"r": self.r, "alpha": self.alpha, "beta": self.beta, "k": self.k}
        return {**super().get_config(), **own}
