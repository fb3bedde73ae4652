"""Groups channels that are far apart instead of neighbours."""
# loses: check-depthwise, hidden-depthwise

# %% depthwise-max-pool
def depthwise_max_pool(x, size):
    """Largest of each group of size channels: (batch, height, width, channels // size)."""
    groups, left_over = divmod(x.shape[-1], size)
    if left_over:
        raise ValueError(f"{x.shape[-1]} channels are not groups of {size}")
    return x.reshape(*x.shape[:-1], size, groups).max(axis=-2)
