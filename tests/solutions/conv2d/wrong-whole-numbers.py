"""The result takes the dtype of the picture, and whole numbers lose their fractions."""
# loses: hidden-one-map, hidden-channels

# %% one-map
def one_map(x, w):
    """Sum of products at each position of w on x; both have two axes."""
    kernel_height, kernel_width = w.shape
    height = x.shape[0] - kernel_height + 1
    width = x.shape[1] - kernel_width + 1
    z = np.zeros((height, width), x.dtype)
    for i in range(height):
        for j in range(width):
            z[i, j] = (x[i : i + kernel_height, j : j + kernel_width] * w).sum()
    return z


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
    z = np.zeros((batch, rows, columns, filters), x.dtype)
    for i in range(rows):
        for j in range(columns):
            top, left = i * down, j * across
            window = x[:, top : top + kernel_height, left : left + kernel_width]
            z[:, i, j] = np.tensordot(window, w, axes=3) + b
    return z
