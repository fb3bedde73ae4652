"""The width inside is counted from the maps of the output."""
# loses: check-inverted-counts, hidden-inverted

# %% inverted-residual
def inverted_residual(input_shape, maps, strides=1, expansion=6):
    channels = input_shape[-1]
    wide = expansion * maps
    image = keras.Input(input_shape)
    x = layers.Conv2D(wide, 1, use_bias=False)(image)
    x = layers.ReLU(6)(layers.BatchNormalization()(x))
    x = layers.DepthwiseConv2D(3, strides, padding="same", use_bias=False)(x)
    x = layers.ReLU(6)(layers.BatchNormalization()(x))
    x = layers.Conv2D(maps, 1, use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    if strides == 1 and maps == channels:
        x = layers.Add()([image, x])
    return keras.Model(image, x)
