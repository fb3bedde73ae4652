"""No letters at all: the options are searched for words of the right one, in every list anew."""
# loses: nothing

# %% identity
my_id = STUDENT

# %% answer-1
WORDS = {
    1: ["same number", "four times"],
    2: ["shift by four", "stay as they are"],
    3: ["backward pass"],
    5: ["no parameters"],
    6: ["nearby maps"],
    7: ["no pooling in between"],
    8: ["5 × 5", "18 weights"],
    9: ["maps fewer"],
    10: ["adds its input"],
    11: ["space", "across channels"],
    12: ["means of all maps"],
    13: ["200 filters of 7 × 7", "VALID"],
}


def found(question):
    """All letters whose option has all the words."""
    return [
        letter
        for letter, option in by_letter(question, my_id).items()
        if all(word in option for word in WORDS[question])
    ]


answer_1 = found(1)[0]

# %% answer-2
answer_2 = found(2)[-1]

# %% answer-3
answer_3 = found(3)[-1]

# %% answer-5
answer_5 = found(5)[-1]

# %% answer-6
answer_6 = found(6)[-1]

# %% answer-7
answer_7 = found(7)[-1]

# %% answer-8
answer_8 = found(8)[-1]

# %% answer-9
answer_9 = found(9)[-1]

# %% answer-10
answer_10 = found(10)[-1]

# %% answer-11
answer_11 = found(11)[-1]

# %% answer-12
answer_12 = found(12)[-1]

# %% answer-13
answer_13 = found(13)[-1]

# %% answer-4
MEASURES = ("stride", "smaller batch", "Leaving", "16 bits", "cards")
answer_4 = ""
for letter, option in by_letter(4, my_id).items():
    if any(measure in option for measure in MEASURES):
        answer_4 = answer_4 + letter
