"""Takes the difference to one side only."""
# loses: check-trying, hidden-central

# %% tried-kernel-gradient
def tried_kernel_gradient(x, w, b, target, step=1e-5):
    """Gradient of loss(conv2d(x, w, b), target) with respect to w, by central differences."""
    gradient = np.zeros(w.shape)
    for place in np.ndindex(w.shape):
        moved = np.zeros(w.shape)
        moved[place] = step
        above = loss(conv2d(x, w + moved, b), target)
        below = loss(conv2d(x, w, b), target)
        gradient[place] = (above - below) / step
    return gradient
