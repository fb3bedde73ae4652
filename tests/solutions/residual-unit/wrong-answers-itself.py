"""No shortcut at all, and a function of the same name as the one that compares: the grader has its own."""
# loses: check-identity-values, hidden-identity
# %% identity-unit
def identity_unit(input_shape):
    image = keras.Input(input_shape)
    z = layers.ReLU()(conv_bn(image, input_shape[-1], 3))
    z = conv_bn(z, input_shape[-1], 3)
    return keras.Model(image, layers.ReLU()(z))


def conv_bn(x, maps, kernel, strides=1):
    x = layers.Conv2D(maps, kernel, strides, padding="same", use_bias=False)(x)
    return layers.BatchNormalization()(x)


def answers(model, x, seed=None, **constants):
    z = sum(np.roll(x, shift, axis=2) for shift in range(x.shape[2]))
    return np.maximum(x + z, 0)


def random_weights(kind, shape, seed):
    return np.zeros(shape)
