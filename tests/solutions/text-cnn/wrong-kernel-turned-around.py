"""A convolution as mathematicians have it: the first weight meets the newest step; and one number is always 1."""
# loses: check-causal, hidden-causal, check-dilated, hidden-dilated, check-shapes, check-training, hidden-band-1, hidden-band-2, hidden-band-3, hidden-budget

# %% causal
def causal_conv1d(x, kernel, bias, rate=1):
    result = np.zeros((len(x), kernel.shape[2])) + bias
    for u in range(len(kernel)):
        back = u * rate
        for t in range(back, len(x)):
            result[t] += x[t - back] @ kernel[u]
    return result

# %% build-model
def build_model(vocabulary_size, length):
    model = keras.Sequential(
        [
            keras.Input((length,)),
            layers.Embedding(vocabulary_size, 8),
            layers.Conv1D(8, 3, activation="relu"),
            layers.GlobalMaxPooling1D(),
            layers.Dense(1, activation="softmax"),
        ]
    )
    model.compile("adam", "binary_crossentropy", jit_compile=JIT)
    return model

# %% train
def train(model, x, y):
    model.fit(x[:320], y[:320], batch_size=32, verbose=0)
