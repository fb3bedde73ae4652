"""Pooling with the stride that Keras takes if nothing is said, 3."""
# loses: check-pool, hidden-pool, check-module-counts, hidden-module

# %% pool-branch
def pool_branch(input_shape, maps):
    image = keras.Input(input_shape)
    pooled = layers.MaxPooling2D(3, padding="same")(image)
    return keras.Model(image, conv(pooled, maps, 1))
