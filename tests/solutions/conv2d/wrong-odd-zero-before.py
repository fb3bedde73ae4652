"""Puts the odd zero at the top and on the left."""
# loses: check-pad, hidden-pad, hidden-all

# %% pad-same
def pad_same(x, kernel_size, strides=(1, 1)):
    """x of shape (batch, height, width, channels) with zeros around its pictures."""
    around = [(0, 0)]
    for size, kernel, stride in zip(x.shape[1:3], kernel_size, strides):
        outputs = -(-size // stride)  # rounded up
        zeros = max((outputs - 1) * stride + kernel - size, 0)
        around.append((zeros - zeros // 2, zeros // 2))
    around.append((0, 0))
    return np.pad(x, around)
