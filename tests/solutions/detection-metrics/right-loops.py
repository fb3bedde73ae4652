"""Plain Python, number by number, with answers as arrays where the reference has lists."""
# loses: nothing

# %% pairwise-iou
def iou_of_two(one, other):
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    if width <= 0 or height <= 0:
        return 0.0
    area_one = (one[2] - one[0]) * (one[3] - one[1])
    area_other = (other[2] - other[0]) * (other[3] - other[1])
    return width * height / (area_one + area_other - width * height)


def pairwise_iou(a, b):
    result = np.zeros((len(a), len(b)))
    for i in range(len(a)):
        for j in range(len(b)):
            result[i, j] = iou_of_two(a[i], b[j])
    return result

# %% non-max-suppression
def non_max_suppression(overlap, scores, threshold):
    undecided = set(range(len(scores)))
    kept = []
    while undecided:
        best = min(undecided, key=lambda box: (-scores[box], box))
        undecided.remove(best)
        kept.append(best)
        undecided = {box for box in undecided if not overlap[best][box] > threshold}
    return np.array(kept, dtype=int)

# %% match-detections
def match_detections(overlap, scores, threshold):
    right = np.zeros(len(scores), dtype=bool)
    taken = set()
    for detection in sorted(range(len(scores)), key=lambda number: -scores[number]):
        best_object, best_overlap = None, -1.0
        for number in range(overlap.shape[1]):
            if number not in taken and overlap[detection, number] > best_overlap:
                best_object, best_overlap = number, overlap[detection, number]
        if best_object is not None and best_overlap >= threshold:
            taken.add(best_object)
            right[detection] = True
    return right

# %% precision-recall
def precision_recall(scores, right, objects):
    recall, precision, found = [], [], 0
    in_order = sorted(zip(-scores, range(len(scores))))
    for so_far, (_, number) in enumerate(in_order, start=1):
        found += 1 if right[number] else 0
        recall.append(found / objects)
        precision.append(found / so_far)
    return recall, precision

# %% average-precision
def average_precision(recall, precision):
    area, before = 0.0, 0.0
    for place in range(len(recall)):
        area += (recall[place] - before) * max(precision[place:])
        before = recall[place]
    return area

# %% evaluate
def evaluate(pictures, nms_threshold=0.5, iou_threshold=0.5):
    everything = []
    objects = 0
    for picture in pictures:
        objects += len(picture["truths"])
        kept = non_max_suppression(
            pairwise_iou(picture["boxes"], picture["boxes"]), picture["scores"], nms_threshold
        )
        boxes = np.array([picture["boxes"][number] for number in kept]).reshape(-1, 4)
        scores = np.array([picture["scores"][number] for number in kept])
        right = match_detections(pairwise_iou(boxes, picture["truths"]), scores, iou_threshold)
        everything += list(zip(scores, right))
    scores = np.array([score for score, _ in everything])
    right = np.array([is_right for _, is_right in everything])
    recall, precision = precision_recall(scores, right, objects)
    return average_precision(np.array(recall), np.array(precision))
