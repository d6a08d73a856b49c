"""Numbers from PyTorch that the Rust functions must reproduce, in float64.

    python tests/scripts/torch_fixtures.py tests/fixtures/torch

Writes conv.npz and pool.npz (forward and backward of one operation over many
shapes), optimisers.npz (steps along given gradients), the first five training
steps of three networks: article.npz (the network of chapters 04 and 05),
one_conv.npz and two_conv.npz (chapter 08, with Adam), and the first ten of
checkpoints.npz (chapter 13). PyTorch finds every gradient by itself, from the
forward pass alone.

Inputs and starting weights are not stored: both sides compute them, bit for
bit, by `numbers` below. Of large arrays a `probe` is stored: their sum, the sum
of their sizes, and some of their elements.
"""
import sys

import numpy as np
import torch
import torch.nn.functional as F

from same_numbers import numbers, probe

folder = sys.argv[1]
torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

STEPS, N = 5, 4  # batches of four images


def tensor(*arguments, grad=True):
    return torch.tensor(numbers(*arguments), requires_grad=grad)


# ---- One operation at a time ----

# Images (N, C, H, W), filters (FN, FH, FW), stride, padding: odd sizes, filters
# that are not square, one of a single pixel, strides that jump over pixels, and
# padding wider than the filter.
CONVOLUTIONS = [
    ((1, 1, 7, 7), (1, 3, 3), 1, 0),
    ((2, 3, 8, 6), (4, 3, 2), 1, 0),
    ((1, 2, 9, 7), (3, 3, 3), 2, 1),
    ((3, 2, 5, 5), (2, 1, 1), 2, 0),
    ((2, 2, 6, 9), (3, 4, 5), 1, 2),
    ((1, 3, 11, 8), (2, 5, 2), 3, 0),
    ((2, 1, 4, 4), (2, 2, 2), 1, 3),
    ((2, 1, 28, 28), (1, 5, 5), 1, 0),  # the article's
]
found = {}
for k, ((n, c, h, w), (fn, fh, fw), stride, padding) in enumerate(CONVOLUTIONS):
    x, f = tensor((n, c, h, w), 10 * k), tensor((fn, c, fh, fw), 10 * k + 1)
    out = F.conv2d(x, f, stride=stride, padding=padding)
    out.backward(tensor(tuple(out.shape), 10 * k + 2, grad=False))
    found[f"sizes{k}"] = np.array([n, c, h, w, fn, fh, fw, stride, padding], dtype=float)
    found[f"out{k}"] = out.detach().numpy()
    found[f"dx{k}"], found[f"dw{k}"] = x.grad.numpy(), f.grad.numpy()
np.savez_compressed(f"{folder}/conv.npz", **found)

# Images (N, C, H, W), window, stride. Windows beside each other, overlapping,
# with gaps between them, and over everything.
POOLS = [
    ((2, 3, 6, 6), 2, 2),
    ((1, 2, 7, 9), 3, 2),
    ((2, 1, 5, 6), 3, 1),
    ((1, 2, 8, 11), 2, 3),
    ((2, 2, 4, 4), 4, 4),
    ((1, 1, 6, 6), 1, 1),
]
found = {}
for k, (shape, window, stride) in enumerate(POOLS):
    found[f"sizes{k}"] = np.array([*shape, window, stride], dtype=float)
    # Once more in steps of a half: then most windows hold the largest value
    # more than once, and the first of them gets the gradient.
    steps = np.round(2 * numbers(shape, 200 + 10 * k)) / 2
    for name, values in [("", numbers(shape, 200 + 10 * k)), ("tied_", steps)]:
        for kind, pool in [("max", F.max_pool2d), ("avg", F.avg_pool2d)]:
            x = torch.tensor(values, requires_grad=True)
            out = pool(x, window, stride)
            out.backward(tensor(tuple(out.shape), 200 + 10 * k + 1, grad=False))
            found[f"{name}{kind}_out{k}"] = out.detach().numpy()
            found[f"{name}{kind}_dx{k}"] = x.grad.numpy()
np.savez_compressed(f"{folder}/pool.npz", **found)

# Ten steps along gradients that are given, whatever the parameters are.
OPTIMISERS = {
    "sgd": lambda w: torch.optim.SGD(w, lr=0.1),
    "momentum": lambda w: torch.optim.SGD(w, lr=0.1, momentum=0.9),
    "nesterov": lambda w: torch.optim.SGD(w, lr=0.1, momentum=0.9, nesterov=True),
    "adam": lambda w: torch.optim.Adam(w, lr=0.1),
}
found = {}
for name, optimiser in OPTIMISERS.items():
    w = tensor((7,), 300)
    optimiser, steps = optimiser([w]), []
    for step in range(10):
        w.grad = tensor((7,), 301 + step, grad=False)
        optimiser.step()
        steps.append(w.detach().numpy().copy())
    found[name] = np.array(steps)
np.savez_compressed(f"{folder}/optimisers.npz", **found)


# ---- Networks ----

def images(step):
    """The images of a step, from 0 to 1: (N, 1, 28, 28)."""
    return torch.tensor((numbers((N, 1, 28, 28), 1000 + step) + 1) / 2)


def targets(step):
    """One-hot targets of a step, (N, 10): image n is a 3 n + step, modulo 10."""
    return torch.eye(10)[[(3 * n + step) % 10 for n in range(N)]]


def article_loss(y, t):
    return -(t * torch.log(y + 1e-7) + (1 - t) * torch.log(1 - y + 1e-7)).sum() / N


