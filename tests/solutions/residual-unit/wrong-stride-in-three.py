"""The 3×3 convolution of the bottleneck has the stride, as in later versions of ResNet."""
# loses: hidden-bottleneck

# %% bottleneck-unit
def bottleneck_unit(input_shape, width, strides=1):
    image = keras.Input(input_shape)
    z = layers.ReLU()(conv_bn(image, width, 1))
    z = layers.ReLU()(conv_bn(z, width, 3, strides))
    z = conv_bn(z, 4 * width, 1)
    x = image
    if x.shape != z.shape:
        x = conv_bn(x, 4 * width, 1, strides)
    return keras.Model(image, layers.ReLU()(layers.Add()([x, z])))
