"""Another student's notebook, id and all: right answers, but to another list."""
# loses: hidden-1, hidden-2, hidden-3, hidden-4-four, hidden-4-five, hidden-5, hidden-6, hidden-7, hidden-8, hidden-9, hidden-10, hidden-11, hidden-12, hidden-13

# %% identity
my_id = "student-07"

# %% answer-1
answer_1 = "B"

# %% answer-2
answer_2 = "C"

# %% answer-3
answer_3 = "D"

# %% answer-4
answer_4 = "ABCFI"

# %% answer-5
answer_5 = "B"

# %% answer-6
answer_6 = "D"

# %% answer-7
answer_7 = "B"

# %% answer-8
answer_8 = "E"

# %% answer-9
answer_9 = "E"

# %% answer-10
answer_10 = "C"

# %% answer-11
answer_11 = "A"

# %% answer-12
answer_12 = "A"

# %% answer-13
answer_13 = "A"
