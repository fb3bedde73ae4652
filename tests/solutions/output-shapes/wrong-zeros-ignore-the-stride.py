"""Pads by the span less 1 at any stride, which is right at stride 1 only."""
# loses: check-zeros, hidden-zeros

# %% padding-zeros
def padding_zeros(size, kernel, stride=1, padding="valid", dilation=1):
    zeros = (kernel - 1) * dilation
    if padding == "valid":
        return 0, 0
    if padding == "causal":
        return zeros, 0
    return zeros // 2, zeros - zeros // 2
