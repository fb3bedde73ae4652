"""Each network's idea given to another: GoogLeNet's, DenseNet's and Inception v3's to AlexNet, ResNet and Xception."""
# loses: hidden-7, hidden-10, hidden-11

# %% answer-7
answer_7 = letter_of(7, "It used 1")

# %% answer-10
answer_10 = letter_of(10, "Each unit hands")

# %% answer-11
answer_11 = letter_of(11, "That patterns in the rows")
