"""A functional model, scikit-learn's group split, pictures turned round in brightness and mixed by hand, two stages of adaptation."""
# loses: nothing

# %% split-by-sheet
from sklearn.model_selection import GroupShuffleSplit


def split_by_sheet(sheets, share, seed):
    splitter = GroupShuffleSplit(1, train_size=share, random_state=seed)
    return next(splitter.split(sheets, groups=sheets))

# %% build-model
def build_model():
    keras.utils.set_random_seed(SEED)
    image = keras.Input((32, 32, 3))
    x = layers.Conv2D(16, 5, strides=2, padding="same", activation="relu")(image)
    x = layers.Conv2D(32, 3, padding="same", activation="relu")(x)
    x = layers.MaxPooling2D(2)(x)
    x = layers.Conv2D(64, 3, padding="same", activation="relu")(x)
    x = layers.MaxPooling2D(2)(x)
    x = layers.Flatten()(x)
    model = keras.Model(image, layers.Dense(10, activation="softmax", name="head")(x))
    model.compile(keras.optimizers.Adam(0.002), "sparse_categorical_crossentropy", jit_compile=JIT)
    return model

# %% adapt
def adapt(model, x, y):
    keras.utils.set_random_seed(SEED)
    adapted = keras.models.clone_model(model)
    adapted.set_weights(model.get_weights())
    for rate, trained in ((0.002, ["head"]), (0.0005, [each.name for each in adapted.layers])):
        for layer in adapted.layers:
            layer.trainable = layer.name in trained
        adapted.compile(
            keras.optimizers.Adam(rate), "sparse_categorical_crossentropy", jit_compile=JIT
        )
        adapted.fit(x, y, batch_size=20, epochs=12, verbose=0)
    return adapted
