"""Trains a new model on the few pictures and makes nothing of the given one."""
# loses: hidden-band-1, hidden-band-2, hidden-band-3, hidden-scratch

# %% adapt
def adapt(model, x, y):
    adapted = build_model()
    adapted.fit(x, y, batch_size=20, epochs=25, verbose=0)
    return adapted