# Chapters 04 and 05: one 5x5 filter, a bias for each of 576 positions, ReLU, 10
# outputs. The loss is a sum over the batch; what is divided by N afterwards is
# what makes the three rules.
ARTICLE = {"f": (5, 5), "bc": (1, 576), "wo": (576, 10), "bo": (1, 10)}
RULES = {"article": ("f", "bc"), "sum": (), "mean": ("f", "bc", "wo", "bo")}
RATE = 0.01
found = {}
for rule, averaged in RULES.items():
    p = {name: tensor(shape, 500 + k) for k, (name, shape) in enumerate(ARTICLE.items())}
    losses, entropies = [], []
    for step in range(STEPS):
        x, t = images(step), targets(step)
        h = F.relu(F.conv2d(x, p["f"].reshape(1, 1, 5, 5)).reshape(N, 576) + p["bc"])
        z = h @ p["wo"] + p["bo"]
        entropy = -(t * F.log_softmax(z, dim=1)).sum()
        losses.append(article_loss(F.softmax(z, dim=1), t).item())
        entropies.append(entropy.item() / N)
        gradients = torch.autograd.grad(entropy, list(p.values()))
        with torch.no_grad():
            for (name, v), g in zip(p.items(), gradients):
                v -= RATE * (g / N if name in averaged else g)
    found[f"{rule}_losses"], found[f"{rule}_entropies"] = losses, entropies
    found |= {f"{rule}_{name}": probe(v) for name, v in p.items()}
np.savez_compressed(f"{folder}/article.npz", **found)


def train(file, shapes, forward):
    """Five steps of Adam on the mean cross-entropy; weights start between
    -sqrt(3 / D) and sqrt(3 / D), biases between -0.1 and 0.1."""
    p = {}
    for k, (name, shape) in enumerate(shapes.items()):
        inputs = np.prod(shape[1:]) if len(shape) == 4 else shape[0]
        scale = (3.0 / inputs) ** 0.5 if name.startswith("w") else 0.1
        p[name] = tensor(shape, 600 + k, scale)
    adam = torch.optim.Adam(p.values(), lr=1e-3)
    found, losses = {}, []
    for step in range(STEPS):
        entropy = F.cross_entropy(forward(images(step), **p), targets(step))
        losses.append(entropy.item())
        adam.zero_grad()
        entropy.backward()
        if step == 0:  # before Adam makes every gradient the same size
            found |= {f"d{name}": probe(v.grad) for name, v in p.items()}
        adam.step()
    found |= {name: probe(v) for name, v in p.items()}
    np.savez_compressed(f"{folder}/{file}", losses=losses, **found)


def one_conv(x, w1, b1, w2, b2, w3, b3):
    a = F.max_pool2d(F.relu(F.conv2d(x, w1, b1)), 2)  # (N, 30, 12, 12)
    return F.relu(a.reshape(N, 4320) @ w2 + b2) @ w3 + b3


def two_conv(x, w1, b1, w2, b2, w3, b3, w4, b4):
    a = F.max_pool2d(F.relu(F.conv2d(x, w1, b1)), 2)  # (N, 20, 12, 12)
    a = F.max_pool2d(F.relu(F.conv2d(a, w2, b2)), 2)  # (N, 50, 4, 4)
    return F.relu(a.reshape(N, 800) @ w3 + b3) @ w4 + b4


train("one_conv.npz", {
    "w1": (30, 1, 5, 5), "b1": (30,), "w2": (4320, 100), "b2": (100,),
    "w3": (100, 10), "b3": (10,),
}, one_conv)
train("two_conv.npz", {
    "w1": (20, 1, 5, 5), "b1": (20,), "w2": (50, 20, 5, 5), "b2": (50,),
    "w3": (800, 500), "b3": (500,), "w4": (500, 10), "b4": (10,),
}, two_conv)

# ---- Chapter 13: overlapping pools, dropout with given masks, ten steps ----

def masks(step):
    """Dropout that keeps 0.2 of the features (N, 160) and 0.5 of the hidden units
    (N, 40), and makes what it keeps as much larger."""
    m1 = torch.tensor(numbers((N, 160), 2000 + step) > 0.6) / 0.2
    return m1, torch.tensor(numbers((N, 40), 3000 + step) > 0.0) / 0.5


SHAPES = {
    "w1": (10, 1, 4, 4), "b1": (10,), "w2": (160, 40), "b2": (40,), "w3": (40, 10), "b3": (10,),
}
found = {}
for start in ["random", "zero"]:
    p = {}
    for k, (name, shape) in enumerate(SHAPES.items()):
        zero = start == "zero" and name in ("w2", "w3")
        values = np.full(shape, 0.1) if name[0] == "b" else numbers(shape, 700 + k, 0.2 * (not zero))
        p[name] = torch.tensor(values, requires_grad=True)
    adam = torch.optim.Adam(p.values(), lr=1e-3)
    losses = []
    for step in range(10):
        m1, m2 = masks(step)
        h1 = F.relu(F.conv2d(images(step), p["w1"], p["b1"], stride=3))  # (N, 10, 9, 9)
        a1 = F.max_pool2d(h1, 3, 2).reshape(N, 160) * m1
        a2 = F.relu(a1 @ p["w2"] + p["b2"]) * m2
        entropy = F.cross_entropy(a2 @ p["w3"] + p["b3"], targets(step))
        losses.append(entropy.item())
        adam.zero_grad()
        entropy.backward()
        if step == 0:
            found |= {f"{start}_d{name}": probe(v.grad) for name, v in p.items()}
        adam.step()
    found |= {f"{start}_{name}": probe(v) for name, v in p.items()}
    found[f"{start}_losses"] = losses
np.savez_compressed(f"{folder}/checkpoints.npz", **found)
