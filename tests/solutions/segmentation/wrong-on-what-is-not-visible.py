"""Right on the visible cases: the bias comes with every stamp, only the width is cut, the three kernels are typed in, void is 255 whatever the argument says."""
# loses: hidden-transposed, hidden-crop, hidden-bilinear, hidden-iou

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
            stamp = kernel @ x[i, j] + bias
            output[top : top + kernel_height, left : left + kernel_width] += stamp
    return output

# %% crop-same
def crop_same(full, kernel_size, stride):
    too_much = kernel_size[1] - stride
    first = too_much // 2
    return full[:, first : full.shape[1] - (too_much - first)]

# %% bilinear-kernel
def bilinear_kernel(factor):
    tent = [[1], [1 / 4, 3 / 4, 3 / 4, 1 / 4], [1 / 3, 2 / 3, 1, 2 / 3, 1 / 3]][factor - 1]
    return np.outer(tent, tent)

# %% mean-iou
def mean_iou(truth, predicted, classes, void=255):
    counts = truth != 255
    truth, predicted = truth[counts], predicted[counts]
    ious = []
    for number in range(classes):
        there, called = truth == number, predicted == number
        union = np.count_nonzero(there | called)
        if union:
            ious.append(np.count_nonzero(there & called) / union)
    return float(np.mean(ious))
