"""The stride of the visible check, always."""
# loses: hidden-slide

# %% slide
def slide(model, images, stride):
    height, width = model.input_shape[1:3]
    rows = []
    for top in range(0, images.shape[1] - height + 1, 4):
        row = []
        for left in range(0, images.shape[2] - width + 1, 4):
            row.append(run(model, images[:, top : top + height, left : left + width]))
        rows.append(row)
    return np.array(rows).transpose(2, 0, 1, 3)
