"""The dense layers work at each position by itself: nothing of the whole picture comes in."""
# loses: check-weights, hidden-weights, check-block-values, hidden-block, hidden-unit

# %% channel-weights
def channel_weights(input_shape, ratio):
    maps = input_shape[-1]
    image = keras.Input(input_shape)
    squeezed = image
    units = max(1, maps // ratio)
    hidden = layers.Dense(units, activation="relu")(squeezed)
    return keras.Model(image, layers.Dense(maps, activation="sigmoid")(hidden))

# %% se-block
def se_block(input_shape, ratio):
    image = keras.Input(input_shape)
    weights = channel_weights(input_shape, ratio)(image)
    return keras.Model(image, layers.Multiply()([image, weights]))
