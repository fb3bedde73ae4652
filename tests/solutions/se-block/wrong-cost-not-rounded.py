"""Hidden units are a fraction where the ratio does not divide the maps."""
# loses: hidden-cost

# %% added-parameters
def added_parameters(stages, ratio):
    total = 0
    for blocks, maps in stages:
        hidden = maps / ratio
        total += blocks * (2 * maps * hidden + hidden + maps)
    return total
