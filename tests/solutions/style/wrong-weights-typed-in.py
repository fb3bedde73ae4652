"""Uses the weights that stand in the notebook, whatever it is given."""
# loses: check-total, hidden-total

# %% total-loss
def total_loss(picture, content, style, weights):
    maps, content_maps, style_maps = features(picture), features(content), features(style)
    style_terms = [
        style_loss(gram_matrix(ours), gram_matrix(theirs))
        for ours, theirs in zip(maps, style_maps)
    ]
    return (
        WEIGHTS["content"] * content_loss(maps[0], content_maps[0])
        + WEIGHTS["style"] * sum(style_terms)
        + WEIGHTS["variation"] * variation_loss(picture)
    )
