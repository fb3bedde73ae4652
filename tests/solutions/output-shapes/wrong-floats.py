"""np.ceil and np.floor return floats, which no shape accepts."""
# loses: check-valid, check-same

# %% output-size
import numpy as np


def output_size(size, kernel, stride=1, padding="valid", dilation=1):
    if padding in ("same", "causal"):
        return np.ceil(size / stride)
    span = (kernel - 1) * dilation + 1
    return np.floor((size - span) / stride) + 1
