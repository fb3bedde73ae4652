"""A convolution thought of as a dense layer: weights grow with the image, and a unit is one weight a map."""
# loses: hidden-1, hidden-3, hidden-13

# %% answer-1
answer_1 = letter_of(1, "Four times as many parameters, and an output of four")

# %% answer-3
answer_3 = letter_of(3, "The gradients")

# %% answer-13
answer_13 = letter_of(13, "A convolution of 200 filters of 1 × 1, padding")
