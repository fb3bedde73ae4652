"""One kernel for each channel, whatever the multiplier."""
# loses: check-conv-counts, hidden-conv, check-saving, hidden-saving

# %% separable-conv
def separable_conv(input_shape, maps, kernel, strides=1, multiplier=1):
    image = keras.Input(input_shape)
    x = layers.DepthwiseConv2D(kernel, strides, padding="same", use_bias=False)(image)
    return keras.Model(image, layers.Conv2D(maps, 1)(x))

# %% separable-saving
def separable_saving(channels, maps, kernel, multiplier=1):
    return 1 / (1 / maps + 1 / kernel**2)
