"""Ten training steps of chapter 12's networks in PyTorch, in float64.

    python tests/scripts/fashion_fixtures.py tests/fixtures/torch

Writes fashion_mlp.npz (once with dropout's masks given, once without dropout) and
fashion_cnn.npz: the loss of every step, the gradients of the first, and the
parameters after the last. PyTorch finds every gradient by itself.

Images, targets, masks and starting weights are not stored: both sides compute
them, bit for bit, by `numbers`. Of
large arrays a `probe` is stored: their sum, the sum of their sizes, and some of
their elements.
"""
import sys

import numpy as np
import torch
import torch.nn.functional as F

from same_numbers import numbers, probe

folder = sys.argv[1]
torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

STEPS, N, HIDDEN, DROPOUT, WARM = 10, 4, 256, 0.25, 0.2


# All images lie in one array, ten batches of four rows; image n is a 3 n modulo 10.
X = torch.tensor((numbers((STEPS * N, 784), 1200) + 1) / 2)
T = torch.eye(10)[[3 * n % 10 for n in range(STEPS * N)]]


def cycle(step):
    """One cycle: up from a tenth of the peak, then down to nothing."""
    done = (step - 1) / STEPS
    return (0.1 + 0.9 * done / WARM if done < WARM else (1 - done) / (1 - WARM))


def train(shapes, forward, optimiser, largest):
    """Ten steps on the mean cross-entropy; weights start between
    -sqrt(3 / D) and sqrt(3 / D), biases between -0.1 and 0.1."""
    p = {}
    for k, (name, shape) in enumerate(shapes.items()):
        inputs = np.prod(shape[1:]) if len(shape) == 4 else shape[0]
        scale = (3.0 / inputs) ** 0.5 if name.startswith("w") else 0.1
        p[name] = torch.tensor(numbers(shape, 1300 + k, scale), requires_grad=True)
    optimiser = optimiser(p.values())
    found, losses = {}, []
    for step in range(1, STEPS + 1):
        rows = slice((step - 1) * N, step * N)
        optimiser.param_groups[0]["lr"] = largest * cycle(step)
        entropy = F.cross_entropy(forward(X[rows], step, **p), T[rows])
        losses.append(entropy.item())
        optimiser.zero_grad()
        entropy.backward()
        if step == 1:
            found |= {f"d{name}": probe(v.grad) for name, v in p.items()}
        optimiser.step()
    return {"losses": losses} | found | {name: probe(v) for name, v in p.items()}


def mask(step):
    """A quarter of the units silent, the others louder."""
    kept = (numbers((N, HIDDEN), 1400 + step) + 1) / 2 >= DROPOUT
    return torch.tensor(kept / (1 - DROPOUT))


def mlp(x, step, w1, b1, w2, b2):
    return F.relu(x @ w1 + b1) @ w2 + b2


def mlp_with_dropout(x, step, w1, b1, w2, b2):
    return (F.relu(x @ w1 + b1) * mask(step)) @ w2 + b2


def cnn(x, step, w1, b1, w2, b2, w3, b3, w4, b4):
    a = x.reshape(N, 1, 28, 28)
    a = F.max_pool2d(F.relu(F.conv2d(a, w1, b1)), 2)
    a = F.max_pool2d(F.relu(F.conv2d(a, w2, b2)), 2)
    return F.relu(a.reshape(N, -1) @ w3 + b3) @ w4 + b4


MLP = {"w1": (784, HIDDEN), "b1": (1, HIDDEN), "w2": (HIDDEN, 10), "b2": (1, 10)}
with_dropout = train(MLP, mlp_with_dropout, torch.optim.Adam, 0.001)
without = {f"plain_{name}": v for name, v in train(MLP, mlp, torch.optim.Adam, 0.001).items()}
np.savez_compressed(f"{folder}/fashion_mlp.npz", **with_dropout, **without)

CNN = {
    "w1": (20, 1, 5, 5), "b1": (20,), "w2": (50, 20, 5, 5), "b2": (50,),
    "w3": (800, 500), "b3": (500,), "w4": (500, 10), "b4": (10,),
}
momentum = lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, nesterov=True)
np.savez_compressed(f"{folder}/fashion_cnn.npz", **train(CNN, cnn, momentum, 0.05))
