"""Takes strides for (width, height), as some image libraries do."""
# loses: check-shapes, hidden-shapes

# %% layer-shape
def layer_shape(
    input_shape, filters, kernel_size, strides=1, padding="valid", dilation_rate=1
):
    batch, *sizes, _ = input_shape

    def for_each_axis(setting):
        return (setting,) * len(sizes) if isinstance(setting, int) else setting

    strides = for_each_axis(strides)[::-1]
    axes = zip(sizes, for_each_axis(kernel_size), strides, for_each_axis(dilation_rate))
    after = [output_size(size, F, S, padding, R) for size, F, S, R in axes]
    return (batch, *after, filters)
