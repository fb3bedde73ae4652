"""The variation loss in NumPy: right as a number, but no gradient comes through it."""
# loses: check-total, hidden-total, check-picture, hidden-picture

# %% variation-loss
def variation_loss(picture):
    picture = np.asarray(picture)
    return (np.diff(picture, axis=0) ** 2).mean() + (np.diff(picture, axis=1) ** 2).mean()
