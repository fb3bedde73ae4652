"""Keeps the last windows that hang over the edge."""
# loses: check-max, hidden-max, check-average, hidden-average

# %% max-pool
def max_pool(x, size, strides=None):
    """Largest value of each window: (batch, output height, output width, channels)."""
    down, across = strides or size
    rows = -(-(x.shape[1] - size[0]) // down) + 1
    columns = -(-(x.shape[2] - size[1]) // across) + 1
    z = np.zeros((len(x), rows, columns, x.shape[3]))
    for i in range(rows):
        for j in range(columns):
            top, left = i * down, j * across
            window = x[:, top : top + size[0], left : left + size[1]]
            z[:, i, j] = window.max(axis=(1, 2))
    return z


# %% average-pool
def average_pool(x, size, strides=None):
    """Mean of each window: (batch, output height, output width, channels)."""
    down, across = strides or size
    rows = -(-(x.shape[1] - size[0]) // down) + 1
    columns = -(-(x.shape[2] - size[1]) // across) + 1
    z = np.zeros((len(x), rows, columns, x.shape[3]))
    for i in range(rows):
        for j in range(columns):
            top, left = i * down, j * across
            window = x[:, top : top + size[0], left : left + size[1]]
            z[:, i, j] = window.mean(axis=(1, 2))
    return z
