"""The block scales the sum, shortcut and all."""
# loses: check-unit, hidden-unit

# %% se-unit
def se_unit(input_shape, ratio):
    image = keras.Input(input_shape)
    total = layers.Add()([image, residual(image)])
    return keras.Model(image, layers.ReLU()(se_block(input_shape, ratio)(total)))
