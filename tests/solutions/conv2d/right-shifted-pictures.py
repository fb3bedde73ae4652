"""One weight after the other, each with the whole picture shifted; in 32-bit numbers."""
# loses: nothing

# %% one-map
def one_map(x, w):
    from scipy.signal import convolve2d

    return convolve2d(np.float32(x), np.float32(w)[::-1, ::-1], mode="valid")


# %% conv2d
def conv2d(x, w, b, strides=(1, 1), padding="valid"):
    x, w = np.float32(x), np.float32(w)
    if padding.lower() == "same":
        x = pad_same(x, w.shape[:2], strides)
    rows, columns = x.shape[1] - w.shape[0] + 1, x.shape[2] - w.shape[1] + 1
    z = np.tile(np.float32(b), (len(x), rows, columns, 1))
    for u, v in np.ndindex(w.shape[:2]):
        z += x[:, u : u + rows, v : v + columns] @ w[u, v]
    return z[:, :: strides[0], :: strides[1]]
