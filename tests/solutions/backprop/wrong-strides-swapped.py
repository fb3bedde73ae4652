"""Takes strides for (across, down)."""
# loses: check-kernel-settings, hidden-kernel-strides, hidden-kernel-all, check-input-settings, hidden-input-strides, hidden-input-all

# %% kernel-gradient
def kernel_gradient(delta, x, kernel_size, strides=(1, 1), padding=0):
    """Gradient with respect to the kernel.

    kernel_size: (kernel height, kernel width)
    Returns (kernel height, kernel width, channels, filters).
    """
    across, down = strides
    x = np.pad(x, [(0, 0), (padding, padding), (padding, padding), (0, 0)])
    _, rows, columns, filters = delta.shape
    gradient = np.zeros((*kernel_size, x.shape[-1], filters))
    for u in range(kernel_size[0]):
        for v in range(kernel_size[1]):
            met = x[:, u : u + rows * down : down, v : v + columns * across : across]
            met = met[:, :rows, :columns]
            gradient[u, v] = np.tensordot(met, delta, axes=([0, 1, 2], [0, 1, 2]))
    return gradient


# %% input-gradient
def input_gradient(delta, w, input_shape, strides=(1, 1), padding=0):
    """Gradient with respect to the input, of shape input_shape.

    input_shape: (batch, height, width, channels), without the padding
    """
    kernel_height, kernel_width = w.shape[:2]
    across, down = strides
    batch, height, width, channels = input_shape
    padded = np.zeros((batch, height + 2 * padding, width + 2 * padding, channels))
    for i in range(delta.shape[1]):
        for j in range(delta.shape[2]):
            top, left = i * down, j * across
            share = np.tensordot(delta[:, i, j], w, axes=(1, 3))
            padded[:, top : top + kernel_height, left : left + kernel_width] += share
    return padded[:, padding : padding + height, padding : padding + width]
