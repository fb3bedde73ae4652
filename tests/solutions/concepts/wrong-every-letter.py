"""Names all options, and so the right ones among them."""
# loses: hidden-1, hidden-4-four, hidden-4-five

# %% answer-1
answer_1 = "ABCDE"

# %% answer-4
answer_4 = "ABCDEFGHI"
