"""The second 3×3 convolution has the stride: shapes and counts are right, values are not."""
# loses: hidden-projection

# %% residual-unit
def residual_unit(input_shape, maps, strides=1):
    image = keras.Input(input_shape)
    z = layers.ReLU()(conv_bn(image, maps, 3))
    z = conv_bn(z, maps, 3, strides)
    x = image
    if x.shape != z.shape:
        x = conv_bn(x, maps, 1, strides)
    return keras.Model(image, layers.ReLU()(layers.Add()([x, z])))
