"""Right for outputs with one axis, as in the visible check; maps give one number for each channel and column."""
# loses: hidden-change, check-changes

# %% change
def change(still, moved):
    """Mean distance to the moved self, over mean distance between different pictures.

    still, moved: outputs of the same shape, (pictures, ...) with any number of axes
    """
    to_itself = [np.linalg.norm(p - q, axis=0) for p, q in zip(still, moved)]
    pairs = [np.linalg.norm(p - q, axis=0) for n, p in enumerate(still) for q in still[:n]]
    return np.mean(to_itself, axis=0) / np.mean(pairs, axis=0)
