"""Takes the content from the style's picture and the style from the content's."""
# loses: check-total, hidden-total, check-picture, hidden-picture

# %% total-loss
def total_loss(picture, content, style, weights):
    maps, content_maps, style_maps = features(picture), features(style), features(content)
    style_terms = [
        style_loss(gram_matrix(ours), gram_matrix(theirs))
        for ours, theirs in zip(maps, style_maps)
    ]
    return (
        weights["content"] * content_loss(maps[0], content_maps[0])
        + weights["style"] * sum(style_terms)
        + weights["variation"] * variation_loss(picture)
    )
