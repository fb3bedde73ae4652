"""Flips the kernel; leaves out classes that were predicted but are not there."""
# loses: check-transposed, hidden-transposed, check-iou, hidden-iou

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
            stamp = kernel[::-1, ::-1] @ x[i, j]
            output[top : top + kernel_height, left : left + kernel_width] += stamp
    return output + bias

# %% mean-iou
def mean_iou(truth, predicted, classes, void=255):
    counts = truth != void
    truth, predicted = truth[counts], predicted[counts]
    ious = []
    for number in range(classes):
        there, called = truth == number, predicted == number
        union = np.count_nonzero(there | called)
        if there.any():
            ious.append(np.count_nonzero(there & called) / union)
    return float(np.mean(ious))
