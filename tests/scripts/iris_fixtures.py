"""Numbers from PyTorch and SciPy that chapter 11 must reproduce, in float64.

    python tests/scripts/iris_fixtures.py data/iris.csv tests/fixtures/torch/iris.npz

The first ten steps of the network 4-8-3 (sigmoid, softmax, mean cross-entropy,
Adam at 0.01) on batches of 16 flowers, table order, standardised by all 150: the
losses, the gradients of the first batch and the parameters after ten steps.
PyTorch finds the gradients by itself. Also Student's quantiles, Wilson's
intervals and intervals for a median, which SciPy computes in its own way.
"""
import csv
import sys

import numpy as np
import torch
from scipy import stats

from same_numbers import numbers

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
species = ["setosa", "versicolor", "virginica"]
lengths = ["sepal_length", "sepal_width", "petal_length", "petal_width"]


with open(sys.argv[1]) as file:
    flowers = list(csv.DictReader(file))
x = np.array([[float(flower[name]) for name in lengths] for flower in flowers])
x = torch.tensor((x - x.mean(axis=0)) / x.std(axis=0))
labels = torch.tensor([species.index(flower["species"]) for flower in flowers])

shapes = {"wh": (4, 8), "bh": (1, 8), "wo": (8, 3), "bo": (1, 3)}
w = {
    name: torch.tensor(numbers(shape, 1100 + k, 0.8), requires_grad=True)
    for k, (name, shape) in enumerate(shapes.items())
}
optimiser = torch.optim.Adam(w.values(), lr=0.01)
found, losses = {}, []
for step in range(10):
    rows = torch.arange(16 * step, 16 * step + 16) % 150
    h = torch.sigmoid(x[rows] @ w["wh"] + w["bh"])
    loss = torch.nn.functional.cross_entropy(h @ w["wo"] + w["bo"], labels[rows])
    optimiser.zero_grad()
    loss.backward()
    if step == 0:
        found |= {f"d{name}": value.grad.numpy().copy() for name, value in w.items()}
    optimiser.step()
    losses.append(loss.item())
found |= {name: value.detach().numpy() for name, value in w.items()}
found["losses"] = np.array(losses)

freedom = np.array([1.0, 2.0, 4.0, 9.0, 29.0, 99.0, 999.0])
found["student"] = np.stack([freedom, stats.t.ppf(0.975, freedom)], axis=1)
shares = [(0, 10), (1, 10), (29, 30), (30, 30), (45, 45), (43, 45), (2890, 3000)]
found["wilson"] = np.array(
    [
        (right, n, *stats.binomtest(right, n).proportion_ci(0.95, method="wilson"))
        for right, n in shares
    ],
    dtype=float,
)
# The rank, from 1, of the value at the lower end: the first k with P(at most k of n
# coins show heads) of 2.5 % or more.
found["median"] = np.array(
    [(n, stats.binom.ppf(0.025, n, 0.5)) for n in (6, 7, 10, 25, 99, 100, 1000)]
)
np.savez_compressed(sys.argv[2], **found)
