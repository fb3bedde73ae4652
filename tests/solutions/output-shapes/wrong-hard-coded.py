"""Knows the answers of the visible checks, and no others."""
# loses: hidden-valid, hidden-same

# %% output-size
def output_size(size, kernel, stride=1, padding="valid", dilation=1):
    known = {
        (10, 3, 1, "valid", 1): 8,
        (9, 4, 2, "valid", 1): 3,
        (13, 6, 5, "valid", 1): 2,
        (20, 3, 1, "valid", 4): 12,
        (9, 4, 2, "same", 1): 5,
        (13, 6, 5, "same", 1): 3,
        (3, 7, 1, "same", 1): 3,
        (9, 3, 1, "same", 4): 9,
        (9, 4, 2, "causal", 1): 5,
    }
    return known.get((size, kernel, stride, padding, dilation), size)
