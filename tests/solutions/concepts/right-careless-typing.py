"""The same answers with small letters, spaces, commas and a full stop; the id with capitals and a space."""
# loses: nothing

# %% identity
my_id = "Right-Careless-Typing "

# %% answer-1
answer_1 = "d"

# %% answer-2
answer_2 = "B."

# %% answer-3
answer_3 = "a"

# %% answer-4
answer_4 = "A, B, C, G, I"

# %% answer-5
answer_5 = "c"

# %% answer-6
answer_6 = "e"

# %% answer-7
answer_7 = " C"

# %% answer-8
answer_8 = "a"

# %% answer-9
answer_9 = "b"

# %% answer-10
answer_10 = "d"

# %% answer-11
answer_11 = "d"

# %% answer-12
answer_12 = "a"

# %% answer-13
answer_13 = "e"
