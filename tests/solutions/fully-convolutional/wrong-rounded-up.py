"""A last window that would leave the image is counted."""
# loses: check-positions, hidden-positions

# %% positions
def positions(image_shape, window, stride):
    return tuple(max(0, -(-(size - side) // stride) + 1) for size, side in zip(image_shape, window))

# %% slide
def slide(model, images, stride):
    height, width = model.input_shape[1:3]
    rows = []
    for top in range(0, images.shape[1] - height + 1, stride):
        row = []
        for left in range(0, images.shape[2] - width + 1, stride):
            row.append(run(model, images[:, top : top + height, left : left + width]))
        rows.append(row)
    return np.array(rows).transpose(2, 0, 1, 3)
