"""The loops of the forward pass with the += moved, in Python's own numbers; weights are moved and put back."""
# loses: nothing

# %% bias-gradient
def bias_gradient(delta):
    db = [0.0] * delta.shape[3]
    for picture in delta:
        for line in picture:
            for outputs in line:
                for k, value in enumerate(outputs):
                    db[k] += value
    return db


# %% kernel-gradient
def backward(delta, x, w, shape, kernel_shape, strides, padding):
    dx, dw = np.zeros(shape), np.zeros(kernel_shape)
    batch, height, width, channels = shape
    kernel_height, kernel_width, _, filters = kernel_shape
    for n in range(batch):
        for i in range(delta.shape[1]):
            for j in range(delta.shape[2]):
                for u in range(kernel_height):
                    for v in range(kernel_width):
                        y, z = i * strides[0] + u - padding, j * strides[1] + v - padding
                        if y < 0 or z < 0 or y >= height or z >= width:
                            continue
                        for c in range(channels):
                            for k in range(filters):
                                dw[u, v, c, k] += x[n, y, z, c] * delta[n, i, j, k]
                                dx[n, y, z, c] += w[u, v, c, k] * delta[n, i, j, k]
    return dx, dw


def kernel_gradient(delta, x, kernel_size, strides=(1, 1), padding=0):
    kernel_shape = (*kernel_size, x.shape[3], delta.shape[3])
    return backward(delta, x, np.zeros(kernel_shape), x.shape, kernel_shape, strides, padding)[1]


# %% input-gradient
def input_gradient(delta, w, input_shape, strides=(1, 1), padding=0):
    x = np.zeros(input_shape)
    return backward(delta, x, w, input_shape, w.shape, strides, padding)[0]


# %% tried-kernel-gradient
def tried_kernel_gradient(x, w, b, target, step=1e-5):
    w = np.array(w, float)
    gradient = w * 0
    for u, v, c, k in np.ndindex(*w.shape):
        before = w[u, v, c, k]
        w[u, v, c, k] = before + step
        gradient[u, v, c, k] = loss(conv2d(x, w, b), target)
        w[u, v, c, k] = before - step
        gradient[u, v, c, k] -= loss(conv2d(x, w, b), target)
        w[u, v, c, k] = before
    return gradient / (2 * step)
