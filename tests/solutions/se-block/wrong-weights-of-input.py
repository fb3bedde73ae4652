"""The residual is scaled by weights that were computed from x."""
# loses: hidden-unit

# %% se-unit
def se_unit(input_shape, ratio):
    image = keras.Input(input_shape)
    weights = channel_weights(input_shape, ratio)(image)
    scaled = layers.Multiply()([residual(image), layers.Reshape((1, 1, input_shape[-1]))(weights)])
    return keras.Model(image, layers.ReLU()(layers.Add()([image, scaled])))
