"""Forgets non-max suppression."""
# loses: check-together, hidden-together

# %% evaluate
def evaluate(pictures, nms_threshold=0.5, iou_threshold=0.5):
    scores, right, objects = [], [], 0
    for picture in pictures:
        boxes, truths = picture["boxes"], picture["truths"]
        among_themselves = pairwise_iou(boxes, boxes)
        kept = non_max_suppression(among_themselves, picture["scores"], nms_threshold)
        kept = np.arange(len(boxes))
        own_scores = picture["scores"][kept]
        overlap = pairwise_iou(boxes[kept], truths)
        right.extend(match_detections(overlap, own_scores, iou_threshold))
        scores.extend(own_scores)
        objects += len(truths)
    return average_precision(
        *precision_recall(np.array(scores, float), np.array(right, bool), objects)
    )
