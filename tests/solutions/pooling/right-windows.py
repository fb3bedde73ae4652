"""All windows at once with sliding_window_view; the change from one table of distances; means in 32 bits."""
# loses: nothing

# %% max-pool
def windows_of(x, size, strides):
    windows = np.lib.stride_tricks.sliding_window_view(x, size, axis=(1, 2))
    down, across = size if strides is None else strides
    return windows[:, ::down, ::across]


def max_pool(x, size, strides=None):
    return windows_of(x, size, strides).max((-2, -1))


# %% average-pool
def average_pool(x, size, strides=None):
    return np.einsum("nijcuv->nijc", windows_of(np.float32(x), size, strides)) / (size[0] * size[1])


# %% global-pool
def global_max_pool(x):
    return max_pool(x, x.shape[1:3])[:, 0, 0]


def global_average_pool(x):
    return np.squeeze(average_pool(x, x.shape[1:3]), axis=(1, 2))


# %% depthwise-max-pool
def depthwise_max_pool(x, size):
    if x.shape[-1] % size != 0:
        raise ValueError("size must divide the number of channels")
    return np.max([x[..., place::size] for place in range(size)], axis=0)


# %% change
def change(still, moved):
    def distances(a, b):
        difference = a[:, np.newaxis] - b[np.newaxis]
        return np.sqrt((difference**2).sum(axis=tuple(range(2, difference.ndim))))

    between = distances(still, still)
    others = ~np.eye(len(still), dtype=bool)
    return np.diagonal(distances(still, moved)).mean() / between[others].mean()


# %% changes
def measured(way):
    return change(way(MAPS), way(MOVED_MAPS))


changes = {}
changes["global average"] = measured(global_average_pool)
changes["global max"] = measured(global_max_pool)
changes["average"] = measured(lambda x: average_pool(x, (4, 4), (4, 4)))
changes["max"] = measured(lambda x: max_pool(x, (4, 4), (4, 4)))
changes["none"] = measured(np.array)
