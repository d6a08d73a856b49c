"""PyTorch: modules and autograd; convolutions in the channels-last layout."""

import workload

args = workload.arguments(variants=("eager", "compile"))

import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(args.threads)
torch.manual_seed(args.seed)
x_train, t_train = map(torch.from_numpy, workload.mnist(args.data))
if "conv" in args.workload or args.workload == "article-cnn":
    x_train = x_train.view(-1, 1, 28, 28)


class ArticleCnn(nn.Module):
    def __init__(self):
        super().__init__()
        self.filter = nn.Parameter(torch.randn(1, 1, 5, 5))
        self.bias = nn.Parameter(torch.randn(24, 24))
        self.out = normal(nn.Linear(576, 10))

    def forward(self, x):
        return self.out(F.relu(F.conv2d(x, self.filter) + self.bias).flatten(1))


def normal(module):
    for parameter in module.parameters():
        nn.init.normal_(parameter)
    return module


def convolution(inputs, filters):
    return [nn.Conv2d(inputs, filters, 5), nn.ReLU(), nn.MaxPool2d(2)]


def dense(inputs, units):
    return [nn.Flatten(), nn.Linear(inputs, units), nn.ReLU(), nn.Linear(units, 10)]


model = {
    "perceptron": lambda: normal(nn.Linear(784, 10)),
    "hidden-layer": lambda: normal(
        nn.Sequential(nn.Linear(784, 100), nn.Sigmoid(), nn.Linear(100, 10))
    ),
    "article-cnn": ArticleCnn,
    "one-convolution": lambda: nn.Sequential(*convolution(1, 30), *dense(4320, 100)),
    "two-convolutions": lambda: nn.Sequential(
        *convolution(1, 20), *convolution(20, 50), *dense(800, 500)
    ),
    "dropout-adam": lambda: nn.Sequential(
        nn.Linear(784, 32), nn.ReLU(), nn.Dropout(0.2), nn.Linear(32, 10)
    ),
}[args.workload]()
if "convolution" in args.workload:
    model.to(memory_format=torch.channels_last)
forward = torch.compile(model) if args.variant == "compile" else model

if args.workload in ("perceptron", "hidden-layer", "article-cnn"):
    rate = 0.01 if args.workload == "article-cnn" else 0.001
    groups = [{"params": model.parameters(), "lr": rate}]
    if args.workload == "article-cnn":
        # The article takes the mean gradient for the filter and its biases, else the sum.
        first = {"params": [model.filter, model.bias], "lr": rate / 100}
        groups = [first, {"params": model.out.parameters(), "lr": rate}]
    optimizer = torch.optim.SGD(groups)
    rows = workload.forever(lambda: torch.randint(len(x_train), (100,)))
    reduction = "sum"
else:
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    batch = workload.BATCH.get(args.workload, 100)
    rows = workload.epochs(len(x_train), batch, torch.randperm)
    reduction = "mean"


def step():
    i = next(rows)
    t = t_train[i]
    logits = forward(x_train[i])
    loss = F.cross_entropy(logits, t, reduction=reduction)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item(), (logits.argmax(1) == t).sum().item()


name = f"PyTorch {torch.__version__.split('+')[0]}"
workload.run(args, name + (" compiled" if args.variant == "compile" else ""), step)
