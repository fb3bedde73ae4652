"""Style transfer: a picture with the content of one image and the style of another.

Images are ``(height, width, 3)`` with values from 0 to 1. An *extractor* is a Keras model that takes
a batch of them and gives a dictionary of feature maps by name.
"""

from convbook.style.extractors import from_model, random_filters, squeezenet, vgg19
from convbook.style.losses import content_loss, gram_matrix, style_loss, total_variation
from convbook.style.painting import Goal, Step, paint

__all__ = [
    "Goal",
    "Step",
    "content_loss",
    "from_model",
    "gram_matrix",
    "paint",
    "random_filters",
    "squeezenet",
    "style_loss",
    "total_variation",
    "vgg19",
]
