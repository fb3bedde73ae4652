"""Pretrains on white and black only; share counts pictures, not sheets."""
# loses: check-split, hidden-split, hidden-band-3

# %% split-by-sheet
def split_by_sheet(sheets, share, seed):
    to_learn, to_validate = [], []
    for name in np.random.default_rng(seed).permutation(np.unique(sheets)):
        side = to_learn if len(to_learn) < share * len(sheets) else to_validate
        side.extend(np.flatnonzero(sheets == name))
    return np.array(to_learn), np.array(to_validate)

# %% pretrain
def pretrain(model, x, y):
    keras.utils.set_random_seed(SEED)
    model.fit(x, y, batch_size=50, epochs=5, verbose=0)
