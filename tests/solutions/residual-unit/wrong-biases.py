"""Every convolution keeps its bias."""
# loses: check-identity-counts, check-unit-parameters, check-bottleneck

# %% identity-unit
def identity_unit(input_shape):
    image = keras.Input(input_shape)
    maps = input_shape[-1]
    z = layers.ReLU()(conv_bn(image, maps, 3))
    z = conv_bn(z, maps, 3)
    return keras.Model(image, layers.ReLU()(layers.Add()([image, z])))


def conv_bn(x, maps, kernel, strides=1):
    x = layers.Conv2D(maps, kernel, strides, padding="same")(x)
    return layers.BatchNormalization()(x)
