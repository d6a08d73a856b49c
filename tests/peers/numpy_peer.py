"""NumPy in f32: the products through its BLAS, the convolution as im2col."""

import workload

args = workload.arguments(("perceptron", "hidden-layer", "article-cnn", "one-convolution"))

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

x_train, t_train = workload.mnist(args.data)
one_hot = np.eye(10, dtype=np.float32)
random = np.random.default_rng(args.seed)


def normal(*shape, scale=1.0):
    return (scale * random.standard_normal(shape)).astype(np.float32)


def softmax(z):
    e = np.exp(z - z.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def patches(x):
    """(N, 784) to (N, 576, 25), the windows of 5x5."""
    return sliding_window_view(x.reshape(-1, 28, 28), (5, 5), (1, 2)).reshape(len(x), 576, 25)


def perceptron():
    w, b = normal(784, 10), normal(10)

    def step(x, t):
        y = softmax(x @ w + b)
        d = y - t
        np.subtract(w, 0.001 * (x.T @ d), out=w)
        np.subtract(b, 0.001 * d.sum(0), out=b)
        return y

    return step


def hidden_layer():
    wh, bh, wo, bo = normal(784, 100), normal(100), normal(100, 10), normal(10)

    def hidden(x):
        return 1 / (1 + np.exp(-(x @ wh + bh)))

    def step(x, t):
        h = hidden(x)
        y = softmax(h @ wo + bo)
        d = y - t
        dh = (d @ wo.T) * h * (1 - h)
        for parameter, gradient in ((wo, h.T @ d), (bo, d.sum(0)), (wh, x.T @ dh), (bh, dh.sum(0))):
            np.subtract(parameter, 0.001 * gradient, out=parameter)
        return y

    return step


def article_cnn():
    f, bc, wo, bo = normal(25), normal(576), normal(576, 10), normal(10)

    def step(x, t):
        windows = patches(x)
        h = np.maximum(windows @ f + bc, 0)
        y = softmax(h @ wo + bo)
        d = y - t
        delta = (d @ wo.T) * (h > 0)
        # The article takes the mean gradient for the filter and its biases, else the sum.
        df = np.tensordot(delta, windows, ((0, 1), (0, 1))) / len(x)
        dbc = delta.sum(0) / len(x)
        for parameter, gradient in ((wo, h.T @ d), (bo, d.sum(0)), (f, df), (bc, dbc)):
            np.subtract(parameter, 0.01 * gradient, out=parameter)
        return y

    return step


def one_convolution():
    p = [normal(25, 30, scale=0.3), np.zeros(30, np.float32)]
    p += [normal(4320, 100, scale=0.02), np.zeros(100, np.float32)]
    p += [normal(100, 10, scale=0.1), np.zeros(10, np.float32)]
    m, v = [np.zeros_like(a) for a in p], [np.zeros_like(a) for a in p]
    i = 0

    def features(x):
        windows = patches(x)
        maps = np.maximum(windows @ p[0] + p[1], 0).reshape(-1, 12, 2, 12, 2, 30)
        return windows, maps, maps.max((2, 4))

    def head(pooled):
        h = np.maximum(pooled.reshape(len(pooled), -1) @ p[2] + p[3], 0)
        return h, h @ p[4] + p[5]

    def step(x, t):
        nonlocal i
        windows, maps, pooled = features(x)
        h, logits = head(pooled)
        y = softmax(logits)
        d = (y - t) / len(x)
        dh = (d @ p[4].T) * (h > 0)
        dpool = (dh @ p[2].T).reshape(pooled.shape) * (pooled > 0)
        # A pool's gradient goes to the largest; equal ones are above zero nearly never.
        dmaps = (maps == pooled[:, :, None, :, None]) * dpool[:, :, None, :, None]
        dmaps = dmaps.reshape(-1, 30)
        flat = pooled.reshape(len(x), -1)
        g = [windows.reshape(-1, 25).T @ dmaps, dmaps.sum(0)]
        g += [flat.T @ dh, dh.sum(0), h.T @ d, d.sum(0)]
        i += 1
        rate = np.float32(0.001 * (1 - 0.999**i) ** 0.5 / (1 - 0.9**i))
        for a, da, ma, va in zip(p, g, m, v):
            ma += np.float32(0.1) * (da - ma)
            va += np.float32(0.001) * (da * da - va)
            a -= rate * ma / (np.sqrt(va) + np.float32(1e-8))
        return y

    return step


train = globals()[args.workload.replace("-", "_")]()
shuffled = workload.epochs(len(x_train), 100, random.permutation)


def step():
    with_adam = args.workload == "one-convolution"
    rows = next(shuffled) if with_adam else random.integers(0, len(x_train), 100)
    t = one_hot[t_train[rows]]
    y = train(x_train[rows], t)
    loss = -np.log(y[np.arange(len(y)), t_train[rows]] + 1e-30).sum()
    return float(loss), int((y.argmax(1) == t_train[rows]).sum())


workload.run(args, f"NumPy {np.__version__}", step)
