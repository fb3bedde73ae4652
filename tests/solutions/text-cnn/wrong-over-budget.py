"""As deep an embedding as large language models have; and the bias is added once for each weight of the window."""
# loses: check-causal, hidden-causal, check-dilated, hidden-dilated, check-budget, hidden-budget

# %% causal
def causal_conv1d(x, kernel, bias, rate=1):
    steps, width = len(x), len(kernel)
    padded = np.concatenate([np.zeros(((width - 1) * rate, x.shape[1])), x])
    return sum(padded[u * rate : u * rate + steps] @ kernel[u] + bias for u in range(width))

# %% build-model
def build_model(vocabulary_size, length):
    keras.utils.set_random_seed(SEED)
    model = keras.Sequential(
        [
            keras.Input((length,)),
            layers.Embedding(vocabulary_size, 64),
            layers.Conv1D(32, 5, padding="same", activation="relu"),
            layers.GlobalMaxPooling1D(),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile("adam", "binary_crossentropy", jit_compile=JIT)
    return model
