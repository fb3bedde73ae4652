"""The flattened map is taken as channel by channel."""
# loses: check-kernel, hidden-kernel, check-same, hidden-convert

# %% window-kernel
def window_kernel(dense_kernel, map_shape):
    height, width, channels = map_shape
    return dense_kernel.reshape(channels, height, width, -1).transpose(1, 2, 0, 3)
