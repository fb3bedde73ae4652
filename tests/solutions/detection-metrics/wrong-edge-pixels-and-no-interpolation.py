"""Boxes a pixel wider and higher, as if their corners were pixels; each precision as it is, without the best further right."""
# loses: check-iou, hidden-iou, hidden-together, check-ap, hidden-ap, check-together

# %% pairwise-iou
def pairwise_iou(a, b):
    a, b = a[:, None], b[None]
    low = np.maximum(a[..., :2], b[..., :2])
    high = np.minimum(a[..., 2:], b[..., 2:])
    shared = np.prod(np.maximum(high - low + 1, 0), axis=-1)
    area_a = np.prod(a[..., 2:] - a[..., :2] + 1, axis=-1)
    area_b = np.prod(b[..., 2:] - b[..., :2] + 1, axis=-1)
    together = area_a + area_b - shared
    return np.divide(shared, together, out=np.zeros(shared.shape), where=together > 0)

# %% average-precision
def average_precision(recall, precision):
    best_from_here = np.maximum.accumulate(precision[::-1])[::-1]
    return float(np.sum(np.diff(recall, prepend=0) * precision))
