"""Asks Keras's layers and NumPy's padding of the question, rather than computing."""
# loses: nothing

# %% output-size
import keras
import numpy as np


def output_size(size, kernel, stride=1, padding="valid", dilation=1):
    layer = keras.layers.Conv1D(1, kernel, stride, padding, dilation_rate=dilation)
    return layer.compute_output_shape((1, size, 1))[1]


# %% padding-zeros
def padding_zeros(size, kernel, stride=1, padding="valid", dilation=1):
    total = {
        "valid": 0,
        "causal": dilation * (kernel - 1),
        "same": np.maximum(
            (np.ceil(size / stride) - 1) * stride + (kernel - 1) * dilation + 1 - size, 0
        ),
    }[padding]
    before = total if padding == "causal" else np.floor(total / 2)
    return np.int64(before), np.int64(total - before)


# %% unseen-positions
def unseen_positions(size, kernel, stride=1, dilation=1):
    span = dilation * (kernel - 1) + 1
    windows = np.lib.stride_tricks.sliding_window_view(np.arange(size), span)
    return sorted(set(range(size)) - set(windows[::stride, ::dilation].ravel().tolist()))
