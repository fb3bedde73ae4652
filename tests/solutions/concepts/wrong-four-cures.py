"""Forgets that several cards can share a batch; and batch normalisation wherever something is scaled."""
# loses: hidden-4-five, hidden-6, hidden-12

# %% answer-4
answer_4 = "".join(letter_of(4, each) for each in (
    "A larger stride",
    "A smaller batch",
    "Leaving out",
    "Numbers of 16",
))

# %% answer-6
answer_6 = letter_of(6, "When each map")

# %% answer-12
answer_12 = letter_of(12, "It scales each map to mean")
