"""Seven loops and Python's own numbers, with zeros read where the picture ends instead of padding."""
# loses: nothing

# %% one-map
def one_map(x, w):
    rows = []
    for i in range(len(x) - len(w) + 1):
        row = []
        for j in range(len(x[0]) - len(w[0]) + 1):
            total = 0.0
            for u in range(len(w)):
                for v in range(len(w[0])):
                    total += float(x[i + u, j + v]) * float(w[u, v])
            row.append(total)
        rows.append(row)
    return rows


# %% pad-same
def zeros_on_axis(size, kernel, stride):
    zeros = kernel - stride if size % stride == 0 else kernel - size % stride
    zeros = zeros if zeros > 0 else 0
    return zeros // 2, -(-zeros // 2)


def pad_same(x, kernel_size, strides=(1, 1)):
    top, bottom = zeros_on_axis(x.shape[1], kernel_size[0], strides[0])
    left, right = zeros_on_axis(x.shape[2], kernel_size[1], strides[1])
    batch, height, width, channels = x.shape
    x = np.concatenate(
        [np.zeros((batch, top, width, channels)), x, np.zeros((batch, bottom, width, channels))],
        axis=1,
    )
    height = x.shape[1]
    return np.concatenate(
        [np.zeros((batch, height, left, channels)), x, np.zeros((batch, height, right, channels))],
        axis=2,
    )


# %% conv2d
def conv2d(x, w, b, strides=(1, 1), padding="valid"):
    batch, height, width, channels = x.shape
    kernel_height, kernel_width, _, filters = w.shape
    top = left = bottom = right = 0
    if padding == "same":
        top, bottom = zeros_on_axis(height, kernel_height, strides[0])
        left, right = zeros_on_axis(width, kernel_width, strides[1])
    rows = len(range(0, top + height + bottom - kernel_height + 1, strides[0]))
    columns = len(range(0, left + width + right - kernel_width + 1, strides[1]))
    pixels, weights = x.tolist(), w.tolist()
    z = [[[[0.0] * filters for _ in range(columns)] for _ in range(rows)] for _ in range(batch)]
    for n in range(batch):
        for i in range(rows):
            for j in range(columns):
                for k in range(filters):
                    total = float(b[k])
                    for u in range(kernel_height):
                        for v in range(kernel_width):
                            y, x_ = i * strides[0] + u - top, j * strides[1] + v - left
                            if 0 <= y < height and 0 <= x_ < width:
                                for c in range(channels):
                                    total += pixels[n][y][x_][c] * weights[u][v][c][k]
                    z[n][i][j][k] = total
    return np.array(z)
