"""Takes the training set, not the batch, for what a step holds; windows that do not overlap."""
# loses: hidden-4-five, hidden-8, hidden-9

# %% answer-4
answer_4 = "".join(letter_of(4, each) for each in (
    "A larger stride",
    "A smaller training set",
    "Leaving out",
    "Numbers of 16",
    "Several cards",
))

# %% answer-8
answer_8 = letter_of(8, "A window of 9")

# %% answer-9
answer_9 = letter_of(9, "They halve")
