"""0 / 0 for boxes without area; removes at the threshold, and asks for more than the threshold."""
# loses: check-iou, hidden-iou, check-nms, hidden-nms, check-match, hidden-match

# %% pairwise-iou
def pairwise_iou(a, b):
    a, b = a[:, None], b[None]
    low = np.maximum(a[..., :2], b[..., :2])
    high = np.minimum(a[..., 2:], b[..., 2:])
    shared = np.prod(np.maximum(high - low, 0), axis=-1)
    area_a = np.prod(a[..., 2:] - a[..., :2], axis=-1)
    area_b = np.prod(b[..., 2:] - b[..., :2], axis=-1)
    together = area_a + area_b - shared
    with np.errstate(invalid="ignore"):
        return shared / together

# %% non-max-suppression
def non_max_suppression(overlap, scores, threshold):
    left = list(np.argsort(-scores, kind="stable"))
    kept = []
    while left:
        best = left.pop(0)
        kept.append(int(best))
        left = [box for box in left if overlap[best, box] < threshold]
    return kept

# %% match-detections
def match_detections(overlap, scores, threshold):
    right = [False] * len(scores)
    free = set(range(overlap.shape[1]))
    for detection in np.argsort(-scores, kind="stable"):
        best = max(free, key=lambda object_: overlap[detection, object_], default=None)
        if best is not None and overlap[detection, best] > threshold:
            right[detection] = True
            free.remove(best)
    return right
