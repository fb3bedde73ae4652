"""Counts the shared area twice; averages 11 points, an older rule."""
# loses: check-iou, hidden-iou, check-together, hidden-together, check-ap, hidden-ap

# %% pairwise-iou
def pairwise_iou(a, b):
    a, b = a[:, None], b[None]
    low = np.maximum(a[..., :2], b[..., :2])
    high = np.minimum(a[..., 2:], b[..., 2:])
    shared = np.prod(np.maximum(high - low, 0), axis=-1)
    area_a = np.prod(a[..., 2:] - a[..., :2], axis=-1)
    area_b = np.prod(b[..., 2:] - b[..., :2], axis=-1)
    together = area_a + area_b
    return np.divide(shared, together, out=np.zeros(shared.shape), where=together > 0)

# %% average-precision
def average_precision(recall, precision):
    best = [max(precision[recall >= level], default=0) for level in np.arange(11) / 10]
    return float(np.mean(best))
