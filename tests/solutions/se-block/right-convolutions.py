"""1×1 convolutions in the place of the dense layers, means that keep their axes, and the cost as one sum."""
# loses: nothing

# %% channel-weights
def excite(x, ratio):
    maps = x.shape[-1]
    x = layers.GlobalAveragePooling2D(keepdims=True)(x)
    x = layers.Conv2D(max(maps // ratio, 1), 1)(x)
    x = layers.ReLU()(x)
    return layers.Activation("sigmoid")(layers.Conv2D(maps, 1)(x))


def channel_weights(input_shape, ratio):
    image = keras.Input(input_shape)
    return keras.Model(image, layers.Flatten()(excite(image, ratio)))

# %% se-block
def se_block(input_shape, ratio):
    image = keras.Input(input_shape)
    return keras.Model(image, layers.multiply([excite(image, ratio), image]))

# %% se-unit
def se_unit(input_shape, ratio):
    image = keras.Input(input_shape)
    added = residual(image)
    added = layers.multiply([added, excite(added, ratio)])
    return keras.Model(image, layers.Activation("relu")(layers.add([added, image])))

# %% added-parameters
def added_parameters(stages, ratio):
    def of_one(maps, hidden):
        return (maps + 1) * hidden + (hidden + 1) * maps

    return sum(number * of_one(maps, maps // ratio or 1) for number, maps in stages)
