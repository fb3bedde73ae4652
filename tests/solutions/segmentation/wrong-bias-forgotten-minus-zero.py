"""No bias; a slice that ends at -0 where there is nothing to cut off, and so is empty."""
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
            output[top : top + kernel_height, left : left + kernel_width] += stamp
    return output

# %% crop-same
def crop_same(full, kernel_size, stride):
    cuts = []
    for kernel in kernel_size:
        before = (kernel - stride) // 2
        cuts.append(slice(before, -(kernel - stride - before)))
    return full[cuts[0], cuts[1]]
