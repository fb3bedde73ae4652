"""Returns places in the sorted order for the numbers of boxes; divides by the objects found, so that every detector ends at recall 1."""
# loses: check-nms, hidden-nms, check-together, hidden-together, check-curve, hidden-curve

# %% non-max-suppression
def non_max_suppression(overlap, scores, threshold):
    order = np.argsort(-scores, kind="stable")
    overlap = overlap[order][:, order]
    kept = []
    for place in range(len(order)):
        if all(overlap[better, place] <= threshold for better in kept):
            kept.append(place)
    return kept

# %% precision-recall
def precision_recall(scores, right, objects):
    order = np.argsort(-scores, kind="stable")
    found = np.cumsum(right[order])
    return found / max(found[-1:], default=1), found / np.arange(1, len(scores) + 1)
