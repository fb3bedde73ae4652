"""Boxes that were removed remove others; an object stays free after it has been found."""
# loses: check-nms, hidden-nms, hidden-together, check-match, hidden-match

# %% non-max-suppression
def non_max_suppression(overlap, scores, threshold):
    order = np.argsort(-scores, kind="stable")
    return [
        int(box)
        for place, box in enumerate(order)
        if not any(overlap[better, box] > threshold for better in order[:place])
    ]

# %% match-detections
def match_detections(overlap, scores, threshold):
    right = [False] * len(scores)
    free = set(range(overlap.shape[1]))
    for detection in np.argsort(-scores, kind="stable"):
        best = max(free, key=lambda object_: overlap[detection, object_], default=None)
        if best is not None and overlap[detection, best] >= threshold:
            right[detection] = True
    return right
