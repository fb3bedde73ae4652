"""Plain Python: every product on its own, pixels as a list, sets in place of masks."""
# loses: nothing

# %% conv-transpose
def conv_transpose(x, kernel, bias, stride):
    h, w, channels_in = x.shape
    kh, kw, channels_out, _ = kernel.shape
    result = [
        [[float(bias[o]) for o in range(channels_out)] for _ in range((w - 1) * stride + kw)]
        for _ in range((h - 1) * stride + kh)
    ]
    for i in range(h):
        for j in range(w):
            for u in range(kh):
                for v in range(kw):
                    for o in range(channels_out):
                        for c in range(channels_in):
                            product = x[i, j, c] * kernel[u, v, o, c]
                            result[i * stride + u][j * stride + v][o] += float(product)
    return result

# %% crop-same
def crop_same(full, kernel_size, stride):
    rows = (full.shape[0] - kernel_size[0] + stride) // stride * stride
    columns = (full.shape[1] - kernel_size[1] + stride) // stride * stride
    top, left = (kernel_size[0] - stride) // 2, (kernel_size[1] - stride) // 2
    return full[top:, left:][:rows, :columns]

# %% bilinear-kernel
def bilinear_kernel(factor):
    size = 2 * factor - factor % 2
    middle = (size - 1) / 2

    def weight(position):
        return (factor - abs(position - middle)) / factor

    return [[weight(i) * weight(j) for j in range(size)] for i in range(size)]

# %% mean-iou
def mean_iou(truth, predicted, classes, void=255):
    pairs = [(int(t), int(p)) for t, p in zip(truth.ravel(), predicted.ravel()) if t != void]
    total, known = 0.0, 0
    for number in {t for t, _ in pairs} | {p for _, p in pairs}:
        there = {place for place, (t, _) in enumerate(pairs) if t == number}
        called = {place for place, (_, p) in enumerate(pairs) if p == number}
        total += len(there & called) / len(there | called)
        known += 1
    return total / known
