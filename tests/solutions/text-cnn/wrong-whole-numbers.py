"""The result has the type of x, which cuts decimals off where x holds whole numbers; and only for 40 words."""
# loses: hidden-causal, hidden-dilated, check-shapes

# %% causal
def causal_conv1d(x, kernel, bias, rate=1):
    steps, width = len(x), len(kernel)
    padded = np.concatenate([np.zeros(((width - 1) * rate, x.shape[1])), x])
    result = np.zeros((steps, kernel.shape[2]), dtype=x.dtype)
    for t in range(steps):
        window = padded[t : t + (width - 1) * rate + 1 : rate]
        result[t] = np.tensordot(window, kernel, axes=2) + bias
    return result

# %% build-model
def build_model(vocabulary_size, length):
    keras.utils.set_random_seed(SEED)
    model = keras.Sequential(
        [
            keras.Input((40,)),
            layers.Embedding(200, 16),
            layers.Conv1D(32, 5, padding="same", activation="relu"),
            layers.GlobalMaxPooling1D(),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile("adam", "binary_crossentropy", jit_compile=JIT)
    return model
