"""Counts the gaps between windows, not the windows."""
# loses: check-valid, hidden-valid

# %% output-size
def output_size(size, kernel, stride=1, padding="valid", dilation=1):
    if padding in ("same", "causal"):
        return -(-size // stride)
    span = (kernel - 1) * dilation + 1
    return (size - span) // stride
