"""Takes the mean over the positions and pictures, not the sum."""
# loses: check-bias, hidden-bias

# %% bias-gradient
def bias_gradient(delta):
    """Gradient with respect to the bias, of shape (filters,)."""
    return delta.mean(axis=(0, 1, 2))
