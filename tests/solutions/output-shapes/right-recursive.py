"""Recursion: the first window, then the rest of the strip; the first axis, then the rest of the shape."""
# loses: nothing

# %% output-size
def span_of(kernel, dilation):
    return 1 if kernel == 1 else dilation + span_of(kernel - 1, dilation)


def output_size(size, kernel, stride=1, padding="valid", dilation=1):
    if padding != "valid":
        return output_size(size, 1, stride)
    if size < span_of(kernel, dilation):
        return 0
    return 1 + output_size(size - stride, kernel, stride, padding, dilation)


# %% padding-zeros
def padding_zeros(size, kernel, stride=1, padding="valid", dilation=1):
    span = span_of(kernel, dilation)
    if padding == "valid":
        return (0, 0)
    if padding == "causal":
        return (span - 1, 0)
    # TensorFlow's other way to say it: what the last stride leaves decides.
    rest = size % stride or stride
    zeros = max(span - rest, 0)
    return (zeros // 2, (zeros + 1) // 2)


# %% layer-shape
def layer_shape(
    input_shape, filters, kernel_size, strides=1, padding="valid", dilation_rate=1
):
    if len(input_shape) == 2:
        return (input_shape[0], filters)
    first = lambda setting: setting if isinstance(setting, int) else setting[0]
    rest = lambda setting: setting if isinstance(setting, int) else setting[1:]
    batch, size, *others = input_shape
    size = output_size(size, first(kernel_size), first(strides), padding, first(dilation_rate))
    _, *after = layer_shape(
        (batch, *others), filters, rest(kernel_size), rest(strides), padding, rest(dilation_rate)
    )
    return (batch, size, *after)


# %% unseen-positions
def unseen_positions(size, kernel, stride=1, dilation=1):
    last_start = (output_size(size, kernel, stride, dilation=dilation) - 1) * stride

    def is_seen(position):
        starts = (position - weight * dilation for weight in range(kernel))
        return any(0 <= start <= last_start and start % stride == 0 for start in starts)

    return [position for position in range(size) if not is_seen(position)]
