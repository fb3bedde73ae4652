"""Takes the kernel's axes in the order of an ordinary convolution; gives bilinear kernels 2f weights a side for odd factors, too."""
# loses: check-transposed, hidden-transposed, check-bilinear, hidden-bilinear

# %% conv-transpose
def conv_transpose(x, kernel, bias, stride):
    height, width, _ = x.shape
    kernel_height, kernel_width, _, channels_out = kernel.shape
    rows = (height - 1) * stride + kernel_height
    columns = (width - 1) * stride + kernel_width
    output = np.zeros((rows, columns, channels_out))
    for i in range(height):
        for j in range(width):
            top, left = i * stride, j * stride
            stamp = np.einsum("uvco,c->uvo", kernel, x[i, j])
            output[top : top + kernel_height, left : left + kernel_width] += stamp
    return output + bias

# %% bilinear-kernel
def bilinear_kernel(factor):
    size = 2 * factor
    tent = 1 - np.abs(np.arange(size) - (size - 1) / 2) / factor
    return np.outer(tent, tent)
