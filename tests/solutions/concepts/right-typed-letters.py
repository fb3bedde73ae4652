"""The letters read off the lists and typed in, which is what students do."""
# loses: nothing

# %% identity
my_id = "right-typed-letters"

# %% answer-1
answer_1 = "A"

# %% answer-2
answer_2 = "B"

# %% answer-3
answer_3 = "C"

# %% answer-4
answer_4 = "BCEFG"

# %% answer-5
answer_5 = "E"

# %% answer-6
answer_6 = "B"

# %% answer-7
answer_7 = "D"

# %% answer-8
answer_8 = "E"

# %% answer-9
answer_9 = "B"

# %% answer-10
answer_10 = "D"

# %% answer-11
answer_11 = "E"

# %% answer-12
answer_12 = "A"

# %% answer-13
answer_13 = "E"
