"""A projection also where the shape stays."""
# loses: check-unit-parameters, hidden-same

# %% residual-unit
def residual_unit(input_shape, maps, strides=1):
    image = keras.Input(input_shape)
    z = layers.ReLU()(conv_bn(image, maps, 3, strides))
    z = conv_bn(z, maps, 3)
    x = conv_bn(image, maps, 1, strides)
    return keras.Model(image, layers.ReLU()(layers.Add()([x, z])))
