"""Reference operations in NumPy, forward and backward: exact, and small enough to read.

Arrays are channels-last, as in Keras: ``(batch, *spatial, channels)``; every operation
works along one, two or three spatial axes. Kernels have Keras's layouts.

Each ``..._backward`` takes ``dz``, the gradient of a loss with respect to the output of
the forward function, then that function's own arguments, and returns the gradients of
the loss with respect to its input and its weights.
"""

from convbook.ops.convolution import (
    ConvGradients,
    conv,
    conv_backward,
    conv_input_gradient,
    conv_kernel_gradient,
)
from convbook.ops.gradients import numerical_gradient
from convbook.ops.pooling import (
    average_pool,
    average_pool_backward,
    depthwise_max_pool,
    depthwise_max_pool_backward,
    global_average_pool,
    global_average_pool_backward,
    global_max_pool,
    global_max_pool_backward,
    l2_pool,
    l2_pool_backward,
    max_pool,
    max_pool_backward,
)
from convbook.ops.separable import (
    SeparableGradients,
    depthwise_conv,
    depthwise_conv_backward,
    separable_conv,
    separable_conv_backward,
)
from convbook.ops.transposed import conv_transpose, conv_transpose_backward
from convbook.ops.windows import col2im, im2col, scatter_windows, sliding_windows

__all__ = [
    "ConvGradients",
    "SeparableGradients",
    "average_pool",
    "average_pool_backward",
    "col2im",
    "conv",
    "conv_backward",
    "conv_input_gradient",
    "conv_kernel_gradient",
    "conv_transpose",
    "conv_transpose_backward",
    "depthwise_conv",
    "depthwise_conv_backward",
    "depthwise_max_pool",
    "depthwise_max_pool_backward",
    "global_average_pool",
    "global_average_pool_backward",
    "global_max_pool",
    "global_max_pool_backward",
    "im2col",
    "l2_pool",
    "l2_pool_backward",
    "max_pool",
    "max_pool_backward",
    "numerical_gradient",
    "scatter_windows",
    "separable_conv",
    "separable_conv_backward",
    "sliding_windows",
]
