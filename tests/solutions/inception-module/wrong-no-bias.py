"""Convolutions without biases."""
# loses: check-branch, hidden-branch, check-pool, hidden-pool, check-module-counts, hidden-module

# %% bottleneck-branch
def bottleneck_branch(input_shape, reduce, maps, kernel):
    image = keras.Input(input_shape)
    return keras.Model(image, conv(conv(image, reduce, 1), maps, kernel))


def conv(x, maps, kernel):
    return layers.Conv2D(maps, kernel, padding="same", activation="relu", use_bias=False)(x)
