"""The ratio of the block by hand, always."""
# loses: hidden-weights, check-block-counts, hidden-block

# %% channel-weights
def channel_weights(input_shape, ratio):
    maps = input_shape[-1]
    image = keras.Input(input_shape)
    squeezed = layers.GlobalAveragePooling2D()(image)
    units = max(1, maps // 2)
    hidden = layers.Dense(units, activation="relu")(squeezed)
    return keras.Model(image, layers.Dense(maps, activation="sigmoid")(hidden))
