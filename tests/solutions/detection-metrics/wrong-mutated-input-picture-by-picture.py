"""Crosses boxes out in the scores that it was given, which the caller still needs; averages over pictures."""
# loses: check-nms, check-together, hidden-together

# %% non-max-suppression
def non_max_suppression(overlap, scores, threshold):
    kept = []
    while (scores > -np.inf).any():
        best = int(np.argmax(scores))
        kept.append(best)
        scores[overlap[best] > threshold] = -np.inf
        scores[best] = -np.inf
    return kept

# %% evaluate
def evaluate(pictures, nms_threshold=0.5, iou_threshold=0.5):
    results = []
    for picture in pictures:
        boxes, truths = picture["boxes"], picture["truths"]
        if not len(truths):
            continue
        kept = non_max_suppression(pairwise_iou(boxes, boxes), picture["scores"], nms_threshold)
        kept = np.array(kept, int)
        scores = picture["scores"][kept]
        right = match_detections(pairwise_iou(boxes[kept], truths), scores, iou_threshold)
        curve = precision_recall(scores, np.array(right, bool), len(truths))
        results.append(average_precision(*curve))
    return float(np.mean(results))
