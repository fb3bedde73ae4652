"""Reads the first channel only, as in the example by hand; and counts words instead of looking at windows."""
# loses: check-causal, hidden-causal, hidden-dilated, check-convolution, check-training, hidden-band-1, hidden-band-2, hidden-band-3, hidden-budget

# %% causal
def causal_conv1d(x, kernel, bias, rate=1):
    result = np.zeros((len(x), kernel.shape[2])) + bias
    for t in range(len(x)):
        for u in range(len(kernel)):
            back = (len(kernel) - 1 - u) * rate
            if back <= t:
                result[t] += x[t - back, 0] * kernel[u, 0]
    return result

# %% build-model
def build_model(vocabulary_size, length):
    keras.utils.set_random_seed(SEED)
    model = keras.Sequential(
        [
            keras.Input((length,)),
            layers.Embedding(vocabulary_size, 16),
            layers.GlobalAveragePooling1D(),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile("adam", "binary_crossentropy", jit_compile=JIT)
    return model

# %% train
def train(model, x, y):
    model.fit(x, y, epochs=2, batch_size=32, verbose=0)
