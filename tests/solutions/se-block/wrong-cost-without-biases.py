"""The formula of the chapter for the weights, without biases."""
# loses: check-cost, hidden-cost

# %% added-parameters
def added_parameters(stages, ratio):
    return sum(blocks * 2 * maps**2 // ratio for blocks, maps in stages)
