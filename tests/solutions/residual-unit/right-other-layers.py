"""Padding by a layer of its own where the stride is 1; the projection picks pixels by pooling first."""
# loses: nothing

# %% identity-unit
def normalised(x):
    return layers.BatchNormalization(axis=-1)(x)


def three(x, maps):
    x = layers.ZeroPadding2D(1)(x)
    return normalised(layers.Conv2D(maps, (3, 3), padding="valid", use_bias=False)(x))


def one(x, maps, strides):
    if strides > 1:
        x = layers.MaxPooling2D(1, strides=strides, padding="same")(x)
    return normalised(layers.Conv2D(maps, 1, use_bias=False)(x))


def identity_unit(input_shape):
    image = keras.Input(input_shape)
    z = three(layers.ReLU()(three(image, input_shape[-1])), input_shape[-1])
    return keras.Model(image, layers.ReLU()(layers.Add()([z, image])))

# %% residual-unit
def residual_unit(input_shape, maps, strides=1):
    if strides == 1 and maps == input_shape[-1]:
        return identity_unit(input_shape)
    image = keras.Input(input_shape)
    carried = one(image, maps, strides)
    z = layers.Conv2D(maps, 3, strides, padding="same", use_bias=False, activation=None)(image)
    z = three(keras.layers.ReLU()(normalised(z)), maps)
    return keras.Model(image, layers.ReLU()(layers.Add()([carried, z])))

# %% bottleneck-unit
def bottleneck_unit(input_shape, width, strides=1):
    image = keras.Input(input_shape)
    z = layers.ReLU()(one(image, width, strides))
    z = layers.ReLU()(three(z, width))
    z = one(z, width * 4, 1)
    changed = strides != 1 or input_shape[-1] != width * 4
    carried = one(image, width * 4, strides) if changed else image
    return keras.Model(image, layers.ReLU()(layers.Add()([carried, z])))
