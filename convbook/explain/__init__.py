"""Looking inside a trained network: what its units answer to, and what an answer rests on.

Images are ``(height, width, channels)`` arrays of the kind that the model was trained on; maps come
back as NumPy arrays of the image's height and width, ready to be laid over it.
"""

from convbook.explain.activations import activations
from convbook.explain.grad_cam import grad_cam
from convbook.explain.maximisation import maximise_filter
from convbook.explain.occlusion import occlusion
from convbook.explain.saliency import saliency

__all__ = ["activations", "grad_cam", "maximise_filter", "occlusion", "saliency"]
