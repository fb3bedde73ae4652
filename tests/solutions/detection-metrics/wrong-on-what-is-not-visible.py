"""Two shortcuts that the visible cases forgive: the product of two negative sides, and 0 for the score of a box that is done."""
# loses: hidden-iou, hidden-together, hidden-nms

# %% pairwise-iou
def pairwise_iou(a, b):
    a, b = a[:, None], b[None]
    low = np.maximum(a[..., :2], b[..., :2])
    high = np.minimum(a[..., 2:], b[..., 2:])
    shared = np.maximum(np.prod(high - low, axis=-1), 0)
    area_a = np.prod(a[..., 2:] - a[..., :2], axis=-1)
    area_b = np.prod(b[..., 2:] - b[..., :2], axis=-1)
    together = area_a + area_b - shared
    return np.divide(shared, together, out=np.zeros(shared.shape), where=together > 0)

# %% non-max-suppression
def non_max_suppression(overlap, scores, threshold):
    scores, kept = scores.copy(), []
    while (scores > 0).any():
        best = int(np.argmax(scores))
        kept.append(best)
        scores[overlap[best] > threshold] = 0
        scores[best] = 0
    return kept
