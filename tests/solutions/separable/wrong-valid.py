"""Padding VALID, which is what Keras takes if nothing is said."""
# loses: check-conv-counts, check-conv-values, hidden-conv

# %% separable-conv
def separable_conv(input_shape, maps, kernel, strides=1, multiplier=1):
    image = keras.Input(input_shape)
    x = layers.DepthwiseConv2D(kernel, strides, depth_multiplier=multiplier, use_bias=False)(image)
    return keras.Model(image, layers.Conv2D(maps, 1)(x))
