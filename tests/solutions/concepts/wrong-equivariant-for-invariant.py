"""Convolution taken for invariant; pooling taken for something that learns and mixes."""
# loses: hidden-2, hidden-5, hidden-13

# %% answer-2
answer_2 = letter_of(2, "The maps stay as they are, and so")

# %% answer-5
answer_5 = letter_of(5, "It mixes")

# %% answer-13
answer_13 = letter_of(13, "A convolution of 200 filters of 7 × 7, padding SAME")
