"""The naive module: larger kernels look at the image itself."""
# loses: check-module-counts, check-module-order, hidden-module

# %% inception-module
def inception_module(input_shape, maps):
    ones, reduce_threes, threes, reduce_fives, fives, pooled = maps
    image = keras.Input(input_shape)
    branches = [
        conv(image, ones, 1),
        conv(image, threes, 3),
        conv(image, fives, 5),
        pool_branch(input_shape, pooled)(image),
    ]
    return keras.Model(image, layers.Concatenate()(branches))
