"""A Sequential model, the mean as an average pooling over the whole map, and Keras's broadcasting in the product."""
# loses: nothing

# %% channel-weights
def channel_weights(input_shape, ratio):
    height, width, maps = input_shape
    units = maps // ratio if maps >= ratio else 1
    return keras.Sequential(
        [
            keras.Input((height, width, maps)),
            layers.AveragePooling2D((height, width)),
            layers.Reshape((maps,)),
            layers.Dense(units),
            layers.Activation("relu"),
            layers.Dense(maps),
            layers.Activation(keras.activations.sigmoid),
        ]
    )

# %% se-block
def se_block(input_shape, ratio):
    image = keras.Input(input_shape)
    return keras.Model(image, layers.Multiply()([image, channel_weights(input_shape, ratio)(image)]))

# %% added-parameters
def added_parameters(stages, ratio):
    parameters = 0
    for blocks, maps in stages:
        for _ in range(blocks):
            hidden = int(maps / ratio)
            if hidden == 0:
                hidden = 1
            parameters += maps * hidden + hidden
            parameters += hidden * maps + maps
    return parameters
