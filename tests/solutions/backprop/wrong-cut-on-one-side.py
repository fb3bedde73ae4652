"""Cuts the padding off at the top and on the left only."""
# loses: check-input-settings, hidden-input-all

# %% input-gradient
def input_gradient(delta, w, input_shape, strides=(1, 1), padding=0):
    """Gradient with respect to the input, of shape input_shape.

    input_shape: (batch, height, width, channels), without the padding
    """
    kernel_height, kernel_width = w.shape[:2]
    down, across = strides
    batch, height, width, channels = input_shape
    padded = np.zeros((batch, height + 2 * padding, width + 2 * padding, channels))
    for i in range(delta.shape[1]):
        for j in range(delta.shape[2]):
            top, left = i * down, j * across
            share = np.tensordot(delta[:, i, j], w, axes=(1, 3))
            padded[:, top : top + kernel_height, left : left + kernel_width] += share
    return padded[:, padding:, padding:]
