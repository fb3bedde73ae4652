"""Shuffles the labels but not their pictures, and splits pictures where it should split sheets."""
# loses: check-split, hidden-split, check-pretrain, hidden-band-1, hidden-band-2, hidden-band-3, hidden-scratch

# %% split-by-sheet
def split_by_sheet(sheets, share, seed):
    order = np.random.default_rng(seed).permutation(len(sheets))
    count = round(share * len(sheets))
    return order[:count], order[count:]

# %% pretrain
def pretrain(model, x, y):
    keras.utils.set_random_seed(SEED)
    order = np.random.permutation(len(x))
    model.fit(x, y[order], batch_size=50, epochs=2, verbose=0)
