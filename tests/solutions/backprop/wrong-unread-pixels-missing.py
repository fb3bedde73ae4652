"""Computes the size of the input from that of delta, so that rows and columns in no window are missing."""
# loses: check-input-settings, hidden-input-strides, hidden-input-all

# %% input-gradient
def input_gradient(delta, w, input_shape, strides=(1, 1), padding=0):
    """Gradient with respect to the input, of shape input_shape.

    input_shape: (batch, height, width, channels), without the padding
    """
    kernel_height, kernel_width = w.shape[:2]
    down, across = strides
    batch, _, _, channels = input_shape
    height = (delta.shape[1] - 1) * down + kernel_height - 2 * padding
    width = (delta.shape[2] - 1) * across + kernel_width - 2 * padding
    padded = np.zeros((batch, height + 2 * padding, width + 2 * padding, channels))
    for i in range(delta.shape[1]):
        for j in range(delta.shape[2]):
            top, left = i * down, j * across
            share = np.tensordot(delta[:, i, j], w, axes=(1, 3))
            padded[:, top : top + kernel_height, left : left + kernel_width] += share
    return padded[:, padding : padding + height, padding : padding + width]
