"""Moves the weights in place, and leaves each of them where it was tried last."""
# loses: check-trying, hidden-central

# %% tried-kernel-gradient
def tried_kernel_gradient(x, w, b, target, step=1e-5):
    """Gradient of loss(conv2d(x, w, b), target) with respect to w, by central differences."""
    w = w.astype(float)
    gradient = np.zeros(w.shape)
    for place in np.ndindex(w.shape):
        w[place] += step
        above = loss(conv2d(x, w, b), target)
        w[place] -= 2 * step
        below = loss(conv2d(x, w, b), target)
        gradient[place] = (above - below) / (2 * step)
    return gradient
