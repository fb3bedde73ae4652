"""Writes void into the prediction that it was given, which the caller still needs."""
# loses: check-iou

# %% mean-iou
def mean_iou(truth, predicted, classes, void=255):
    predicted[truth == void] = void
    ious = []
    for number in range(classes):
        there, called = truth == number, predicted == number
        union = (there | called).sum()
        if union:
            ious.append((there & called).sum() / union)
    return float(np.mean(ious))
