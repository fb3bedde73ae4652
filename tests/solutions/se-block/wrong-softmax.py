"""A softmax over the maps instead of a sigmoid for each."""
# loses: check-weights, hidden-weights, check-block-values, hidden-block, check-unit, hidden-unit

# %% channel-weights
def channel_weights(input_shape, ratio):
    maps = input_shape[-1]
    image = keras.Input(input_shape)
    squeezed = layers.GlobalAveragePooling2D()(image)
    units = max(1, maps // ratio)
    hidden = layers.Dense(units, activation="relu")(squeezed)
    return keras.Model(image, layers.Dense(maps, activation="softmax")(hidden))
