"""Numbers from PyTorch for chapter 09, in float64.

    python tests/scripts/torch_dropout.py tests/fixtures/torch

Writes dropout_adam.npz: ten steps of AdaGrad and RMSProp along given gradients,
and the first ten steps of the network 784-32-10 with dropout and Adam. The masks
are given to PyTorch; what they do to the gradients it finds by itself.

Inputs, starting weights and masks are not stored: both sides compute them, bit
for bit, by `numbers`. Of large arrays a `probe` is stored: their sum, the
sum of their sizes, and some of their elements.
"""
import sys

import numpy as np
import torch
import torch.nn.functional as F

from same_numbers import numbers, probe

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
STEPS, N, H = 10, 6, 32
DROPPED = 0.2


def tensor(shape, salt, scale=1.0, grad=False):
    return torch.tensor(numbers(shape, salt, scale), requires_grad=grad)


found = {}
for name, make in {
    "adagrad": lambda w: torch.optim.Adagrad([w], lr=0.1, eps=1e-8),
    "rmsprop": lambda w: torch.optim.RMSprop([w], lr=0.1, alpha=0.99, eps=1e-8),
}.items():
    w = tensor((7,), 300, grad=True)
    optimiser, steps = make(w), []
    for step in range(STEPS):
        w.grad = tensor((7,), 301 + step)
        optimiser.step()
        steps.append(w.detach().numpy().copy())
    found[name] = np.array(steps)

p = {
    "w1": tensor((784, H), 700, (3 / 784) ** 0.5, grad=True),
    "b1": tensor((1, H), 701, 0.1, grad=True),
    "w2": tensor((H, 10), 702, (3 / H) ** 0.5, grad=True),
    "b2": tensor((1, 10), 703, 0.1, grad=True),
}
adam, losses = torch.optim.Adam(p.values(), lr=0.002), []
for step in range(STEPS):
    x = (tensor((N, 784), 1000 + step) + 1) / 2  # from 0 to 1
    t = torch.eye(10)[[(3 * n + step) % 10 for n in range(N)]]
    mask = (tensor((N, H), 800 + step) >= 2 * DROPPED - 1) / (1 - DROPPED)
    h = F.relu(x @ p["w1"] + p["b1"]) * mask
    loss = F.cross_entropy(h @ p["w2"] + p["b2"], t)
    losses.append(loss.item())
    adam.zero_grad()
    loss.backward()
    if step == 0:  # before Adam makes every gradient the same size
        found |= {f"d{name}": probe(v.grad) for name, v in p.items()}
    adam.step()
found |= {name: probe(v) for name, v in p.items()}
np.savez_compressed(f"{sys.argv[1]}/dropout_adam.npz", losses=losses, **found)
