"""Forgets the square root."""
# loses: check-change, hidden-change

# %% change
def change(still, moved):
    """Mean distance to the moved self, over mean distance between different pictures.

    still, moved: outputs of the same shape, (pictures, ...) with any number of axes
    """
    still = still.reshape(len(still), -1)
    moved = moved.reshape(len(moved), -1)
    to_itself = [np.sum((p - q) ** 2) for p, q in zip(still, moved)]
    pairs = [np.sum((p - q) ** 2) for n, p in enumerate(still) for q in still[:n]]
    return np.mean(to_itself) / np.mean(pairs)
