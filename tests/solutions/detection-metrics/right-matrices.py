"""Whole arrays at once: masks in place of lists, recursion in place of a loop, sorting by lexsort."""
# loses: nothing

# %% pairwise-iou
def pairwise_iou(a, b):
    ax0, ay0, ax1, ay1 = (a[:, [k]] for k in range(4))
    bx0, by0, bx1, by1 = (b[:, k] for k in range(4))
    width = np.clip(np.minimum(ax1, bx1) - np.maximum(ax0, bx0), 0, None)
    height = np.clip(np.minimum(ay1, by1) - np.maximum(ay0, by0), 0, None)
    shared = width * height
    union = (ax1 - ax0) * (ay1 - ay0) + (bx1 - bx0) * (by1 - by0) - shared
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.nan_to_num(shared / union)

# %% non-max-suppression
def best_first(scores):
    return np.lexsort((np.arange(len(scores)), -scores))


def non_max_suppression(overlap, scores, threshold):
    def keep(candidates):
        if not len(candidates):
            return []
        first, rest = candidates[0], candidates[1:]
        return [first, *keep(rest[overlap[first, rest] <= threshold])]

    return keep(best_first(scores))

# %% match-detections
def match_detections(overlap, scores, threshold):
    possible = np.where(overlap >= threshold, overlap, -np.inf)  # a new array
    right = np.full(len(scores), False)
    for detection in best_first(scores):
        if not np.isfinite(possible[detection]).any():
            continue
        right[detection] = True
        possible[:, possible[detection].argmax()] = -np.inf
    return right

# %% precision-recall
def precision_recall(scores, right, objects):
    hits = np.asarray(right, float)[best_first(scores)]
    count = np.tril(np.ones((len(hits), len(hits)))) @ hits
    return count / objects, count / (1 + np.arange(len(hits)))

# %% average-precision
def average_precision(recall, precision):
    recall = np.concatenate([[0.0], recall, [1.0]])
    precision = np.concatenate([[0.0], precision, [0.0]])
    for place in range(len(precision) - 2, -1, -1):
        precision[place] = max(precision[place], precision[place + 1])
    steps = np.flatnonzero(recall[1:] != recall[:-1])
    return ((recall[steps + 1] - recall[steps]) * precision[steps + 1]).sum()
