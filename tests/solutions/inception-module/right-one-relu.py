"""The last ReLUs of all branches are one ReLU behind the stack, and 1×1 convolutions are dense layers."""
# loses: nothing

# %% bottleneck-branch
def one(x, maps):
    return layers.Dense(maps)(x)


def narrow(x, reduce, maps, kernel):
    x = layers.Activation("relu")(one(x, reduce))
    return layers.Conv2D(maps, kernel, padding="same")(x)


def flat(x, maps):
    return one(layers.MaxPool2D(3, 1, "same")(x), maps)


def model_of(input_shape, step, *sizes):
    image = keras.Input(input_shape)
    return keras.Model(image, layers.Activation("relu")(step(image, *sizes)))


def bottleneck_branch(input_shape, reduce, maps, kernel):
    return model_of(input_shape, narrow, reduce, maps, kernel)

# %% pool-branch
def pool_branch(input_shape, maps):
    return model_of(input_shape, flat, maps)

# %% inception-module
def stacked(x, a, b, c, d, e, f):
    return layers.Concatenate(axis=3)([one(x, a), narrow(x, b, c, 3), narrow(x, d, e, 5), flat(x, f)])


def inception_module(input_shape, maps):
    return model_of(input_shape, stacked, *maps)

# %% bottleneck-saving
def bottleneck_saving(channels, reduce, maps, kernel):
    return 1 / (reduce / (maps * kernel**2) + reduce / channels)
