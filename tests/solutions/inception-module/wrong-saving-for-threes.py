"""The kernel is always 3×3, as in the example by hand."""
# loses: hidden-saving

# %% bottleneck-saving
def bottleneck_saving(channels, reduce, maps, kernel):
    return 9 * channels * maps / (channels * reduce + 9 * reduce * maps)
