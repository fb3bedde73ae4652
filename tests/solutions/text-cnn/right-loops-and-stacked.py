"""Plain loops and sums; two narrow convolutions on top of each other, plain Adam, batches of 64."""
# loses: nothing

# %% causal
def causal_conv1d(x, kernel, bias, rate=1):
    result = []
    for t in range(len(x)):
        row = []
        for k in range(len(bias)):
            z = float(bias[k])
            for u in range(len(kernel)):
                before = (len(kernel) - 1 - u) * rate
                if before <= t:
                    z += float(sum(x[t - before, c] * kernel[u, c, k] for c in range(x.shape[1])))
            row.append(z)
        result.append(row)
    return np.array(result)

# %% build-model
def build_model(vocabulary_size, length):
    keras.utils.set_random_seed(SEED)
    model = keras.Sequential()
    model.add(keras.Input(shape=(length,)))
    model.add(layers.Embedding(vocabulary_size, 16))
    model.add(layers.Conv1D(24, 3, padding="same", activation="relu"))
    model.add(layers.Conv1D(24, 3, padding="same", activation="relu"))
    model.add(layers.GlobalMaxPooling1D())
    model.add(layers.Dense(1, activation="sigmoid"))
    model.compile(keras.optimizers.Adam(0.005), "binary_crossentropy", jit_compile=JIT)
    return model

# %% train
def train(model, x, y):
    keras.utils.set_random_seed(SEED)
    model.fit(x, y, epochs=8 if len(x) > 1_000 else 20, batch_size=64, verbose=0)
