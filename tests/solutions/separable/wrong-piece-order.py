"""Pointwise rows are taken as kernel by kernel, not channel by channel; right for one channel, and for one kernel."""
# loses: hidden-piece

# %% in-one-piece
def in_one_piece(depthwise_kernel, pointwise_kernel):
    channels, multiplier = depthwise_kernel.shape[2:]
    p = np.reshape(pointwise_kernel, (multiplier, channels, -1))
    return np.einsum("uvcj,jck->uvck", depthwise_kernel, p)
