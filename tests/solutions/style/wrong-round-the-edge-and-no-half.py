"""Compares each edge with the opposite one, and forgets the half in the content loss."""
# loses: check-content, hidden-content, check-variation, hidden-variation, check-total, hidden-total

# %% content-loss
def content_loss(maps, content_maps):
    return ops.mean(ops.square(maps - content_maps))

# %% variation-loss
def variation_loss(picture):
    down = picture - ops.roll(picture, 1, axis=0)
    right = picture - ops.roll(picture, 1, axis=1)
    return ops.mean(ops.square(down)) + ops.mean(ops.square(right))
