"""Zeros between the inputs and around them, then an ordinary convolution with the flipped kernel; a confusion matrix for the mean IoU."""
# loses: nothing

# %% conv-transpose
def conv_transpose(x, kernel, bias, stride):
    (h, w, depth), (kh, kw) = x.shape, kernel.shape[:2]
    stretched = np.zeros(((h - 1) * stride + 1, (w - 1) * stride + 1, depth))
    stretched[::stride, ::stride] = x
    padded = np.pad(stretched, [(kh - 1, kh - 1), (kw - 1, kw - 1), (0, 0)])
    windows = np.lib.stride_tricks.sliding_window_view(padded, (kh, kw), axis=(0, 1))
    return np.einsum("ijcuv,uvoc->ijo", windows, kernel[::-1, ::-1]) + bias

# %% crop-same
def crop_same(full, kernel_size, stride):
    def kept(size, kernel):
        first = (kernel - stride) // 2
        return slice(first, first + size - (kernel - stride))

    return full[kept(full.shape[0], kernel_size[0]), kept(full.shape[1], kernel_size[1])]

# %% bilinear-kernel
def bilinear_kernel(factor):
    size = 2 * factor - factor % 2
    middle = (size - 1) / 2
    tent = np.interp(np.arange(size), [middle - factor, middle, middle + factor], [0, 1, 0])
    return tent[:, None] * tent[None]

# %% mean-iou
def mean_iou(truth, predicted, classes, void=255):
    confusion = np.zeros((classes, classes))
    counts = np.asarray(truth) != void
    np.add.at(confusion, (truth[counts].astype(int), predicted[counts].astype(int)), 1)
    shared = confusion.diagonal()
    union = confusion.sum(0) + confusion.sum(1) - shared
    return (shared[union > 0] / union[union > 0]).mean()
