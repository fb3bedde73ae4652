"""Makes the weights sum to 1, as a blur does; an IoU of 0 for a class that is nowhere."""
# loses: check-bilinear, hidden-bilinear, check-iou, hidden-iou

# %% bilinear-kernel
def bilinear_kernel(factor):
    size = 2 * factor - factor % 2
    tent = 1 - np.abs(np.arange(size) - (size - 1) / 2) / factor
    kernel = np.outer(tent, tent)
    return kernel / kernel.sum()

# %% mean-iou
def mean_iou(truth, predicted, classes, void=255):
    counts = truth != void
    truth, predicted = truth[counts], predicted[counts]
    ious = []
    for number in range(classes):
        there, called = truth == number, predicted == number
        union = np.count_nonzero(there | called)
        ious.append(np.count_nonzero(there & called) / max(union, 1))
    return float(np.mean(ious))
