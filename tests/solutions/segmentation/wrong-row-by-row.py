"""The mean over the rows of pixels of their own mean IoUs."""
# loses: check-iou, hidden-iou

# %% mean-iou
def mean_iou(truth, predicted, classes, void=255):
    if truth.ndim > 1:
        rows = zip(truth, predicted)
        return float(np.nanmean([mean_iou(t, p, classes, void) for t, p in rows]))
    counts = truth != void
    truth, predicted = truth[counts], predicted[counts]
    ious = []
    for number in range(classes):
        there, called = truth == number, predicted == number
        union = np.count_nonzero(there | called)
        if union:
            ious.append(np.count_nonzero(there & called) / union)
    return float(np.mean(ious)) if ious else float("nan")
