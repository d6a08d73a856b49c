"""What all peers share: the command line, threads, MNIST, the clock and the result.

NumPy and the frameworks read their number of threads when they are imported, so this
file imports nothing but the standard library at its top.
"""

import argparse
import gzip
import json
import os
import resource
import statistics
import time

# The steps that are measured: after warming up, and after a thousand.
EARLY = slice(20, 220)
LATE = slice(1_000, 1_200)
STEPS = LATE.stop
EPOCHS = 10
LONGEST = 60  # seconds after which a run stops at the step that it has reached
BATCH = {"dropout-adam": 128}
WORKLOADS = {
    "perceptron": "784-10, softmax, the gradient summed over the batch, rate 0.001",
    "hidden-layer": "784-100-10, sigmoid, the rest as before",
    "article-cnn": "one filter of 5x5, a bias for each of 576 places, ReLU, 576-10, rate 0.01",
    "one-convolution": "30 filters of 5x5, ReLU, max pool 2, 100 units, ReLU, 10, Adam",
    "two-convolutions": "20 and 50 filters of 5x5, each with ReLU and max pool 2, "
    "500 units, ReLU, 10, Adam",
    "dropout-adam": "784-32, ReLU, dropout 0.2, 10, Adam, batches of 128, ten epochs",
}

# Multiplications and additions of a step: forward, then the gradients of the weights and, but
# for the first layer, those of the inputs.
MULTIPLY_ADDS = {
    "perceptron": 100 * (2 * 784 * 10),
    "hidden-layer": 100 * (2 * 784 * 100 + 3 * 100 * 10),
    "article-cnn": 100 * (2 * 576 * 25 + 3 * 576 * 10),
    "one-convolution": 100 * (2 * 576 * 25 * 30 + 3 * 4320 * 100 + 3 * 100 * 10),
    "two-convolutions": 100
    * (2 * 576 * 25 * 20 + 3 * 64 * 500 * 50 + 3 * 800 * 500 + 3 * 500 * 10),
    "dropout-adam": 128 * (2 * 784 * 32 + 3 * 32 * 10),
}


def arguments(workloads=tuple(WORKLOADS), variants=("",)):
    parser = argparse.ArgumentParser()
    parser.add_argument("data", help="the folder with the four files of MNIST")
    parser.add_argument("workload", choices=workloads)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--variant", default=variants[0], choices=variants)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    for library in ("OMP", "OPENBLAS", "MKL"):
        os.environ[f"{library}_NUM_THREADS"] = str(args.threads)
    # One thread is one core: none of a library's helpers may use another.
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, set(cores[-args.threads :]))
    return args


def mnist(folder):
    """The training images (60000, 784) in f32, from 0 to 1, and their labels (60000,)."""
    import numpy as np

    def read(name, header):
        for end in ("", ".gz"):
            for path in (f"{folder}/{name}{end}", f"{folder}/mnist/{name}{end}"):
                if not os.path.exists(path):
                    continue
                with (gzip.open if path.endswith(".gz") else open)(path, "rb") as file:
                    return np.frombuffer(file.read(), np.uint8, offset=header)
        raise SystemExit(f"{folder} holds no {name}; give the folder with MNIST's four files")

    pixels = read("train-images-idx3-ubyte", 16).reshape(-1, 784)
    labels = read("train-labels-idx1-ubyte", 8).astype(np.int64)
    return np.divide(pixels, 255, dtype=np.float32), labels


def forever(draw):
    """What `draw()` returns, again and again."""
    while True:
        yield draw()


def epochs(count, batch, permutation):
    """Rows of each batch, in a new order for every epoch; the last batch may be short."""
    while True:
        order = permutation(count)
        for start in range(0, count, batch):
            yield order[start : start + batch]


def run(args, peer, step):
    """Times `step()` and prints the result as one line of JSON. `step()` returns the loss and
    how many of the batch were right as numbers of Python, so that its work is done then."""
    batch = BATCH.get(args.workload, 100)
    steps = EPOCHS * -(-60_000 // batch) if args.workload in BATCH else STEPS
    times, right = [], []
    start = last = time.perf_counter()
    for _ in range(steps):
        loss, count = step()
        right.append(count)
        now = time.perf_counter()
        times.append(1e3 * (now - last))
        last = now
        if now - start > LONGEST:
            break
    late = times[LATE] if len(times) >= STEPS else times[-200:]
    result = {
        "peer": peer,
        "workload": args.workload,
        "threads": args.threads,
        "early_ms": statistics.median(times[EARLY]),
        "late_ms": statistics.median(late),
        "seconds": last - start,
        "steps": len(times),
        "loss": loss,
        "accuracy": 100 * statistics.fmean(right[-100:]) / batch,
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(result), flush=True)
