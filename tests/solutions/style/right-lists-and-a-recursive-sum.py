"""One map after the other, the losses as lists of losses, more and smaller steps."""
# loses: nothing

# %% gram-matrix
def gram_matrix(maps):
    number = maps.shape[2]
    rows = [ops.mean(maps * maps[:, :, k : k + 1], axis=(0, 1)) for k in range(number)]
    return ops.stack(rows)

# %% style-loss
def style_loss(gram, style_gram):
    n = len(gram)
    return sum(ops.sum(ops.square(gram[k] - style_gram[k])) for k in range(n)) / (2 * n) ** 2

# %% total-loss
def total_loss(picture, content, style, weights):
    def style_of(ours, theirs):
        if not ours:
            return 0.0
        here = style_loss(gram_matrix(ours[0]), gram_matrix(theirs[0]))
        return here + style_of(ours[1:], theirs[1:])

    terms = {
        "content": content_loss(features(picture)[0], features(content)[0]),
        "style": style_of(features(picture), features(style)),
        "variation": variation_loss(picture),
    }
    return sum(weights[name] * value for name, value in terms.items())

# %% picture
picture, losses = paint(lambda x: total_loss(x, CONTENT, STYLE, WEIGHTS), CONTENT, 90, 0.015)
