"""Keras's layer for both steps, loops over channels, and the block as a Sequential model with an activation by name."""
# loses: nothing

# %% separable-conv
def separable_conv(input_shape, maps, kernel, strides=1, multiplier=1):
    image = keras.Input(input_shape)
    both = layers.SeparableConv2D(maps, kernel, strides, "same", depth_multiplier=multiplier)
    return keras.Model(image, both(image))

# %% separable-saving
def separable_saving(channels, maps, kernel, multiplier=1):
    rest = 1 / maps + 1 / kernel**2  # of the work, with one kernel for each channel
    return 1 / (multiplier * rest)

# %% in-one-piece
def in_one_piece(depthwise_kernel, pointwise_kernel):
    d, p = np.asarray(depthwise_kernel), np.asarray(pointwise_kernel)[0, 0]
    size, _, channels, multiplier = d.shape
    w = np.zeros((*d.shape[:3], p.shape[1]))
    for c in range(channels):
        for j in range(multiplier):
            w[:, :, c] += d[:, :, c, j, None] * p[c * multiplier + j]
    return w

# %% inverted-residual
def inverted_residual(input_shape, maps, strides=1, expansion=6):
    inside = keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Conv2D(input_shape[-1] * expansion, (1, 1), padding="same", use_bias=False),
            layers.BatchNormalization(momentum=0.9),
            layers.Activation("relu6"),
            layers.DepthwiseConv2D((3, 3), strides=strides, padding="same", use_bias=False),
            layers.BatchNormalization(momentum=0.9),
            layers.Activation("relu6"),
            layers.Conv2D(maps, (1, 1), use_bias=False),
            layers.BatchNormalization(momentum=0.9),
        ]
    )
    if inside.output_shape[1:] != tuple(input_shape):
        return inside
    image = keras.Input(input_shape)
    return keras.Model(image, layers.add([inside(image), image]))
