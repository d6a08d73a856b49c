"""Trains three networks on the built-in digits and prints what they reach.

    python digits_networks.py DIGITS [--real MNIST] [--limit N] [--dev] [--seed S]

DIGITS and MNIST are folders with the four IDX files, plain or gzipped. With
--real, the networks that saw nothing but built-in digits also read MNIST's
test set. Needs PyTorch and NumPy.
"""

import argparse
import gzip
from pathlib import Path

import numpy as np
import torch
from torch import nn

BATCH = 64
DIGITS = 10


def idx(folder, stem):
    """The array in one IDX file of unsigned bytes."""
    for name in (stem, stem.replace("-idx", ".idx")):
        for suffix, opener in (("", open), (".gz", gzip.open)):
            path = Path(folder) / (name + suffix)
            if path.exists():
                with opener(path, "rb") as file:
                    data = file.read()
                rank = data[3]
                shape = np.frombuffer(data, ">u4", rank, 4)
                return np.frombuffer(data, np.uint8, offset=4 + 4 * rank).reshape(shape)
    raise SystemExit(f"{folder}: has no {stem}")


def load(folder, part, limit=None):
    """Images as floats in [0, 1], (N, 1, 28, 28), and labels, (N,)."""
    images = idx(folder, f"{part}-images-idx3-ubyte")[:limit]
    labels = idx(folder, f"{part}-labels-idx1-ubyte")[:limit]
    x = torch.from_numpy(images.astype(np.float32) / 255)[:, None]
    return x, torch.from_numpy(labels.astype(np.int64))


def linear():
    return nn.Sequential(nn.Flatten(), nn.Linear(784, DIGITS))


def mlp():
    return nn.Sequential(
        nn.Flatten(), nn.Linear(784, 100), nn.ReLU(), nn.Linear(100, DIGITS)
    )


def cnn():
    return nn.Sequential(
        nn.Conv2d(1, 30, 5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(30 * 12 * 12, 100),
        nn.ReLU(),
        nn.Linear(100, DIGITS),
    )


# name, network, epochs, highest learning rate
NETWORKS = [
    ("linear 784-10", linear, 5, 0.005),
    ("MLP 784-100-10", mlp, 5, 0.003),
    ("CNN conv30 5x5, pool, 100", cnn, 3, 0.003),
]


def train(net, x, t, epochs, rate):
    optimiser = torch.optim.Adam(net.parameters(), lr=rate)
    steps = -(-len(x) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, rate, epochs=epochs, steps_per_epoch=steps
    )
    for _ in range(epochs):
        for chosen in torch.randperm(len(x)).split(BATCH):
            optimiser.zero_grad()
            nn.functional.cross_entropy(net(x[chosen]), t[chosen]).backward()
            optimiser.step()
            schedule.step()


@torch.no_grad()
def predict(net, x):
    return torch.cat([net(part).argmax(1) for part in x.split(1000)])


def percent(right):
    return 100 * right.float().mean().item()


def per_digit(y, t):
    return " ".join(f"{percent(y[t == d] == d):5.1f}" for d in range(DIGITS))


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("digits", help="folder of the built-in digits")
    arguments.add_argument("--real", help="folder of MNIST")
    arguments.add_argument("--limit", type=int, help="train on the first N images only")
    arguments.add_argument(
        "--dev",
        action="store_true",
        help="read MNIST's first 10,000 training images instead of its test set: "
        "for tuning the generator",
    )
    arguments.add_argument("--only", help="networks whose name contains this")
    arguments.add_argument("--seed", type=int, default=0)
    chosen = arguments.parse_args()

    x, t = load(chosen.digits, "train", chosen.limit)
    judges = [("built-in test", *load(chosen.digits, "t10k"))]
    if chosen.real and chosen.dev:
        judges.append(("MNIST train, first 10,000", *load(chosen.real, "train", 10_000)))
    elif chosen.real:
        judges.append(("MNIST test", *load(chosen.real, "t10k")))

    for name, network, epochs, rate in NETWORKS:
        if chosen.only and chosen.only not in name:
            continue
        torch.manual_seed(chosen.seed)
        net = network()
        train(net, x, t, epochs, rate)
        for judge, judge_x, judge_t in judges:
            y = predict(net, judge_x)
            print(
                f"{name:26} {judge:26} {percent(y == judge_t):6.2f} %"
                f"   by digit: {per_digit(y, judge_t)}",
                flush=True,
            )


if __name__ == "__main__":
    main()
