"""Forgets that SAME may need no zeros at all; no visible check shows it, but the text says it."""
# loses: hidden-zeros

# %% padding-zeros
def padding_zeros(size, kernel, stride=1, padding="valid", dilation=1):
    span = (kernel - 1) * dilation + 1
    if padding == "valid":
        return 0, 0
    if padding == "causal":
        return span - 1, 0
    outputs = -(-size // stride)
    zeros = (outputs - 1) * stride + span - size
    return zeros // 2, zeros - zeros // 2
