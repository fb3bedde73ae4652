"""Padding VALID, which is what Keras takes if nothing is said."""
# loses: check-branch, hidden-branch, check-module-counts, check-module-order, hidden-module

# %% bottleneck-branch
def bottleneck_branch(input_shape, reduce, maps, kernel):
    image = keras.Input(input_shape)
    return keras.Model(image, conv(conv(image, reduce, 1), maps, kernel))


def conv(x, maps, kernel):
    return layers.Conv2D(maps, kernel, activation="relu")(x)
