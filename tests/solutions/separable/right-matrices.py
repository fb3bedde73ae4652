"""A dense layer mixes the channels, the kernel is a batch of matrix products, the block pads by hand at stride 1."""
# loses: nothing

# %% separable-conv
def separable_conv(input_shape, maps, kernel, strides=1, multiplier=1):
    image = keras.Input(input_shape)
    steps = [layers.DepthwiseConv2D((kernel, kernel), (strides, strides), "same", multiplier, use_bias=False)]
    steps.append(layers.Dense(maps))
    x = image
    for step in steps:
        x = step(x)
    return keras.Model(image, x)

# %% separable-saving
def separable_saving(channels, maps, kernel, multiplier=1):
    before = after = 0
    for _ in range(kernel * kernel):
        before += channels * maps
        after += channels * multiplier
    return before / (after + channels * multiplier * maps)

# %% in-one-piece
def in_one_piece(depthwise_kernel, pointwise_kernel):
    rows, columns, channels, multiplier = depthwise_kernel.shape
    d = depthwise_kernel.reshape(rows * columns, channels, multiplier).transpose(1, 0, 2)
    p = pointwise_kernel.reshape(channels, multiplier, -1)
    return (d @ p).transpose(1, 0, 2).reshape(rows, columns, channels, -1)

# %% inverted-residual
def normalised(layer, x):
    return layers.BatchNormalization(epsilon=0.001)(layer(x))


def inverted_residual(input_shape, maps, strides=1, expansion=6):
    image = keras.Input(input_shape)
    x = normalised(layers.Dense(input_shape[-1] * expansion, use_bias=False), image)
    x = layers.ReLU(max_value=6.0)(x)
    if strides == 1:
        step = layers.DepthwiseConv2D(3, padding="valid", use_bias=False)
        x = normalised(step, layers.ZeroPadding2D(1)(x))
    else:
        x = normalised(layers.DepthwiseConv2D(3, strides, "same", use_bias=False), x)
    x = layers.ReLU(max_value=6.0)(x)
    x = normalised(layers.Dense(maps, use_bias=False), x)
    same = strides == 1 and maps == input_shape[-1]
    return keras.Model(image, layers.Add()([x, image]) if same else x)
