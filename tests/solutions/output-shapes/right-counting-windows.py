"""Windows are counted one by one, and blind spots found with a mask, instead of any formula."""
# loses: nothing

# %% output-size
def output_size(size, kernel, stride=1, padding="valid", dilation=1):
    before, after = 0, 0
    if padding != "valid":
        after = dilation * (kernel - 1)  # windows may start at every position
    windows = 0
    start = 0
    while start + (kernel - 1) * dilation < before + size + after:
        windows += 1
        start += stride
    return windows


# %% padding-zeros
def padding_zeros(size, kernel, stride=1, padding="valid", dilation=1):
    last_weight = dilation * (kernel - 1)
    if padding == "causal":
        return [last_weight, 0]
    before = after = 0
    if padding == "same":
        last_start = list(range(0, size, stride))[-1]
        while last_start + last_weight >= before + size + after:
            if after > before:
                before += 1
            else:
                after += 1
    return [before, after]


# %% layer-shape
def layer_shape(
    input_shape, filters, kernel_size, strides=1, padding="valid", dilation_rate=1
):
    shape = list(input_shape)
    for axis in range(1, len(shape) - 1):
        settings = []
        for setting in (kernel_size, strides, dilation_rate):
            settings.append(setting[axis - 1] if hasattr(setting, "__len__") else setting)
        shape[axis] = output_size(shape[axis], settings[0], settings[1], padding, settings[2])
    shape[-1] = filters
    return shape


# %% unseen-positions
import numpy as np


def unseen_positions(size, kernel, stride=1, dilation=1):
    seen = np.zeros(size, bool)
    for start in range(0, size, stride):
        if start + (kernel - 1) * dilation < size:
            seen[start : start + (kernel - 1) * dilation + 1 : dilation] = True
    return list(np.flatnonzero(~seen))
