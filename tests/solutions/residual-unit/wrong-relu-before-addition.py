"""A ReLU on the residual too, so that it can only add."""
# loses: check-identity-values, hidden-identity, hidden-same, hidden-projection, hidden-bottleneck

# %% identity-unit
def identity_unit(input_shape):
    image = keras.Input(input_shape)
    maps = input_shape[-1]
    z = layers.ReLU()(conv_bn(image, maps, 3))
    z = conv_bn(z, maps, 3)
    z = layers.ReLU()(z)
    return keras.Model(image, layers.ReLU()(layers.Add()([image, z])))


def conv_bn(x, maps, kernel, strides=1):
    x = layers.Conv2D(maps, kernel, strides, padding="same", use_bias=False)(x)
    return layers.BatchNormalization()(x)

# %% residual-unit
def residual_unit(input_shape, maps, strides=1):
    image = keras.Input(input_shape)
    z = layers.ReLU()(conv_bn(image, maps, 3, strides))
    z = conv_bn(z, maps, 3)
    z = layers.ReLU()(z)
    x = image
    if x.shape != z.shape:
        x = conv_bn(x, maps, 1, strides)
    return keras.Model(image, layers.ReLU()(layers.Add()([x, z])))

# %% bottleneck-unit
def bottleneck_unit(input_shape, width, strides=1):
    image = keras.Input(input_shape)
    z = layers.ReLU()(conv_bn(image, width, 1, strides))
    z = layers.ReLU()(conv_bn(z, width, 3))
    z = conv_bn(z, 4 * width, 1)
    z = layers.ReLU()(z)
    x = image
    if x.shape != z.shape:
        x = conv_bn(x, 4 * width, 1, strides)
    return keras.Model(image, layers.ReLU()(layers.Add()([x, z])))
