"""Squeeze and excitation: every map is weighted by what all maps see (Hu 2018)."""

from functools import partial

import keras
from keras import KerasTensor, layers

from convbook.models import googlenet, resnet
from convbook.models.blocks import IMAGENET, Shape, conv_bn, conv_bn_relu


def se_block(x: KerasTensor, ratio: int = 16, name: str | None = None) -> KerasTensor:
    """Scales each map by a weight between 0 and 1 (Hu 2018, section 3).

    Squeeze: the mean of each map. Excitation: two dense layers, the first with ``C /
    ratio`` units. 2 * C**2 / ratio weights and C / ratio + C biases.

    Args:
        x: ``(batch, H, W, C)``; so is the result.
        ratio: how much narrower the bottleneck is than C.
        name: of the layer that gives the weights, ``(batch, C)``.

    Raises:
        ValueError: fewer maps than ``ratio``.
    """
    maps = x.shape[-1]
    if maps < ratio:
        raise ValueError(
            f"{maps} maps leave no unit at ratio {ratio}, which must be at most {maps}"
        )
    squeezed = layers.GlobalAveragePooling2D()(x)
    excited = layers.Dense(maps // ratio, activation="relu")(squeezed)
    weights = layers.Dense(maps, activation="sigmoid", name=name)(excited)
    return layers.Multiply()([x, layers.Reshape((1, 1, maps))(weights)])


def se_inception(input_shape: Shape = IMAGENET, classes: int = 1000) -> keras.Model:
    """GoogLeNet with a block after every module (Hu 2018, figure 2)."""
    return googlenet.googlenet(input_shape, classes, recalibrate=se_block)


def se_resnet50(input_shape: Shape = IMAGENET, classes: int = 1000) -> keras.Model:
    """ResNet-50 with a block on every residual (Hu 2018, figure 3).

    28,088,024 trainable parameters: convolutions without biases, dense layers with
    them.
    """
    return resnet.resnet(
        input_shape,
        classes,
        depths=(3, 4, 6, 3),
        branch=resnet.bottleneck,
        recalibrate=se_block,
    )


def grouped_bottleneck(
    x: KerasTensor,
    width: int,
    strides: int,
    use_bias: bool,
) -> KerasTensor:
    """SENet-154's residual: 3x3 in 64 groups, with half as many maps before it."""
    x = conv_bn_relu(x, 2 * width, 1, use_bias=use_bias)
    x = conv_bn_relu(x, 4 * width, 3, strides, groups=64, use_bias=use_bias)
    return conv_bn(x, 4 * width, 1, use_bias=use_bias)


def three_conv_stem(x: KerasTensor, width: int, use_bias: bool) -> KerasTensor:
    """Three 3x3 convolutions in place of one 7x7, then pooling."""
    x = conv_bn_relu(x, width, 3, strides=2, use_bias=use_bias)
    x = conv_bn_relu(x, width, 3, use_bias=use_bias)
    x = conv_bn_relu(x, 2 * width, 3, use_bias=use_bias)
    x = layers.ZeroPadding2D(1)(x)
    return layers.MaxPooling2D(3, strides=2)(x)


def senet154(input_shape: Shape = IMAGENET, classes: int = 1000) -> keras.Model:
    """The winner of ILSVRC 2017 (Hu 2018, appendix).

    A 64x4d ResNeXt-152 with blocks, 3x3 projections where the size halves and dropout:
    115,088,984 trainable parameters, convolutions without biases, dense layers with
    them.
    """
    return resnet.resnet(
        input_shape,
        classes,
        depths=(3, 8, 36, 3),
        branch=grouped_bottleneck,
        stem=three_conv_stem,
        projection=3,
        recalibrate=se_block,
        dropout=0.2,
    )


def small(input_shape: Shape = (28, 28, 1), classes: int = 10) -> keras.Model:
    """The small ResNet with blocks of ratio 4, for images of 28 or 32 pixels."""
    return resnet.small(input_shape, classes, recalibrate=partial(se_block, ratio=4))
