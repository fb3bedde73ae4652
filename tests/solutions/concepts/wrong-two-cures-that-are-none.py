"""Thinks of the length of training, not of the memory of one step; and everything deep overfits."""
# loses: hidden-4-four, hidden-4-five, hidden-6, hidden-10, hidden-12

# %% answer-4
answer_4 = "".join(letter_of(4, each) for each in (
    "A smaller batch",
    "Fewer epochs",
    "A smaller training set",
    "Leaving out",
    "Numbers of 16",
))

# %% answer-6
answer_6 = letter_of(6, "When a strong response is to weaken those at nearby")

# %% answer-10
answer_10 = letter_of(10, "It overfits")

# %% answer-12
answer_12 = letter_of(12, "It drops")
