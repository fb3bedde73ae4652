"""The widths of the two bottlenecks are mixed up."""
# loses: check-module-counts, check-module-order, hidden-module

# %% inception-module
def inception_module(input_shape, maps):
    ones, reduce_threes, threes, reduce_fives, fives, pooled = maps
    image = keras.Input(input_shape)
    branches = [
        conv(image, ones, 1),
        bottleneck_branch(input_shape, reduce_fives, threes, 3)(image),
        bottleneck_branch(input_shape, reduce_threes, fives, 5)(image),
        pool_branch(input_shape, pooled)(image),
    ]
    return keras.Model(image, layers.Concatenate()(branches))
