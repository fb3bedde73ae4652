"""The dense layers are popped off the classifier, which is no classifier afterwards."""
# loses: check-same, hidden-convert

# %% fully-convolutional
def fully_convolutional(model):
    dense = []
    while not isinstance(model.layers[-1], layers.Flatten):
        dense.insert(0, model.layers[-1])
        model.pop()
    map_shape = model.layers[-1].input.shape[1:]
    x = image = keras.Input((None, None, 3))
    for layer in model.layers[:-1]:
        x = layer(x)
    for layer in dense:
        if layer.weights:
            kernel, bias = layer.get_weights()
            conv = layers.Conv2D(layer.units, map_shape[:2], activation=layer.activation)
            x = conv(x)
            conv.set_weights([window_kernel(kernel, map_shape), bias])
            map_shape = (1, 1, layer.units)
        else:
            x = layer(x)
    return keras.Model(image, x)
