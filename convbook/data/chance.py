"""Random numbers that are the same everywhere."""

import numpy as np


def generator(seed: int) -> np.random.Generator:
    """A source of random numbers that gives the same ones on every computer.

    The algorithm is named, PCG64 (O'Neill 2014), because NumPy may change its default.
    Data is generated from its whole numbers and permutations alone: these involve no
    rounding.
    """
    return np.random.Generator(np.random.PCG64(seed))
