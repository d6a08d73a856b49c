"""The work of lesson 06 in PyTorch, on this machine's GPU, in f32 without TF32.

    python3 cuda_peer.py [--batch 100]

prints a line of JSON for each figure: microseconds of a training step as it is usually written
(eager), and captured in a CUDA graph, of one step and of 25 steps; the rate of cuDNN's
convolution, and of a product. Parameters, images and labels lie on the GPU, and losses are read
every 250 steps, as in lesson 06. What a step is stands in tests/peers/workload.py; images and
labels are random here, and the learning rate is 0, so that every step does the same.
"""

import argparse
import json
import statistics
import time

try:
    import torch
    import torch.nn.functional as F
    from torch import nn
except ImportError as error:
    raise SystemExit(f"Error: PyTorch is not installed here ({error}); the rest goes on without")

IMAGES = 60_000
RUN = 250  # steps between two looks at the losses
SAMPLES = 5
LARGEST_ERROR = 1e-4  # of f32, relative; TF32 has 10 bits and comes to 1e-3
failures = []  # sentences


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--batch", type=int, default=100)
    batch = parser.parse_args().batch
    if not torch.cuda.is_available():
        raise SystemExit("Error: PyTorch finds no CUDA here; the rest goes on without")
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cudnn.benchmark = True  # the fastest algorithm for each shape
    torch.manual_seed(1)
    tell("GPU", text=torch.cuda.get_device_name())
    tell("PyTorch", text=torch.__version__)
    tell("CUDA", text=torch.version.cuda)
    tell("cuDNN", text=str(torch.backends.cudnn.version()))
    x = torch.randint(0, 256, (IMAGES, 1, 28, 28), device="cuda").float() / 255
    t = torch.randint(0, 10, (IMAGES,), device="cuda")
    for name in ("article-cnn", "one-convolution"):
        attempt(eager, name, (x, t), batch)
        for count in (1, 25):
            attempt(graph, name, (x, t), batch, count)
    for layout in ("channels first", "channels last"):
        attempt(convolution, layout, batch)
    attempt(product, 2048)
    raise SystemExit("Error: " + "; ".join(failures) if failures else 0)


class ArticleCnn(nn.Module):
    """One filter, and a bias for each of its 576 positions."""

    def __init__(self):
        super().__init__()
        self.filter = nn.Parameter(torch.randn(1, 1, 5, 5))
        self.bias = nn.Parameter(torch.randn(24, 24))
        self.out = nn.Linear(576, 10)

    def forward(self, x):
        return self.out(F.relu(F.conv2d(x, self.filter) + self.bias).flatten(1))


def build(name):
    """A network, its optimiser, and how the loss is reduced over the batch."""
    if name == "article-cnn":
        model = ArticleCnn().cuda()
        return model, torch.optim.SGD(model.parameters(), lr=0.0, fused=True), "sum"
    model = nn.Sequential(
        nn.Conv2d(1, 30, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(4320, 100), nn.ReLU(), nn.Linear(100, 10),
    ).cuda()
    return model, torch.optim.Adam(model.parameters(), lr=0.0, fused=True, capturable=True), "mean"


def train(network, data, batch, record):
    """One step; `record` gets the loss and how many of the batch were right."""
    (model, optimizer, reduction), (x, t) = network, data
    rows = torch.randint(IMAGES, (batch,), device="cuda")
    labels = t[rows]
    logits = model(x[rows])
    loss = F.cross_entropy(logits, labels, reduction=reduction)
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()
    record(loss.detach(), (logits.argmax(1) == labels).sum())


def eager(name, data, batch):
    network, losses, counts = build(name), [], []

    def record(loss, right):
        losses.append(loss)
        counts.append(right)

    def step():
        train(network, data, batch, record)
        if len(losses) == RUN:
            for numbers in (losses, counts):
                torch.stack(numbers).tolist()
                numbers.clear()

    tell(f"{name}, eager", **microseconds(step, 1))


def graph(name, data, batch, count):
    """The same step, `count` of them captured once and replayed together."""
    network = build(name)
    stats = torch.zeros(2, RUN, device="cuda")
    at = torch.zeros(1, dtype=torch.long, device="cuda")

    def record(loss, right):
        stats.index_copy_(1, at, torch.stack([loss, right.float()]).reshape(2, 1))
        at.add_(1).remainder_(RUN)

    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):  # chooses algorithms and makes the optimiser's state
        for _ in range(3):
            train(network, data, batch, record)
    torch.cuda.current_stream().wait_stream(side)
    torch.cuda.synchronize()
    captured = torch.cuda.CUDAGraph()
    network[1].zero_grad(set_to_none=True)
    with torch.cuda.graph(captured):
        for _ in range(count):
            train(network, data, batch, record)
    done = 0

    def replay():
        nonlocal done
        captured.replay()
        done += count
        if done % RUN == 0:
            stats.tolist()

    steps = "1 step" if count == 1 else f"{count} steps"
    tell(f"{name}, CUDA graph of {steps}", **microseconds(replay, count))


