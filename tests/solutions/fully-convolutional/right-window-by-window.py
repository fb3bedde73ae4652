"""Places are found by stepping, answers are filled into an array, and activations are layers of their own."""
# loses: nothing

# %% positions
def positions(image_shape, window, stride):
    counts = []
    for axis in range(2):
        place, count = 0, 0
        while place + window[axis] <= image_shape[axis]:
            count += 1
            place += stride
        counts.append(count)
    return counts

# %% slide
def slide(model, images, stride):
    height, width = model.input_shape[1:3]
    shape = positions(images.shape[1:3], (height, width), stride)
    answers = np.zeros((len(images), *shape, model.output_shape[-1]), "float32")
    for place in np.ndindex(*shape):
        top, left = (stride * step for step in place)
        window = np.ascontiguousarray(images[:, top : top + height, left : left + width])
        answers[(slice(None), *place)] = run(model, window)
    return answers

# %% window-kernel
def window_kernel(dense_kernel, map_shape):
    return np.moveaxis(np.asarray(dense_kernel).T.reshape(-1, *map_shape), 0, -1)

# %% fully-convolutional
def fully_convolutional(model):
    flatten = [isinstance(layer, layers.Flatten) for layer in model.layers].index(True)
    body = keras.Sequential([keras.Input((None, None, 3)), *model.layers[:flatten]])
    image = keras.Input((None, None, 3))
    x = body(image)
    map_shape = model.layers[flatten - 1].output.shape[1:]
    for layer in model.layers[flatten + 1 :]:
        if not layer.weights:
            x = layer(x)
            continue
        kernel, bias = layer.get_weights()
        conv = layers.Conv2D(kernel.shape[1], map_shape[:2])
        conv.build((None, None, None, map_shape[2]))
        conv.kernel.assign(window_kernel(kernel, map_shape))
        conv.bias.assign(bias)
        x = layers.Activation(layer.activation)(conv(x))
        map_shape = (1, 1, kernel.shape[1])
    return keras.Model(image, x)
