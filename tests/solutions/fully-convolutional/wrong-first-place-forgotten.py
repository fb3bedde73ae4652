"""The number of steps instead of places; windows are counted by it."""
# loses: check-positions, hidden-positions, check-slide, hidden-slide

# %% positions
def positions(image_shape, window, stride):
    return tuple(max(0, (size - side) // stride) for size, side in zip(image_shape, window))
