"""Reshapes where it should transpose, and divides the style loss by the square of 4n."""
# loses: check-gram, hidden-gram, check-style, hidden-style, check-total, hidden-total

# %% gram-matrix
def gram_matrix(maps):
    height, width, number = maps.shape
    values = ops.reshape(maps, (number, height * width))
    return ops.matmul(values, ops.transpose(values)) / (height * width)

# %% style-loss
def style_loss(gram, style_gram):
    number = gram.shape[0]
    return ops.sum(ops.square(gram - style_gram)) / (4 * number) ** 2
