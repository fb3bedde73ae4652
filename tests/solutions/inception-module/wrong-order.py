"""The pooling is stacked before the 5×5 branch."""
# loses: check-module-order, hidden-module

# %% inception-module
def inception_module(input_shape, maps):
    ones, reduce_threes, threes, reduce_fives, fives, pooled = maps
    image = keras.Input(input_shape)
    branches = [
        conv(image, ones, 1),
        bottleneck_branch(input_shape, reduce_threes, threes, 3)(image),
        pool_branch(input_shape, pooled)(image),
        bottleneck_branch(input_shape, reduce_fives, fives, 5)(image),
    ]
    return keras.Model(image, layers.Concatenate()(branches))
