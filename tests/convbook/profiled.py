"""An independent count of multiplications: TensorFlow's profiler."""

import keras
import pytest

needs_tensorflow = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="TensorFlow's profiler counts the operations"
)
KERNEL_PRODUCTS = {
    *("Conv2D", "Conv3D", "DepthwiseConv2dNative", "MatMul"),
    *("Conv2DBackpropInput", "Conv3DBackpropInputV2"),  # transposed convolutions
}


def profiled_multiplications(model: keras.Model, input_shape: tuple[int, ...] | None = None) -> int:
    """Half the floating-point operations of TensorFlow's kernel products: each is multiply and add.

    Biases, activations and pooling are operations of their own there, and are left out. So are
    convolutions in groups, which Keras puts into functions that the profiler does not look into.

    Args:
        model: a built model.
        input_shape: of one example, where the model leaves it open.
    """
    import tensorflow as tf

    one_example = tf.TensorSpec((1, *(input_shape or model.input_shape[1:])), tf.float32)
    predict = tf.function(lambda x: model(x, training=False))
    graph = predict.get_concrete_function(one_example).graph
    builder = tf.compat.v1.profiler.ProfileOptionBuilder
    options = builder(builder.float_operation()).with_empty_output().build()
    with graph.as_default():
        profile = tf.compat.v1.profiler.profile(
            graph, run_meta=tf.compat.v1.RunMetadata(), cmd="op", options=options
        )
    floating, nodes = 0, [profile]
    while nodes:
        node = nodes.pop()
        floating += node.float_ops * (node.name in KERNEL_PRODUCTS)
        nodes += node.children
    assert floating % 2 == 0
    return floating // 2
