"""The depthwise step has a bias, too."""
# loses: check-conv-counts, check-conv-values, hidden-conv

# %% separable-conv
def separable_conv(input_shape, maps, kernel, strides=1, multiplier=1):
    image = keras.Input(input_shape)
    x = layers.DepthwiseConv2D(kernel, strides, padding="same", depth_multiplier=multiplier)(image)
    return keras.Model(image, layers.Conv2D(maps, 1)(x))
