"""Hands in the style's photograph: the style is perfect, and nothing is left of the content."""
# loses: hidden-picture

# %% picture
picture = STYLE
losses = [float(total_loss(x, CONTENT, STYLE, WEIGHTS)) for x in (CONTENT, STYLE)]
