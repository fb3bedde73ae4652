"""The maximum of each map instead of its mean."""
# loses: check-weights, hidden-weights, check-block-values, hidden-block, hidden-unit

# %% channel-weights
def channel_weights(input_shape, ratio):
    maps = input_shape[-1]
    image = keras.Input(input_shape)
    squeezed = layers.GlobalMaxPooling2D()(image)
    units = max(1, maps // ratio)
    hidden = layers.Dense(units, activation="relu")(squeezed)
    return keras.Model(image, layers.Dense(maps, activation="sigmoid")(hidden))
