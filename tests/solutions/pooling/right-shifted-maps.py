"""The maximum, or the sum, of shifted copies of the maps; a recursion over channels; SciPy's distances."""
# loses: nothing

# %% max-pool
from functools import reduce


def shifted(x, size, strides):
    strides = size if strides is None else strides
    rows, columns = x.shape[1] - size[0] + 1, x.shape[2] - size[1] + 1
    for u, v in np.ndindex(*size):
        yield x[:, u : u + rows : strides[0], v : v + columns : strides[1]]


def max_pool(x, size, strides=None):
    return reduce(np.maximum, shifted(x, size, strides))


# %% average-pool
def average_pool(x, size, strides=None):
    return sum(shifted(x, size, strides)) / np.prod(size)


# %% global-pool
def global_max_pool(x):
    return np.sort(x.reshape(len(x), -1, x.shape[-1]), axis=1)[:, -1]


def global_average_pool(x):
    return np.einsum("nijc->nc", x) / x[0, :, :, 0].size


# %% depthwise-max-pool
def depthwise_max_pool(x, size):
    if x.shape[-1] == size:
        return x.max(axis=-1, keepdims=True)
    if x.shape[-1] < size:
        raise ValueError("channels are left over")
    first, rest = x[..., :size], x[..., size:]
    return np.concatenate([depthwise_max_pool(part, size) for part in (first, rest)], axis=-1)


# %% change
from scipy.spatial.distance import pdist


def change(still, moved):
    differences = (still - moved).reshape(len(still), -1)
    lengths = np.sqrt(np.einsum("nf,nf->n", differences, differences))
    return lengths.mean() / pdist(still.reshape(len(still), -1)).mean()
