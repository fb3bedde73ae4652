"""Each stamp replaces what was there; an odd position is cut off at the beginning, padding on the wrong side."""
# loses: check-transposed, hidden-transposed, check-crop, hidden-crop

# %% conv-transpose
def conv_transpose(x, kernel, bias, stride):
    height, width, _ = x.shape
    kernel_height, kernel_width, channels_out, _ = kernel.shape
    rows = (height - 1) * stride + kernel_height
    columns = (width - 1) * stride + kernel_width
    output = np.zeros((rows, columns, channels_out))
    for i in range(height):
        for j in range(width):
            top, left = i * stride, j * stride
            stamp = kernel @ x[i, j]
            output[top : top + kernel_height, left : left + kernel_width] = stamp
    return output + bias

# %% crop-same
def crop_same(full, kernel_size, stride):
    for axis, kernel in enumerate(kernel_size):
        too_much = kernel - stride
        first = (too_much + 1) // 2
        size = full.shape[axis] - too_much
        full = np.take(full, np.arange(first, first + size), axis=axis)
    return full
