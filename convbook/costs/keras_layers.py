"""What is to be known of each kind of Keras layer: its multiplications, what it reads, its weights."""

import math
from typing import Any

from convbook.costs.network import Shape
from convbook.costs.reads import Reads, SpreadWindow, Window, point_by_point, window
from convbook.sizes import per_axis

_PASSES_ON = {
    *("Flatten", "Reshape", "Identity"),
    *("Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D"),
}
_CONVOLUTIONS = {
    *("Conv1D", "Conv2D", "Conv3D", "DepthwiseConv1D", "DepthwiseConv2D"),
    *("SeparableConv1D", "SeparableConv2D"),
}
_TRANSPOSED_CONVOLUTIONS = {"Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"}
_POOLINGS = {f"{how}Pooling{rank}D" for how in ("Max", "Average") for rank in (1, 2, 3)}
_UPSAMPLINGS = {"UpSampling1D", "UpSampling2D", "UpSampling3D"}
_POINT_BY_POINT = {
    *("Dense", "Embedding", "Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax"),
    *("BatchNormalization", "Normalization", "Rescaling", "LayerScale", "CustomScaleLayer"),
    *("Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "Identity"),
    *("GaussianNoise", "GaussianDropout", "ActivityRegularization"),
    *("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate"),
    *("Relu", "Relu6", "Sigmoid", "HardSigmoid", "Silu", "Swish", "Tanh", "Gelu", "HardSilu"),
    *("TrueDivide", "Divide", "Power", "Square", "Sqrt", "Absolute", "Negative", "Exp", "Log"),
}
"""Each output depends on the inputs at its own place only."""
_HAS_WEIGHTS_BUT_NO_KERNEL = {
    *("BatchNormalization", "LayerNormalization", "GroupNormalization", "RMSNormalization"),
    *("Normalization", "PReLU", "Embedding", "LayerScale"),
}
_MULTIPLIES_WITHOUT_WEIGHTS = {
    *("Conv", "DepthwiseConv", "SeparableConv", "ConvTranspose"),  # of keras.ops
    *("Matmul", "Dot", "Einsum", "Tensordot", "Inner", "Vdot"),
    *("DotProductAttention", "Attention"),
}


def is_stored(layer: Any) -> bool:
    """Whether the layer's output is an array of its own."""
    return type(layer).__name__ not in _PASSES_ON


def multiplications(layer: Any, input_shape: Shape, output_shape: Shape) -> int:
    """Kernel weights times the positions at which each is used.

    Raises:
        ValueError: a layer with weights, or an operation that multiplies, of a kind unknown here.
    """
    kind = type(layer).__name__
    if kind in {"SeparableConv1D", "SeparableConv2D"}:
        kernels = math.prod(layer.depthwise_kernel.shape) + math.prod(layer.pointwise_kernel.shape)
        return kernels * math.prod(output_shape[:-1])
    if kind == "Dense" or kind in _CONVOLUTIONS:
        return math.prod(layer.kernel.shape) * math.prod(output_shape[:-1])
    if kind in _TRANSPOSED_CONVOLUTIONS:
        return math.prod(layer.kernel.shape) * math.prod(input_shape[:-1])
    has_weights = hasattr(layer, "count_params") and layer.count_params() > 0
    unknown = has_weights and kind not in _HAS_WEIGHTS_BUT_NO_KERNEL
    if unknown or kind in _MULTIPLIES_WITHOUT_WEIGHTS:
        raise ValueError(f"cannot count the multiplications of {layer.name}, a {kind}")
    return 0


def conv_biases(layer: Any) -> int:
    """Biases of a convolution; those of a dense layer are in every published count."""
    if type(layer).__name__ not in _CONVOLUTIONS | _TRANSPOSED_CONVOLUTIONS:
        return 0
    return 0 if layer.bias is None else math.prod(layer.bias.shape)


def statistics(layer: Any) -> int:
    """The moving mean and variance of a batch normalisation."""
    if type(layer).__name__ != "BatchNormalization":
        return 0
    return math.prod(layer.moving_mean.shape) + math.prod(layer.moving_variance.shape)


def reads(layer: Any, input_shape: Shape, output_shape: Shape) -> Reads:
    """Which positions of its input the layer reads; a kind unknown here is taken to read all."""
    kind, sizes = type(layer).__name__, input_shape[:-1]
    rank = len(output_shape) - 1
    if kind in _POINT_BY_POINT and _keeps_places_apart(layer, rank):
        return point_by_point(rank)
    if getattr(layer, "data_format", "channels_last") != "channels_last":
        return None
    if kind in _CONVOLUTIONS:
        dilation = per_axis(layer.dilation_rate, rank, "dilation")
        return _windows(sizes, layer.kernel_size, layer.strides, layer.padding, dilation)
    if kind in _POOLINGS:
        return _windows(sizes, layer.pool_size, layer.strides, layer.padding, (1,) * rank)
    if kind in _TRANSPOSED_CONVOLUTIONS:
        return _transposed(layer, rank)
    if kind in _UPSAMPLINGS:
        return _enlarging(per_axis(layer.size, rank, "size"), layer)
    if kind.startswith("ZeroPadding"):
        return tuple(Window(before=before) for before, _ in _pairs(layer.padding))
    if kind.startswith("Cropping"):
        return tuple(Window(before=-before) for before, _ in _pairs(layer.cropping))
    if kind == "LayerNormalization" and _axes(layer.axis, rank) == {rank + 1}:
        return point_by_point(rank)
    return None


def _windows(
    sizes: Shape, kernel: Shape, strides: Shape, padding: str, dilation: Shape
) -> tuple[Window, ...]:
    axes = zip(sizes, kernel, strides, (padding,) * len(sizes), dilation, strict=True)
    return tuple(window(*axis) for axis in axes)


def _transposed(layer: Any, rank: int) -> tuple[SpreadWindow, ...]:
    """The windows of a transposed convolution; its padding is cut off the output it writes.

    With SAME and no ``output_padding``, that is what the convolution it transposes pads.
    """
    padded = layer.output_padding
    extra = (None,) * rank if padded is None else per_axis(padded, rank, "output_padding")
    dilation = per_axis(layer.dilation_rate, rank, "dilation")
    windows = []
    for kernel, stride, gap, more in zip(
        layer.kernel_size, layer.strides, dilation, extra, strict=True
    ):
        span = (kernel - 1) * gap + 1
        total = stride + span - 2 if more is None else span + span % 2 - 2 + more
        cut = span - 1 - min(-(-total // 2), span - 1) if layer.padding == "same" else 0
        windows.append(SpreadWindow(span, stride, cut))
    return tuple(windows)


def _enlarging(factors: Shape, layer: Any) -> Reads:
    """Enlarging as a transposed convolution with a kernel of ones, or the triangle of Long (2015)."""
    interpolation = getattr(layer, "interpolation", "nearest")
    if interpolation == "nearest":
        return tuple(SpreadWindow(factor, factor) for factor in factors)
    if interpolation == "bilinear":
        return tuple(SpreadWindow(2 * f - f % 2, f, f // 2) for f in factors)
    return None


def _keeps_places_apart(layer: Any, rank: int) -> bool:
    """A softmax or a concatenation does so only along the channels."""
    if type(layer).__name__ not in {"Concatenate", "Softmax"}:
        return True
    return _axes(getattr(layer, "axis", -1), rank) == {rank + 1}


def _axes(axis: Any, rank: int) -> set[int]:
    """Axes counted from the batch, for an output with ``rank`` spatial axes."""
    listed = axis if isinstance(axis, list | tuple) else [axis]
    return {number % (rank + 2) for number in listed}


def _pairs(amounts: Any) -> list[tuple[int, int]]:
    """Amounts before and after for each axis; Keras keeps those of one axis without a list."""
    return [amounts] if isinstance(amounts[0], int) else list(amounts)
