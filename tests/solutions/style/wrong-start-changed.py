"""Works in the array that it was given, so that the content photograph is painted over."""
# loses: check-paint, hidden-paint

# %% paint
def paint(loss, start, steps, rate):
    descend = value_and_gradient(loss)
    mean, square, losses = 0.0, 0.0, []
    for t in range(1, steps + 1):
        value, gradient = (np.asarray(each) for each in descend(start))
        losses.append(float(value))
        mean = 0.9 * mean + 0.1 * gradient
        square = 0.999 * square + 0.001 * gradient**2
        start -= rate * (mean / (1 - 0.9**t)) / (np.sqrt(square / (1 - 0.999**t)) + 1e-7)
        np.clip(start, 0, 1, out=start)
    losses.append(float(descend(start)[0]))
    return start, losses
