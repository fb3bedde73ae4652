"""Numbers of the visible check typed in: 8 maps, always."""
# loses: check-identity-values, hidden-identity

# %% identity-unit
def identity_unit(input_shape):
    image = keras.Input(input_shape)
    maps = input_shape[-1]
    maps = 8
    z = layers.ReLU()(conv_bn(image, maps, 3))
    z = conv_bn(z, maps, 3)
    return keras.Model(image, layers.ReLU()(layers.Add()([image, z])))


def conv_bn(x, maps, kernel, strides=1):
    x = layers.Conv2D(maps, kernel, strides, padding="same", use_bias=False)(x)
    return layers.BatchNormalization()(x)
