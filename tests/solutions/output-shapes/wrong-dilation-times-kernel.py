"""Takes kernel times dilation for the span of a dilated kernel, in sizes and in zeros."""
# loses: check-valid, hidden-valid, check-zeros, hidden-zeros

# %% output-size
def output_size(size, kernel, stride=1, padding="valid", dilation=1):
    if padding in ("same", "causal"):
        return -(-size // stride)
    return (size - kernel * dilation) // stride + 1


# %% padding-zeros
def padding_zeros(size, kernel, stride=1, padding="valid", dilation=1):
    span = kernel * dilation
    if padding == "valid":
        return 0, 0
    if padding == "causal":
        return span - 1, 0
    outputs = -(-size // stride)
    zeros = max((outputs - 1) * stride + span - size, 0)
    return zeros // 2, zeros - zeros // 2
