"""Drops the channels that make no whole group, and says nothing."""
# loses: check-depthwise

# %% depthwise-max-pool
def depthwise_max_pool(x, size):
    """Largest of each group of size channels: (batch, height, width, channels // size)."""
    groups, left_over = divmod(x.shape[-1], size)
    x = x[..., : groups * size]
    return x.reshape(*x.shape[:-1], groups, size).max(axis=-1)
