"""Sorts upwards and turns the order round, which turns equal scores round as well. Right on the visible cases."""
# loses: hidden-nms, hidden-match, hidden-curve

# %% non-max-suppression
def non_max_suppression(overlap, scores, threshold):
    left = list(np.argsort(scores, kind="stable")[::-1])
    kept = []
    while left:
        best = left.pop(0)
        kept.append(int(best))
        left = [box for box in left if overlap[best, box] <= threshold]
    return kept

# %% match-detections
def match_detections(overlap, scores, threshold):
    right = [False] * len(scores)
    free = set(range(overlap.shape[1]))
    for detection in np.argsort(scores, kind="stable")[::-1]:
        best = max(free, key=lambda object_: overlap[detection, object_], default=None)
        if best is not None and overlap[detection, best] >= threshold:
            right[detection] = True
            free.remove(best)
    return right

# %% precision-recall
def precision_recall(scores, right, objects):
    order = np.argsort(scores, kind="stable")[::-1]
    found = np.cumsum(right[order])
    return found / objects, found / np.arange(1, len(scores) + 1)
