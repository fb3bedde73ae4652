"""Semantic segmentation: a class for every pixel.

``metrics`` says how good a segmentation is, in NumPy, and is exported here. The
networks are modules of their own, which import Keras: ``bilinear`` (upsampling by
transposed convolution), ``fcn`` and ``unet``.
"""

from convbook.segmentation.metrics import (
    class_iou,
    confusion_matrix,
    mean_iou,
    pixel_accuracy,
)

__all__ = ["class_iou", "confusion_matrix", "mean_iou", "pixel_accuracy"]
