"""Branches as Sequential models, ReLUs as layers, larger kernels padded by a layer of their own."""
# loses: nothing

# %% bottleneck-branch
def steps(maps, kernel):
    return [
        layers.ZeroPadding2D((kernel - 1) // 2),
        layers.Conv2D(filters=maps, kernel_size=(kernel, kernel), padding="valid"),
        layers.ReLU(),
    ]


def bottleneck_branch(input_shape, reduce, maps, kernel):
    return keras.Sequential([keras.Input(input_shape), *steps(reduce, 1), *steps(maps, kernel)])

# %% pool-branch
def pool_branch(input_shape, maps):
    pooling = layers.MaxPooling2D((3, 3), (1, 1), "same")
    return keras.Sequential([keras.Input(input_shape), pooling, *steps(maps, 1)])

# %% inception-module
def inception_module(input_shape, maps):
    image = keras.Input(input_shape)
    whole = [
        keras.Sequential([keras.Input(input_shape), *steps(maps[0], 1)]),
        bottleneck_branch(input_shape, maps[1], maps[2], 3),
        bottleneck_branch(input_shape, maps[3], maps[4], 5),
        pool_branch(input_shape, maps[5]),
    ]
    return keras.Model(image, layers.concatenate([part(image) for part in whole]))

# %% bottleneck-saving
def bottleneck_saving(channels, reduce, maps, kernel):
    without, through = 0, 0
    for _ in range(maps):
        without += kernel * kernel * channels
        through += kernel * kernel * reduce
    for _ in range(reduce):
        through += channels
    return without / through
