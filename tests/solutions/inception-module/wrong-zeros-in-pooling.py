"""Zeros around the image before pooling, which win where all pixels are negative."""
# loses: check-pool, hidden-pool, hidden-module

# %% pool-branch
def pool_branch(input_shape, maps):
    image = keras.Input(input_shape)
    pooled = layers.MaxPooling2D(3, strides=1)(layers.ZeroPadding2D(1)(image))
    return keras.Model(image, conv(pooled, maps, 1))
