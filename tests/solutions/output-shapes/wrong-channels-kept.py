"""The output keeps the input's channels; the filters are forgotten."""
# loses: check-shapes, hidden-shapes

# %% layer-shape
def layer_shape(
    input_shape, filters, kernel_size, strides=1, padding="valid", dilation_rate=1
):
    batch, *sizes, channels = input_shape

    def for_each_axis(setting):
        return (setting,) * len(sizes) if isinstance(setting, int) else setting

    axes = zip(sizes, *map(for_each_axis, (kernel_size, strides, dilation_rate)))
    after = [output_size(size, F, S, padding, R) for size, F, S, R in axes]
    return (batch, *after, channels)
