"""Takes the kernel's height for its width; cuts off at the end only; numbers pairs of classes in the pixels' own type, which overflows where they are bytes."""
# loses: check-transposed, hidden-transposed, check-crop, hidden-crop, hidden-iou

# %% conv-transpose
def conv_transpose(x, kernel, bias, stride):
    height, width, _ = x.shape
    kernel_height, kernel_width, channels_out, _ = kernel.shape
    rows = (height - 1) * stride + kernel_height
    columns = (width - 1) * stride + kernel_height
    output = np.zeros((rows, columns, channels_out))
    for i in range(height):
        for j in range(width):
            top, left = i * stride, j * stride
            stamp = kernel @ x[i, j]
            output[top : top + kernel_height, left : left + kernel_width] += stamp
    return output + bias

# %% crop-same
def crop_same(full, kernel_size, stride):
    for axis, kernel in enumerate(kernel_size):
        too_much = kernel - stride
        first = 0
        size = full.shape[axis] - too_much
        full = np.take(full, np.arange(first, first + size), axis=axis)
    return full

# %% mean-iou
def mean_iou(truth, predicted, classes, void=255):
    counts = truth != void
    pairs = truth[counts] * classes + predicted[counts]
    confusion = np.bincount(pairs, minlength=classes**2).reshape(classes, classes)
    shared = np.diagonal(confusion)
    union = confusion.sum(0) + confusion.sum(1) - shared
    return float(np.mean(shared[union > 0] / union[union > 0]))
