"""No zeros in front, so fewer values than steps; and a softmax over two units, as for classes that are numbered."""
# loses: check-causal, hidden-causal, check-dilated, hidden-dilated, check-shapes, check-training, hidden-band-1, hidden-band-2, hidden-band-3, hidden-budget

# %% causal
def causal_conv1d(x, kernel, bias, rate=1):
    width = len(kernel)
    steps = len(x) - (width - 1) * rate
    return sum(x[u * rate : u * rate + steps] @ kernel[u] for u in range(width)) + bias

# %% build-model
def build_model(vocabulary_size, length):
    model = keras.Sequential(
        [
            keras.Input((length,)),
            layers.Embedding(vocabulary_size, 16),
            layers.Conv1D(32, 5, padding="same", activation="relu"),
            layers.GlobalMaxPooling1D(),
            layers.Dense(2, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", jit_compile=JIT)
    return model

# %% train
def train(model, x, y):
    model.fit(x[:320], y[:320], batch_size=32, verbose=0)
