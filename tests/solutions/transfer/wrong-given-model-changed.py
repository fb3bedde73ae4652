"""Trains the given model itself; outputs that are no probabilities; one and the same split whatever the seed."""
# loses: hidden-split, check-model, check-kept

# %% split-by-sheet
def split_by_sheet(sheets, share, seed):
    names = np.unique(sheets)
    to_learn = np.isin(sheets, names[: round(share * len(names))])
    return np.flatnonzero(to_learn), np.flatnonzero(~to_learn)

# %% build-model
LOSS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def build_model():
    keras.utils.set_random_seed(SEED)
    model = keras.Sequential([keras.Input((32, 32, 3))])
    for maps, size, strides in ((16, 5, 2), (32, 3, 1), (48, 3, 1)):
        model.add(layers.Conv2D(maps, size, strides=strides, padding="same", use_bias=False))
        if strides == 1:
            model.add(layers.MaxPooling2D(2))
        model.add(layers.BatchNormalization(momentum=0.9))
        model.add(layers.ReLU())
    model.add(layers.Flatten())
    model.add(layers.Dense(10))
    model.compile("adam", LOSS, jit_compile=JIT)
    return model

# %% adapt
def adapt(model, x, y):
    keras.utils.set_random_seed(SEED)
    for layer in model.layers:
        layer.trainable = not isinstance(layer, layers.BatchNormalization)
    model.compile(keras.optimizers.Adam(0.001), LOSS, jit_compile=JIT)
    model.fit(x, y, batch_size=20, epochs=20, verbose=0)
    return model
