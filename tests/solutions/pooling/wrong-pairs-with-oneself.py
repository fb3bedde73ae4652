"""Counts the distance of each picture to itself, 0, among the pairs."""
# loses: check-change, hidden-change

# %% change
def change(still, moved):
    """Mean distance to the moved self, over mean distance between different pictures.

    still, moved: outputs of the same shape, (pictures, ...) with any number of axes
    """
    still = still.reshape(len(still), -1)
    moved = moved.reshape(len(moved), -1)
    to_itself = [np.linalg.norm(p - q) for p, q in zip(still, moved)]
    pairs = [np.linalg.norm(p - q) for n, p in enumerate(still) for q in still]
    return np.mean(to_itself) / np.mean(pairs)
