"""A convolution is linear, so the gradient of a weight is delta times the output for that weight alone."""
# loses: nothing

# %% bias-gradient
def bias_gradient(delta):
    return np.ones(delta[..., 0].size) @ delta.reshape(-1, delta.shape[-1])


# %% kernel-gradient
def kernel_gradient(delta, x, kernel_size, strides=(1, 1), padding=0):
    gradient = np.empty((*kernel_size, x.shape[-1], delta.shape[-1]))
    for place in np.ndindex(gradient.shape):
        unit = np.zeros(gradient.shape)
        unit[place] = 1
        gradient[place] = np.vdot(delta, conv2d(x, unit, 0, strides, padding))
    return gradient


# %% input-gradient
def input_gradient(delta, w, input_shape, strides=(1, 1), padding=0):
    _, height, width, channels = input_shape
    pixels = np.eye(height * width * channels).reshape(-1, height, width, channels)
    responses = conv2d(pixels, w, 0, strides, padding)
    return np.tensordot(delta, responses, axes=([1, 2, 3], [1, 2, 3])).reshape(input_shape)
