"""Notes the loss before each step and not after the last one."""
# loses: check-paint, hidden-paint, check-picture

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
        picture.assign(ops.clip(picture.value, 0, 1))
    return ops.convert_to_numpy(picture.value), losses
