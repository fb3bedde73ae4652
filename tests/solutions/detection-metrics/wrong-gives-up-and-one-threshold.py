"""Is wrong when the best object is taken, the rule of another evaluator; one threshold for both steps, right where both are the same."""
# loses: check-match, hidden-match, hidden-together

# %% match-detections
def match_detections(overlap, scores, threshold):
    right = np.zeros(len(scores), dtype=bool)
    taken = set()
    for detection in np.argsort(-scores, kind="stable"):
        if overlap.shape[1] == 0:
            break
        best = int(np.argmax(overlap[detection]))
        if overlap[detection, best] >= threshold and best not in taken:
            right[detection] = True
            taken.add(best)
    return right

# %% evaluate
def evaluate(pictures, nms_threshold=0.5, iou_threshold=0.5):
    scores, right, objects = [], [], 0
    for picture in pictures:
        boxes, truths = picture["boxes"], picture["truths"]
        among_themselves = pairwise_iou(boxes, boxes)
        kept = non_max_suppression(among_themselves, picture["scores"], nms_threshold)
        kept = np.array(kept, int)
        own_scores = picture["scores"][kept]
        overlap = pairwise_iou(boxes[kept], truths)
        right.extend(match_detections(overlap, own_scores, nms_threshold))
        scores.extend(own_scores)
        objects += len(truths)
    return average_precision(
        *precision_recall(np.array(scores, float), np.array(right, bool), objects)
    )
