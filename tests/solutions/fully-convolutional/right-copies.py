"""Copies of the layers, one batch of windows; only the first dense layer becomes a convolution.

The others work at every position as they are.
"""
# loses: nothing

# %% positions
def positions(image_shape, window, stride):
    return tuple(len(range(0, size - side + 1, stride)) for size, side in zip(image_shape, window))

# %% slide
def slide(model, images, stride):
    _, height, width, _ = model.input_shape
    rows, columns = positions(images.shape[1:3], (height, width), stride)
    windows = [
        image[stride * i : stride * i + height, stride * j : stride * j + width]
        for image in images
        for i in range(rows)
        for j in range(columns)
    ]
    return model.predict(np.array(windows), verbose=0).reshape(len(images), rows, columns, -1)

# %% window-kernel
def window_kernel(dense_kernel, map_shape):
    height, width, channels = map_shape
    units = dense_kernel.shape[1]
    kernel = np.empty((height, width, channels, units))
    for i in range(height):
        for j in range(width):
            for c in range(channels):
                kernel[i, j, c] = dense_kernel[(i * width + j) * channels + c]
    return kernel

# %% fully-convolutional
def fully_convolutional(model):
    copy = keras.Sequential([keras.Input((None, None, 3))])
    weights = []
    for before, layer in zip([None, *model.layers], model.layers):
        if isinstance(layer, layers.Flatten):
            height, width, channels = layer.input.shape[1:]
            continue
        if isinstance(before, layers.Flatten):
            copy.add(layers.Conv2D(layer.units, (height, width), padding="valid", activation=layer.activation))
            kernel, bias = layer.get_weights()
            weights += [kernel.reshape(height, width, channels, layer.units), bias]
        else:
            copy.add(type(layer).from_config(layer.get_config()))
            weights += layer.get_weights()
    copy.set_weights(weights)
    return copy
