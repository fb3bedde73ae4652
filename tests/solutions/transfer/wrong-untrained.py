"""Nothing is trained at all."""
# loses: check-pretrain, check-adapt, check-kept, hidden-band-1, hidden-band-2, hidden-band-3, hidden-scratch

# %% pretrain
def pretrain(model, x, y):
    pass

# %% adapt
def adapt(model, x, y):
    adapted = keras.models.clone_model(model)
    adapted.set_weights(model.get_weights())
    return adapted
