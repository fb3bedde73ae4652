"""Whoever tests the number of maps alone cannot add where only the size changes."""
# loses: check-unit-shapes, hidden-projection

# %% residual-unit
def residual_unit(input_shape, maps, strides=1):
    image = keras.Input(input_shape)
    z = layers.ReLU()(conv_bn(image, maps, 3, strides))
    z = conv_bn(z, maps, 3)
    x = image
    if input_shape[-1] != maps:
        x = conv_bn(x, maps, 1, strides)
    return keras.Model(image, layers.ReLU()(layers.Add()([x, z])))
