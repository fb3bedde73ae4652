"""Gradients by trying: slow, and good for any smooth function that can be computed."""

from collections.abc import Callable

import numpy as np


def numerical_gradient(
    f: Callable[[np.ndarray], float],
    x: np.ndarray,
    step: float = 1e-5,
) -> np.ndarray:
    """Gradient of ``f`` at ``x`` by central differences: (f(x + h) - f(x - h)) / 2h.

    That calls ``f`` twice for each value. The result is off by about h² f'''/6, and by
    about 1e-16 |f| / h through the rounding of 64-bit numbers.

    Args:
        f: takes an array of the shape of ``x`` and returns one number.
        x: where; it is copied, as 64-bit numbers.
        step: h, in the units of ``x``.

    Returns:
        The derivative with respect to each value of ``x``, of its shape.

    Raises:
        ValueError: ``f`` returns more than one number, or the step is not positive.
    """
    if step <= 0:
        raise ValueError(f"step must be positive, got {step}")
    x = np.array(x, dtype=np.float64)
    gradient = np.empty_like(x)
    for position in np.ndindex(x.shape):
        middle = x[position]
        x[position] = middle + step
        above = f(x)
        x[position] = middle - step
        below = f(x)
        x[position] = middle
        if np.size(above) != 1:
            raise ValueError(f"f must return one number, got shape {np.shape(above)}")
        gradient[position] = np.squeeze(above - below) / (2 * step)
    return gradient
