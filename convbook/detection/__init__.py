"""Detection: where the objects of an image are, and how well they were found.

From the outputs of a network to a mean average precision, each module one step:
``boxes``, ``suppression``, ``results`` (what is in an image and what was found),
``anchors``, ``yolo`` and ``yolo_loss`` (a grid's numbers and what they cost),
``matching``, ``average_precision``, and ``convolutional_head`` (a classifier that
slides).
"""

from convbook.detection.anchors import Anchors, anchors_by_kmeans, mean_iou
from convbook.detection.average_precision import (
    COCO_THRESHOLDS,
    Evaluation,
    PrecisionRecall,
    ap_11_points,
    ap_101_points,
    ap_all_points,
    evaluate,
    interpolated_precision,
    precision_recall,
)
from convbook.detection.boxes import (
    area,
    centres_to_corners,
    coco_to_corners,
    corners_to_centres,
    corners_to_coco,
    pairwise_intersection,
    pairwise_iou,
)
from convbook.detection.convolutional_head import dense_to_conv, fully_convolutional
from convbook.detection.matching import Match, match, overlaps
from convbook.detection.results import Detections, Truths
from convbook.detection.suppression import non_max_suppression
from convbook.detection.yolo import Grid, activate, decode, encode
from convbook.detection.yolo_loss import yolo_loss

__all__ = [
    "COCO_THRESHOLDS",
    "Anchors",
    "Detections",
    "Evaluation",
    "Grid",
    "Match",
    "PrecisionRecall",
    "Truths",
    "activate",
    "anchors_by_kmeans",
    "ap_11_points",
    "ap_101_points",
    "ap_all_points",
    "area",
    "centres_to_corners",
    "coco_to_corners",
    "corners_to_centres",
    "corners_to_coco",
    "decode",
    "dense_to_conv",
    "encode",
    "evaluate",
    "fully_convolutional",
    "interpolated_precision",
    "match",
    "mean_iou",
    "non_max_suppression",
    "overlaps",
    "pairwise_intersection",
    "pairwise_iou",
    "precision_recall",
    "yolo_loss",
]
