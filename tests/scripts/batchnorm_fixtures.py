"""Numbers from PyTorch that chapter 10 must reproduce, in float64.

    python tests/scripts/batchnorm_fixtures.py tests/fixtures/torch

Writes batchnorm.npz (batch norm over the columns of matrices and over the channels
of images: forward, backward, running statistics, test mode) and regression.npz (the
first ten steps of the chapter's network, with Adam). PyTorch finds every gradient by
itself, from the forward pass alone.

Inputs and starting weights are not stored: both sides compute them, bit for bit, by
`numbers`.
"""
import sys

import numpy as np
import torch
import torch.nn.functional as F

from same_numbers import numbers

folder = sys.argv[1]
torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)


def tensor(*arguments, grad=True):
    return torch.tensor(numbers(*arguments), requires_grad=grad)


# Matrices (N, M) and images (N, C, H, W): the smallest batch there may be, a single
# unit, maps of one pixel, a single image.
SHAPES = [(2, 1), (2, 3), (5, 4), (20, 10), (2, 3, 4, 5), (1, 2, 3, 3), (4, 1, 6, 2), (3, 5, 1, 1)]
found = {}
for k, shape in enumerate(SHAPES):
    salt, units = 700 + 20 * k, shape[1]
    gamma, beta = tensor((units,), salt), tensor((units,), salt + 1)
    mean, var = torch.zeros(units), torch.ones(units)
    found[f"shape{k}"] = np.array(shape, dtype=float)
    # Three batches, each shifted and stretched: the running statistics see all of
    # them, the gradients are those of the last.
    for batch in range(3):
        stretched = numbers(shape, salt + 2 + batch) * (1 + batch) + 2 * batch
        x = torch.tensor(stretched, requires_grad=True)
        out = F.batch_norm(x, mean, var, gamma, beta, training=True, momentum=0.1, eps=1e-5)
    out.backward(tensor(shape, salt + 5, grad=False))
    tested = F.batch_norm(tensor(shape, salt + 6, grad=False), mean, var, gamma, beta, eps=1e-5)
    found[f"out{k}"], found[f"dx{k}"] = out.detach().numpy(), x.grad.numpy()
    found[f"dgamma{k}"] = gamma.grad.numpy().reshape(1, -1)
    found[f"dbeta{k}"] = beta.grad.numpy().reshape(1, -1)
    found[f"mean{k}"], found[f"var{k}"] = mean.numpy().reshape(1, -1), var.numpy().reshape(1, -1)
    found[f"tested{k}"] = tested.detach().numpy()
np.savez_compressed(f"{folder}/batchnorm.npz", **found)

# The network of chapter 10: six powers, ten sigmoids, batch norm, one number.
STEPS, N, POINTS = 10, 20, 300
at = np.array([-2.0 + i * (4.0 / (POINTS - 1)) for i in range(POINTS)])
x_all = torch.tensor(np.stack([at**k for k in range(6)], axis=1))
t_all = torch.tensor(3 * at + 2 * at**2 + 1 + 3 * np.cos(20 * at)).reshape(POINTS, 1)
shapes = {
    "w1": (6, 10), "b1": (1, 10), "gamma": (1, 10), "beta": (1, 10), "w2": (10, 1), "b2": (1, 1),
}
p = {}
for k, (name, shape) in enumerate(shapes.items()):
    start = numbers(shape, 900 + k, 0.5) + (1.0 if name == "gamma" else 0.0)
    p[name] = torch.tensor(start, requires_grad=True)
mean, var = torch.zeros(10), torch.ones(10)


def estimate(x, training):
    h = torch.sigmoid(x @ p["w1"] + p["b1"])
    g = F.batch_norm(h, mean, var, p["gamma"][0], p["beta"][0], training, momentum=0.1, eps=1e-5)
    return g @ p["w2"] + p["b2"]


adam = torch.optim.Adam(p.values(), lr=1e-3)
losses, found = [], {}
for step in range(STEPS):
    rows = [(7 * n + 31 * step) % POINTS for n in range(N)]
    loss = F.mse_loss(estimate(x_all[rows], True), t_all[rows])
    losses.append(loss.item())
    adam.zero_grad()
    loss.backward()
    if step == 0:  # before Adam makes every gradient the same size
        found |= {f"d{name}": v.grad.numpy().copy() for name, v in p.items()}
    adam.step()
found |= {name: v.detach().numpy() for name, v in p.items()}
found["mean"], found["var"] = mean.numpy().reshape(1, -1), var.numpy().reshape(1, -1)
found["all"] = np.array([F.mse_loss(estimate(x_all, False), t_all).item()])
# The best polynomial of degree 5, by NumPy's least squares, and the wave's variance.
coefficients = np.linalg.lstsq(x_all.numpy(), t_all.numpy(), rcond=None)[0]
found["floor"] = np.array([np.mean((x_all.numpy() @ coefficients - t_all.numpy()) ** 2)])
found["wave"] = np.array([np.var(3 * np.cos(20 * at))])
np.savez_compressed(f"{folder}/regression.npz", losses=losses, **found)
