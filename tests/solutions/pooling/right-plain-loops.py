"""Lists and Python's own max and sum, one value at a time."""
# loses: nothing

# %% max-pool
def pool(x, size, strides, summary):
    down, across = strides if strides is not None else size
    batch, height, width, channels = x.shape
    values = x.tolist()
    tops = [top for top in range(0, height, down) if top + size[0] <= height]
    lefts = [left for left in range(0, width, across) if left + size[1] <= width]
    return [
        [
            [
                [
                    summary([values[n][top + u][left + v][c] for u in range(size[0]) for v in range(size[1])])
                    for c in range(channels)
                ]
                for left in lefts
            ]
            for top in tops
        ]
        for n in range(batch)
    ]


def max_pool(x, size, strides=None):
    return np.array(pool(x, size, strides, max))


# %% average-pool
def average_pool(x, size, strides=None):
    return np.array(pool(x, size, strides, lambda window: sum(window) / len(window)))


# %% global-pool
def global_max_pool(x):
    z = np.full((x.shape[0], x.shape[3]), -np.inf)
    for n, i, j, c in np.ndindex(*x.shape):
        z[n, c] = max(z[n, c], x[n, i, j, c])
    return z


def global_average_pool(x):
    return [[float(np.mean(picture[:, :, c])) for c in range(x.shape[3])] for picture in x]


# %% depthwise-max-pool
def depthwise_max_pool(x, size):
    starts = range(0, x.shape[3], size)
    if starts[-1] + size > x.shape[3]:
        raise ValueError(size)
    return np.stack([x[..., start : start + size].max(axis=3) for start in starts], axis=3)


# %% change
import math


def change(still, moved):
    still = [picture.ravel().tolist() for picture in still]
    moved = [picture.ravel().tolist() for picture in moved]
    to_itself = [math.dist(p, q) for p, q in zip(still, moved)]
    between = []
    for n in range(len(still)):
        for m in range(len(still)):
            if m != n:
                between.append(math.dist(still[n], still[m]))
    return (sum(to_itself) / len(to_itself)) / (sum(between) / len(between))


# %% changes
changes = {
    "none": change(MAPS, MOVED_MAPS),
    "max": change(max_pool(MAPS, (4, 4)), max_pool(MOVED_MAPS, (4, 4))),
    "average": change(average_pool(MAPS, (4, 4)), average_pool(MOVED_MAPS, (4, 4))),
    "global max": change(global_max_pool(MAPS), global_max_pool(MOVED_MAPS)),
    "global average": change(
        np.array(global_average_pool(MAPS)), np.array(global_average_pool(MOVED_MAPS))
    ),
}
