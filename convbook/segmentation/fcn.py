"""Fully convolutional networks: a classifier's maps, scored and enlarged."""

from collections.abc import Sequence

import keras
from keras import layers

from convbook.segmentation.bilinear import bilinear_upsampling


def fcn(backbone: keras.Model, classes: int, sources: Sequence[str]) -> keras.Model:
    """FCN-32, FCN-16 or FCN-8 on a given network (Long 2015, section 4).

    A 1×1 convolution scores the coarsest map for each class. Skips refine it: the
    scores are enlarged to the size of the next finer map and added to that map's own
    scores. A last, fixed bilinear enlargement gives the size of the image. On a VGG16
    the last map of stride 32 alone is FCN-32, with ``block4_pool`` FCN-16, with
    ``block3_pool`` too FCN-8.

    As in the paper, enlargements between skips start bilinear and learn, and the scores
    of skips start at zero: at first a skip changes nothing. Unlike there, padding is
    "same" throughout instead of 100 zeros around the image and cropping.

    Args:
        backbone: built for images of one size; its layers are shared, not copied.
        classes: number of classes, background included.
        sources: names of the layers to take maps from, coarsest first; the height and
            width of each must divide those of the next, and of the image, by one
            factor.

    Returns:
        A model from the backbone's input to ``(batch, height, width, classes)`` scores,
        before softmax.

    Raises:
        ValueError: no sources or classes, a layer that is not there or whose output is
            no map, or sizes that do not divide.
    """
    if not sources or classes < 1:
        raise ValueError(f"needs sources and classes, got {sources} and {classes}")
    coarsest, *finer = [_map_of(backbone, name) for name in sources]
    scores = layers.Conv2D(classes, 1, name=f"score_{sources[0]}")(coarsest)
    for name, skip in zip(sources[1:], finer, strict=True):
        factor = _enlargement(scores, skip)
        scores = bilinear_upsampling(classes, factor, name=f"enlarge_to_{name}")(scores)
        score = layers.Conv2D(
            classes,
            kernel_size=1,
            kernel_initializer="zeros",
            name=f"score_{name}",
        )
        scores = layers.Add(name=f"fuse_{name}")([scores, score(skip)])
    enlarge = bilinear_upsampling(
        classes,
        _enlargement(scores, backbone.inputs[0]),
        trainable=False,
        name="enlarge_to_image",
    )
    return keras.Model(backbone.inputs, enlarge(scores))


def _map_of(backbone: keras.Model, name: str) -> keras.KerasTensor:
    names = [layer.name for layer in backbone.layers]
    if name not in names:
        raise ValueError(f"the backbone has no layer {name!r}, but {', '.join(names)}")
    output = backbone.get_layer(name).output
    if len(output.shape) != 4 or None in output.shape[1:]:
        raise ValueError(
            f"{name} must give maps of one size, (height, width, channels), "
            f"but gives {output.shape[1:]}"
        )
    return output


def _enlargement(small: keras.KerasTensor, large: keras.KerasTensor) -> int:
    """The whole number of times that one map is as high and as wide as the other."""
    (height, width), (to_height, to_width) = small.shape[1:3], large.shape[1:3]
    factor = to_height // height
    if (height * factor, width * factor) != (to_height, to_width) or factor < 1:
        raise ValueError(
            f"a map of {height}×{width} cannot be enlarged to {to_height}×{to_width} "
            "by one whole number: choose an image size that every stride divides, "
            "and the coarsest source first"
        )
    return factor
