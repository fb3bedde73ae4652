"""Stamps one position apart; the smaller of two weights in place of their product."""
# loses: check-transposed, hidden-transposed, check-bilinear, hidden-bilinear

# %% conv-transpose
def conv_transpose(x, kernel, bias, stride):
    height, width, _ = x.shape
    kernel_height, kernel_width, channels_out, _ = kernel.shape
    rows = (height - 1) * stride + kernel_height
    columns = (width - 1) * stride + kernel_width
    output = np.zeros((rows, columns, channels_out))
    for i in range(height):
        for j in range(width):
            top, left = i, j
            stamp = kernel @ x[i, j]
            output[top : top + kernel_height, left : left + kernel_width] += stamp
    return output + bias

# %% bilinear-kernel
def bilinear_kernel(factor):
    size = 2 * factor - factor % 2
    tent = 1 - np.abs(np.arange(size) - (size - 1) / 2) / factor
    return np.minimum.outer(tent, tent)
