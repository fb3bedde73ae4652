"""Moves a copy of the kernel, which stays an array of whole numbers and loses small steps."""
# loses: check-trying, hidden-trying

# %% tried-kernel-gradient
def tried_kernel_gradient(x, w, b, target, step=1e-5):
    """Gradient of loss(conv2d(x, w, b), target) with respect to w, by central differences."""
    gradient = np.zeros(w.shape)
    for place in np.ndindex(w.shape):
        higher, lower = w.copy(), w.copy()
        higher[place] += step
        lower[place] -= step
        above = loss(conv2d(x, higher, b), target)
        below = loss(conv2d(x, lower, b), target)
        gradient[place] = (above - below) / (2 * step)
    return gradient
