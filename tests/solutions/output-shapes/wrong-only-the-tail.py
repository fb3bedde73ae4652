"""Sees the positions behind the last window, but no gaps between windows or weights."""
# loses: check-unseen, hidden-unseen

# %% unseen-positions
def unseen_positions(size, kernel, stride=1, dilation=1):
    last_start = (output_size(size, kernel, stride, "valid", dilation) - 1) * stride
    return list(range(last_start + (kernel - 1) * dilation + 1, size))
