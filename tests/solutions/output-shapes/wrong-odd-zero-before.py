"""Puts the odd zero of SAME before the input: the padding on the wrong side."""
# loses: check-zeros, hidden-zeros

# %% padding-zeros
def padding_zeros(size, kernel, stride=1, padding="valid", dilation=1):
    span = (kernel - 1) * dilation + 1
    if padding == "valid":
        return 0, 0
    if padding == "causal":
        return span - 1, 0
    outputs = -(-size // stride)
    zeros = max((outputs - 1) * stride + span - size, 0)
    return zeros - zeros // 2, zeros // 2
