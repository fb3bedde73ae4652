"""ResNet: layers learn what to add to their input (He 2015)."""

from collections.abc import Callable, Sequence

import keras
from keras import KerasTensor, layers

from convbook.models.blocks import (
    IMAGENET,
    Shape,
    conv_bn,
    conv_bn_relu,
    image_input,
    imagenet_stem,
    paired,
    pooled_classifier,
    small_stem,
)


def basic(x: KerasTensor, width: int, strides: int, use_bias: bool) -> KerasTensor:
    """Two 3x3 convolutions, in ResNet-18 and 34 (He 2015, figure 5, left)."""
    x = conv_bn_relu(x, width, 3, strides, use_bias=use_bias)
    return conv_bn(x, width, 3, use_bias=use_bias)


def bottleneck(x: KerasTensor, width: int, strides: int, use_bias: bool) -> KerasTensor:
    """1x1 to fewer maps, 3x3, 1x1 to four times as many (He 2015, figure 5, right)."""
    x = conv_bn_relu(x, width, 1, strides, use_bias=use_bias)
    x = conv_bn_relu(x, width, 3, use_bias=use_bias)
    return conv_bn(x, 4 * width, 1, use_bias=use_bias)


def shortcut(
    x: KerasTensor,
    residual: KerasTensor,
    strides: int,
    kernel: int,
    use_bias: bool,
) -> KerasTensor:
    """The input, projected where the residual has another shape (He 2015, option B).

    ``kernel`` is that of a projection that halves the size; others are 1x1.
    """
    if x.shape == residual.shape:
        return x
    kernel = kernel if strides > 1 else 1
    return conv_bn(x, residual.shape[-1], kernel, strides, use_bias=use_bias)


def resnet(
    input_shape: Shape = IMAGENET,
    classes: int = 1000,
    *,
    depths: Sequence[int],
    widths: Sequence[int] = (64, 128, 256, 512),
    branch: Callable[..., KerasTensor] = basic,
    stem: Callable[..., KerasTensor] = imagenet_stem,
    shortcuts: bool = True,
    projection: int = 1,
    recalibrate: Callable[..., KerasTensor] | None = None,
    dropout: float = 0.0,
    use_bias: bool = False,
) -> keras.Model:
    """Stages of residual units, ReLU(shortcut + residual) (He 2015, table 1).

    Args:
        input_shape: one image.
        classes: outputs of the softmax.
        depths: units in each stage; all stages but the first halve the size.
        widths: maps in each stage, of which ``branch`` may make a multiple.
        branch: the residual of a unit, :func:`basic` or :func:`bottleneck`.
        stem: what comes before the first stage.
        shortcuts: False gives the plain network of the same depth, without additions.
        projection: kernel of the projections that halve the size.
        recalibrate: applied to each residual before the addition, as
            :func:`convbook.models.senet.se_block`.
        dropout: before the classifier.
        use_bias: biases in the convolutions, which batch normalisation makes idle; the
            models in Keras have them.

    Raises:
        ValueError: depths and widths of different lengths, or a shape that is no
            image's.
    """
    image = image_input(input_shape)
    x = stem(image, widths[0], use_bias)
    for stage, (depth, width) in enumerate(paired(depths, widths), start=2):
        for unit in range(1, depth + 1):
            name = f"conv{stage}_{unit}"
            strides = 2 if unit == 1 and stage > 2 else 1
            residual = branch(x, width, strides, use_bias)
            if recalibrate:
                residual = recalibrate(residual, name=f"se{stage}_{unit}")
            if shortcuts:
                carried = shortcut(x, residual, strides, projection, use_bias)
                residual = layers.Add()([carried, residual])
            x = layers.ReLU(name=name)(residual)
    return keras.Model(image, pooled_classifier(x, classes, dropout), name="resnet")


def resnet18(input_shape: Shape = IMAGENET, classes: int = 1000) -> keras.Model:
    """11,689,512 trainable parameters without convolution biases."""
    return resnet(input_shape, classes, depths=(2, 2, 2, 2))


def resnet34(input_shape: Shape = IMAGENET, classes: int = 1000) -> keras.Model:
    """21,797,672 trainable parameters without convolution biases."""
    return resnet(input_shape, classes, depths=(3, 4, 6, 3))


def resnet50(
    input_shape: Shape = IMAGENET, classes: int = 1000, *, use_bias: bool = False
) -> keras.Model:
    """25,557,032 trainable parameters without convolution biases.

    25,636,712 in all with them and batch-norm statistics, as in Keras.
    """
    return resnet(
        input_shape,
        classes,
        depths=(3, 4, 6, 3),
        branch=bottleneck,
        use_bias=use_bias,
    )


def resnet101(
    input_shape: Shape = IMAGENET, classes: int = 1000, *, use_bias: bool = False
) -> keras.Model:
    """44,549,160 trainable parameters without convolution biases.

    44,707,176 in all with them and batch-norm statistics, as in Keras.
    """
    return resnet(
        input_shape,
        classes,
        depths=(3, 4, 23, 3),
        branch=bottleneck,
        use_bias=use_bias,
    )


def resnet152(
    input_shape: Shape = IMAGENET, classes: int = 1000, *, use_bias: bool = False
) -> keras.Model:
    """60,192,808 trainable parameters without convolution biases.

    60,419,944 in all with them and batch-norm statistics, as in Keras.
    """
    return resnet(
        input_shape,
        classes,
        depths=(3, 8, 36, 3),
        branch=bottleneck,
        use_bias=use_bias,
    )


def small(
    input_shape: Shape = (28, 28, 1),
    classes: int = 10,
    *,
    units: int = 1,
    shortcuts: bool = True,
    recalibrate: Callable[..., KerasTensor] | None = None,
) -> keras.Model:
    """Three stages of 16, 32 and 64 maps (He 2015, section 4.2), for 28 or 32 pixels.

    ``units`` in each stage give 6 * units + 2 layers. Without shortcuts they are the
    plain networks that get worse with depth.
    """
    return resnet(
        input_shape,
        classes,
        depths=(units,) * 3,
        widths=(16, 32, 64),
        stem=small_stem,
        shortcuts=shortcuts,
        recalibrate=recalibrate,
    )
