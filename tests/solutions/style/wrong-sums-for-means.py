"""Sums over positions in place of means, in the Gram matrix and in the content loss."""
# loses: check-gram, hidden-gram, check-content, hidden-content, check-total, hidden-total, hidden-picture

# %% gram-matrix
def gram_matrix(maps):
    height, width, number = maps.shape
    values = ops.reshape(maps, (height * width, number))
    return ops.matmul(ops.transpose(values), values)

# %% content-loss
def content_loss(maps, content_maps):
    return ops.sum(ops.square(maps - content_maps)) / 2
