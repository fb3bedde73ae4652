"""Always pads by the kernel less 1, which is right at stride 1 only."""
# loses: check-pad, hidden-pad, hidden-all

# %% pad-same
def pad_same(x, kernel_size, strides=(1, 1)):
    """x of shape (batch, height, width, channels) with zeros around its pictures."""
    around = [(0, 0)]
    for size, kernel, stride in zip(x.shape[1:3], kernel_size, strides):
        zeros = kernel - 1
        around.append((zeros // 2, zeros - zeros // 2))
    around.append((0, 0))
    return np.pad(x, around)
