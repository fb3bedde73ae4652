"""One pixel of zeros on each side, also where SAME at stride 2 would pad the far side only."""
# loses: hidden-projection

# %% residual-unit
def residual_unit(input_shape, maps, strides=1):
    image = keras.Input(input_shape)
    z = layers.ZeroPadding2D(1)(image)
    z = layers.Conv2D(maps, 3, strides, padding="valid", use_bias=False)(z)
    z = layers.ReLU()(layers.BatchNormalization()(z))
    z = conv_bn(z, maps, 3)
    x = image
    if x.shape != z.shape:
        x = conv_bn(x, maps, 1, strides)
    return keras.Model(image, layers.ReLU()(layers.Add()([x, z])))
