"""Convolution, ReLU, normalisation: the order of layers is mixed up in the first step of F."""
# loses: check-identity-values, hidden-identity, hidden-same, hidden-projection

# %% identity-unit
def identity_unit(input_shape):
    image = keras.Input(input_shape)
    maps = input_shape[-1]
    z = layers.Conv2D(maps, 3, padding="same", use_bias=False, activation="relu")(image)
    z = layers.BatchNormalization()(z)
    z = conv_bn(z, maps, 3)
    return keras.Model(image, layers.ReLU()(layers.Add()([image, z])))


def conv_bn(x, maps, kernel, strides=1):
    x = layers.Conv2D(maps, kernel, strides, padding="same", use_bias=False)(x)
    return layers.BatchNormalization()(x)

# %% residual-unit
def residual_unit(input_shape, maps, strides=1):
    image = keras.Input(input_shape)
    z = layers.Conv2D(maps, 3, strides, padding="same", use_bias=False, activation="relu")(image)
    z = layers.BatchNormalization()(z)
    z = conv_bn(z, maps, 3)
    x = image
    if x.shape != z.shape:
        x = conv_bn(x, maps, 1, strides)
    return keras.Model(image, layers.ReLU()(layers.Add()([x, z])))
