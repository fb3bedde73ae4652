"""The multiplier counts for the depthwise step only."""
# loses: check-saving, hidden-saving

# %% separable-saving
def separable_saving(channels, maps, kernel, multiplier=1):
    return kernel**2 * channels * maps / (kernel**2 * channels * multiplier + channels * maps)
