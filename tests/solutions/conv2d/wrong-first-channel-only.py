"""Every kernel sees only the first channel."""
# loses: check-channels, hidden-channels, hidden-all

# %% conv2d
def conv2d(x, w, b, strides=(1, 1), padding="valid"):
    """Convolutional layer, forward.

    x: (batch, height, width, channels)
    w: (kernel height, kernel width, channels, filters)
    b: (filters,)
    Returns (batch, output height, output width, filters).
    """
    kernel_height, kernel_width, _, filters = w.shape
    down, across = strides
    if padding == "same":
        x = pad_same(x, (kernel_height, kernel_width), strides)
    batch, height, width, _ = x.shape
    rows = (height - kernel_height) // down + 1
    columns = (width - kernel_width) // across + 1
    z = np.zeros((batch, rows, columns, filters))
    for i in range(rows):
        for j in range(columns):
            top, left = i * down, j * across
            window = x[:, top : top + kernel_height, left : left + kernel_width]
            z[:, i, j] = np.tensordot(window[..., 0], w[:, :, 0], axes=2) + b
    return z
