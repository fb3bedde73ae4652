"""F as a Sequential model of its own, activations by name, the smaller epsilon of Keras's own ResNets."""
# loses: nothing

# %% identity-unit
def residual(maps, kernels, filters, strides):
    steps = []
    for number, (kernel, count) in enumerate(zip(kernels, filters)):
        if number:
            steps.append(layers.Activation("relu"))
        step = strides if number == 0 else 1
        steps.append(layers.Conv2D(count, kernel, strides=step, padding="same", use_bias=False))
        steps.append(layers.BatchNormalization(epsilon=1.001e-5, momentum=0.9))
    return keras.Sequential(steps)


def unit_of(input_shape, kernels, filters, strides):
    image = keras.Input(shape=tuple(input_shape))
    z = residual(input_shape[-1], kernels, filters, strides)(image)
    same = strides == 1 and input_shape[-1] == filters[-1]
    carried = image if same else residual(input_shape[-1], (1,), filters[-1:], strides)(image)
    return keras.Model(inputs=image, outputs=layers.Activation("relu")(layers.add([z, carried])))


def identity_unit(input_shape):
    return unit_of(input_shape, (3, 3), (input_shape[-1],) * 2, 1)

# %% residual-unit
def residual_unit(input_shape, maps, strides=1):
    return unit_of(input_shape, (3, 3), (maps, maps), strides)

# %% bottleneck-unit
def bottleneck_unit(input_shape, width, strides=1):
    return unit_of(input_shape, (1, 3, 1), (width, width, 4 * width), strides)
