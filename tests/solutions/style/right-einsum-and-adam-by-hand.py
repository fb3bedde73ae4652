"""Other operations for every loss, and Adam written out on plain arrays."""
# loses: nothing

# %% gram-matrix
def gram_matrix(maps):
    return ops.einsum("ijk,ijl->kl", maps, maps) / (maps.shape[0] * maps.shape[1])

# %% content-loss
def content_loss(maps, content_maps):
    difference = ops.reshape(maps - content_maps, (-1,))
    return 0.5 * ops.dot(difference, difference) / difference.shape[0]

# %% style-loss
def style_loss(gram, style_gram):
    return ops.mean((gram - style_gram) ** 2) / 4

# %% variation-loss
def variation_loss(picture):
    def along(axis):
        return ops.mean(ops.power(ops.diff(ops.convert_to_tensor(picture), axis=axis), 2))

    return along(0) + along(1)

# %% paint
def paint(loss, start, steps, rate):
    descend = value_and_gradient(loss)
    x = np.array(start, dtype="float32")
    mean, square = np.zeros_like(x), np.zeros_like(x)
    losses = [float(loss(ops.convert_to_tensor(x)))]
    for t in range(1, steps + 1):
        gradient = np.asarray(descend(x)[1])
        mean = 0.9 * mean + 0.1 * gradient
        square = 0.999 * square + 0.001 * gradient**2
        move = (mean / (1 - 0.9**t)) / (np.sqrt(square / (1 - 0.999**t)) + 1e-7)
        x = np.clip(x - rate * move, 0, 1).astype("float32")
        losses.append(float(descend(x)[0]))
    return x, losses