def microseconds(run, steps):
    """The fastest and the median of some samples of 1,000 steps, after as many to warm up."""
    times = []
    for _ in range(SAMPLES + 1):
        torch.cuda.synchronize()
        start = time.perf_counter()
        for _ in range(1_000 // steps):
            run()
        torch.cuda.synchronize()
        times.append(1e6 * (time.perf_counter() - start) / (1_000 // steps * steps))
    times = times[1:]
    return {"value": min(times), "median": statistics.median(times), "unit": "us"}


def convolution(layout, batch):
    """64 filters of 3 x 3 on 32 channels of 28 x 28, padded by 1, as in lesson 06."""
    memory = torch.channels_last if layout == "channels last" else torch.contiguous_format

    def normal(*shape):
        return torch.randn(*shape, device="cuda").to(memory_format=memory)

    x, w, dout = normal(batch, 32, 28, 28), normal(64, 32, 3, 3), normal(batch, 64, 28, 28)
    exact = F.conv2d(x.double(), w.double(), padding=1)
    error = ((F.conv2d(x, w, padding=1) - exact).abs().max() / exact.abs().max()).item()
    if error > LARGEST_ERROR:
        raise RuntimeError(f"cuDNN is off by {error:.1e}, so it does not compute in f32")
    operations = 2 * batch * 28 * 28 * 64 * 32 * 9
    passes = {
        "forward": lambda: F.conv2d(x, w, padding=1),
        "dx": lambda: nn.grad.conv2d_input(x.shape, w, dout, padding=1),
        "dw": lambda: nn.grad.conv2d_weight(x, w.shape, dout, padding=1),
    }
    for name, run in passes.items():
        rate(f"64 filters on 32 channels, {layout}: {name}", run, operations)


def product(side):
    a, b = torch.randn(2, side, side, device="cuda")
    rate(f"product of {side} x {side}", lambda: a @ b, 2 * side**3)


def rate(name, run, operations):
    """The fastest of some samples of 100 runs, by the GPU's clock."""
    times = []
    for _ in range(SAMPLES + 1):
        start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        start.record()
        for _ in range(100):
            run()
        end.record()
        end.synchronize()
        times.append(1e3 * start.elapsed_time(end) / 100)
    value = min(times[1:])
    tell(name, value=value, unit="us", gflops=operations / value / 1e3)


def attempt(measure, *arguments):
    """Measures; if that fails, says why and goes on."""
    try:
        measure(*arguments)
    except Exception as error:
        what = ", ".join(str(a) for a in arguments if isinstance(a, (str, int)))
        failures.append(f"{measure.__name__} of {what}: {' '.join(str(error).split())}")


def tell(name, **figure):
    print(json.dumps({"name": name} | figure), flush=True)


if __name__ == "__main__":
    main()
