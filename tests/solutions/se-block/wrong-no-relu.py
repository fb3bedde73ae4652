"""The first dense layer has no activation."""
# loses: check-weights, hidden-weights, hidden-block, hidden-unit

# %% channel-weights
def channel_weights(input_shape, ratio):
    maps = input_shape[-1]
    image = keras.Input(input_shape)
    squeezed = layers.GlobalAveragePooling2D()(image)
    units = max(1, maps // ratio)
    hidden = layers.Dense(units)(squeezed)
    return keras.Model(image, layers.Dense(maps, activation="sigmoid")(hidden))
