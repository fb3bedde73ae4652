"""SAME divides the size by the stride and rounds down."""
# loses: check-same, hidden-same

# %% output-size
def output_size(size, kernel, stride=1, padding="valid", dilation=1):
    if padding in ("same", "causal"):
        return size // stride
    span = (kernel - 1) * dilation + 1
    return (size - span) // stride + 1
