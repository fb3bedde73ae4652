"""The zeros stand at the end, so that the window begins at step t; and train fits a network of its own."""
# loses: check-causal, hidden-causal, check-dilated, hidden-dilated, check-training, hidden-band-1, hidden-band-2, hidden-band-3, hidden-budget

# %% causal
def causal_conv1d(x, kernel, bias, rate=1):
    width, channels, filters = kernel.shape
    padded = np.concatenate([x, np.zeros(((width - 1) * rate, channels))])
    result = np.tile(bias, (len(x), 1)).astype(float)
    for u in range(width):
        result += padded[u * rate : u * rate + len(x)] @ kernel[u]
    return result

# %% train
def train(model, x, y):
    model = build_model(int(x.max()) + 1, x.shape[1])
    model.fit(x[:64], y[:64], verbose=0)
