"""The 1×1 convolution before a larger kernel has no ReLU."""
# loses: check-branch, hidden-branch, hidden-module

# %% bottleneck-branch
def bottleneck_branch(input_shape, reduce, maps, kernel):
    image = keras.Input(input_shape)
    x = layers.Conv2D(reduce, 1)(image)
    return keras.Model(image, conv(x, maps, kernel))


def conv(x, maps, kernel):
    return layers.Conv2D(maps, kernel, padding="same", activation="relu")(x)
