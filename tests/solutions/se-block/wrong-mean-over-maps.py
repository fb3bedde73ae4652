"""The squeeze takes the mean over the maps at each position, not over the positions of each map."""
# loses: check-weights, hidden-weights, check-block-counts, check-block-values, hidden-block, hidden-unit

# %% channel-weights
def channel_weights(input_shape, ratio):
    height, width, maps = input_shape
    image = keras.Input(input_shape)
    squeezed = layers.Reshape((height * width, maps))(image)
    squeezed = layers.GlobalAveragePooling1D(data_format="channels_first")(squeezed)
    hidden = layers.Dense(max(1, maps // ratio), activation="relu")(squeezed)
    return keras.Model(image, layers.Dense(maps, activation="sigmoid")(hidden))
