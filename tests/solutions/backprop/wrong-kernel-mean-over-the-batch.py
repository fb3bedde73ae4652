"""Divides the gradient of the kernel by the number of pictures."""
# loses: check-kernel, hidden-kernel, hidden-kernel-all

# %% kernel-gradient
def kernel_gradient(delta, x, kernel_size, strides=(1, 1), padding=0):
    """Gradient with respect to the kernel.

    kernel_size: (kernel height, kernel width)
    Returns (kernel height, kernel width, channels, filters).
    """
    down, across = strides
    x = np.pad(x, [(0, 0), (padding, padding), (padding, padding), (0, 0)])
    _, rows, columns, filters = delta.shape
    gradient = np.zeros((*kernel_size, x.shape[-1], filters))
    for u in range(kernel_size[0]):
        for v in range(kernel_size[1]):
            met = x[:, u : u + rows * down : down, v : v + columns * across : across]
            met = met[:, :rows, :columns]
            gradient[u, v] = np.tensordot(met, delta, axes=([0, 1, 2], [0, 1, 2]))
    return gradient / len(x)
