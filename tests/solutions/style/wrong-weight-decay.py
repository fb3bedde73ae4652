"""An optimizer with weight decay, which darkens pixels that have no gradient."""
# loses: check-paint, hidden-paint

# %% paint
def paint(loss, start, steps, rate):
    descend = value_and_gradient(loss)
    picture = keras.Variable(start)
    optimizer = keras.optimizers.AdamW(rate)
    losses = []
    for _ in range(steps):
        value, gradient = descend(picture.value)
        losses.append(float(value))
        optimizer.apply([gradient], [picture])
        picture.assign(ops.clip(picture.value, 0, 1))
    losses.append(float(descend(picture.value)[0]))
    return ops.convert_to_numpy(picture.value), losses
