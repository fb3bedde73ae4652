"""Takes detections in the order in which they come, both to match and to count them."""
# loses: check-match, hidden-match, check-curve, hidden-curve, check-together, hidden-together

# %% match-detections
def match_detections(overlap, scores, threshold):
    right = [False] * len(scores)
    free = set(range(overlap.shape[1]))
    for detection in range(len(scores)):
        best = max(free, key=lambda object_: overlap[detection, object_], default=None)
        if best is not None and overlap[detection, best] >= threshold:
            right[detection] = True
            free.remove(best)
    return right

# %% precision-recall
def precision_recall(scores, right, objects):
    order = np.arange(len(scores))
    found = np.cumsum(right[order])
    return found / objects, found / np.arange(1, len(scores) + 1)
