"""Counts void pixels: they belong to no class, but what they were given counts."""
# loses: check-iou, hidden-iou

# %% mean-iou
def mean_iou(truth, predicted, classes, void=255):
    ious = []
    for number in range(classes):
        there, called = truth == number, predicted == number
        union = np.count_nonzero(there | called)
        if union:
            ious.append(np.count_nonzero(there & called) / union)
    return float(np.mean(ious))
