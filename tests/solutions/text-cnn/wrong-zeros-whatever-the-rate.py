"""As many zeros in front as at rate 1, and what is missing at the end; and train does nothing."""
# loses: check-dilated, hidden-dilated, check-training, hidden-band-1, hidden-band-2, hidden-band-3, hidden-budget

# %% causal
def causal_conv1d(x, kernel, bias, rate=1):
    steps, width = len(x), len(kernel)
    padded = np.concatenate(
        [np.zeros((width - 1, x.shape[1])), x, np.zeros((width * rate, x.shape[1]))]
    )
    result = np.zeros((steps, kernel.shape[2])) + bias
    for u in range(width):
        result += padded[u * rate : u * rate + steps] @ kernel[u]
    return result

# %% train
def train(model, x, y):
    pass
