"""Counts the options in the cell, in place of those that it shows."""
# loses: hidden-1, hidden-2, hidden-3, hidden-4-four, hidden-4-five, hidden-5, hidden-6, hidden-7, hidden-8, hidden-9, hidden-10, hidden-11, hidden-12, hidden-13

# %% answer-1
answer_1 = "D"

# %% answer-2
answer_2 = "B"

# %% answer-3
answer_3 = "C"

# %% answer-4
answer_4 = "ACFGI"

# %% answer-5
answer_5 = "A"

# %% answer-6
answer_6 = "C"

# %% answer-7
answer_7 = "C"

# %% answer-8
answer_8 = "B"

# %% answer-9
answer_9 = "C"

# %% answer-10
answer_10 = "A"

# %% answer-11
answer_11 = "D"

# %% answer-12
answer_12 = "B"

# %% answer-13
answer_13 = "E"
