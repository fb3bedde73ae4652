"""Both gradients as convolutions: windows and einsum, and delta spread out, framed and met by the turned kernel; partly in 32 bits."""
# loses: nothing

# %% bias-gradient
def bias_gradient(delta):
    return delta.reshape(-1, delta.shape[-1]).sum(0)


# %% kernel-gradient
from numpy.lib.stride_tricks import sliding_window_view


def kernel_gradient(delta, x, kernel_size, strides=(1, 1), padding=0):
    padded = np.pad(x, [(0, 0), (padding,) * 2, (padding,) * 2, (0, 0)])
    windows = sliding_window_view(padded, kernel_size, axis=(1, 2))
    windows = windows[:, :: strides[0], :: strides[1]]
    return np.einsum("nijcuv,nijk->uvck", windows.astype("float32"), delta.astype("float32"))


# %% input-gradient
def input_gradient(delta, w, input_shape, strides=(1, 1), padding=0):
    # As long as delta would be at stride 1, with zeros between its values and behind them.
    full = [size + 2 * padding - kernel + 1 for size, kernel in zip(input_shape[1:3], w.shape)]
    spread = np.zeros((len(delta), *full, delta.shape[-1]))
    spread[:, :: strides[0], :: strides[1]] = delta
    frame = [(kernel - 1, kernel - 1) for kernel in w.shape[:2]]
    turned = np.float32(w[::-1, ::-1].transpose(0, 1, 3, 2))
    dx = conv2d(np.pad(spread, [(0, 0), *frame, (0, 0)]), turned, np.zeros(w.shape[2]))
    return dx[:, padding : padding + input_shape[1], padding : padding + input_shape[2]]


# %% tried-kernel-gradient
def tried_kernel_gradient(x, w, b, target, step=1e-5):
    weights = w.astype(float).ravel()

    def loss_at(flat):
        return loss(conv2d(x, flat.reshape(w.shape), b), target)

    steps = step * np.eye(weights.size)
    tried = [(loss_at(weights + h) - loss_at(weights - h)) / step / 2 for h in steps]
    return np.reshape(tried, w.shape)
