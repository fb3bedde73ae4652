"""Stores what the option says, or its number in the list, instead of its letter."""
# loses: hidden-3, hidden-5, hidden-6

# %% answer-3
answer_3 = "The outputs of all layers, which are kept until the backward pass has used them."

# %% answer-5
answer_5 = 1 + list(by_letter(5, my_id).values()).index(
    "It has no parameters, while the convolution has some for each pair of maps."
)

# %% answer-6
answer_6 = ["A"]
