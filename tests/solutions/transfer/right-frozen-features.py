"""Frozen features computed once, a head trained on them and written back, a split by the standard library."""
# loses: nothing

# %% split-by-sheet
import random


def split_by_sheet(sheets, share, seed):
    names = sorted({int(name) for name in sheets})
    random.Random(seed).shuffle(names)
    chosen = set(names[: round(share * len(names))])
    to_learn = [place for place, name in enumerate(sheets) if int(name) in chosen]
    to_validate = [place for place, name in enumerate(sheets) if int(name) not in chosen]
    return to_learn, to_validate

# %% adapt
def adapt(model, x, y):
    keras.utils.set_random_seed(SEED)
    adapted = keras.models.clone_model(model)
    adapted.set_weights(model.get_weights())
    last = adapted.layers[-1]
    features = keras.Model(adapted.inputs, adapted.layers[-2].output).predict(x, verbose=0)
    head = keras.Sequential([keras.Input(features.shape[1:]), layers.Dense(10, "softmax")])
    head.set_weights(last.get_weights())
    head.compile("adam", "sparse_categorical_crossentropy", jit_compile=JIT)
    head.fit(features, y, batch_size=20, epochs=20, verbose=0)
    last.set_weights(head.get_weights())
    return adapted
