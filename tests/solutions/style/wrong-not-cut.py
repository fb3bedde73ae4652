"""Lets pixels leave the range from 0 to 1."""
# loses: check-paint, hidden-paint

# %% paint
def paint(loss, start, steps, rate):
    descend = value_and_gradient(loss)
    picture = keras.Variable(start)
    optimizer = keras.optimizers.Adam(rate)
    losses = []
    for _ in range(steps):
        value, gradient = descend(picture.value)
        losses.append(float(value))
        optimizer.apply([gradient], [picture])
    losses.append(float(descend(picture.value)[0]))
    return ops.convert_to_numpy(picture.value), losses
