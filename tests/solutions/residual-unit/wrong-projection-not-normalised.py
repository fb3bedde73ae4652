"""The projection is a convolution without batch normalisation."""
# loses: check-unit-parameters, hidden-projection

# %% residual-unit
def residual_unit(input_shape, maps, strides=1):
    image = keras.Input(input_shape)
    z = layers.ReLU()(conv_bn(image, maps, 3, strides))
    z = conv_bn(z, maps, 3)
    x = image
    if x.shape != z.shape:
        x = layers.Conv2D(maps, 1, strides, padding="same", use_bias=False)(x)
    return keras.Model(image, layers.ReLU()(layers.Add()([x, z])))
