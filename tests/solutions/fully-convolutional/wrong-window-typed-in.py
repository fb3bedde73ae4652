"""The flattened map is always 3×3, as in the visible checks."""
# loses: hidden-convert

# %% fully-convolutional
def fully_convolutional(model):
    x = image = keras.Input((None, None, 3))
    for layer in model.layers:
        if isinstance(layer, layers.Flatten):
            map_shape = (3, 3, layer.input.shape[-1])
        elif isinstance(layer, layers.Dense):
            kernel, bias = layer.get_weights()
            conv = layers.Conv2D(layer.units, map_shape[:2], activation=layer.activation)
            x = conv(x)
            conv.set_weights([window_kernel(kernel, map_shape), bias])
            map_shape = (1, 1, layer.units)
        else:
            x = layer(x)
    return keras.Model(image, x)
