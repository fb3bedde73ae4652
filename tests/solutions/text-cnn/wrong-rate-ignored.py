"""The rate is taken and not used; and train shuffles the reviews but not their labels."""
# loses: check-dilated, hidden-dilated, check-training, hidden-band-1, hidden-band-2, hidden-band-3, hidden-budget

# %% causal
def causal_conv1d(x, kernel, bias, rate=1):
    width = len(kernel)
    padded = np.pad(x, ((width - 1, 0), (0, 0)))
    return np.array(
        [np.tensordot(padded[t : t + width], kernel, axes=2) + bias for t in range(len(x))]
    )

# %% train
def train(model, x, y):
    order = np.random.default_rng(0).permutation(len(x))
    model.fit(x[order], y, epochs=1, batch_size=32, verbose=0)
