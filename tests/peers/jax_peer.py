"""JAX: pure functions, one compiled step that gives its buffers away, images as NHWC."""

import workload

args = workload.arguments()

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

jax.config.update("jax_platforms", "cpu")
x_train, t_train = map(jnp.asarray, workload.mnist(args.data))
if "conv" in args.workload or args.workload == "article-cnn":
    x_train = x_train.reshape(-1, 28, 28, 1)
random = np.random.default_rng(args.seed)


def normal(*shape, scale=1.0):
    return jnp.asarray(scale * random.standard_normal(shape), jnp.float32)


def he(*shape):
    return normal(*shape, scale=(2 / np.prod(shape[:-1])) ** 0.5), jnp.zeros(shape[-1])


def convolve(x, w):
    layout = ("NHWC", "HWIO", "NHWC")
    return jax.lax.conv_general_dilated(x, w, (1, 1), "VALID", dimension_numbers=layout)


def max_pool(x):
    # The maximum over two axes of a reshaped image has a cheaper gradient than a window.
    n, h, w, c = x.shape
    return x.reshape(n, h // 2, 2, w // 2, 2, c).max((2, 4))


def affine(x, layer):
    return x.reshape(len(x), -1) @ layer[0] + layer[1]


def perceptron(p, x, key):
    return affine(x, p["out"])


def hidden_layer(p, x, key):
    return affine(jax.nn.sigmoid(affine(x, p["hidden"])), p["out"])


def article_cnn(p, x, key):
    return affine(jax.nn.relu(convolve(x, p["filter"]) + p["bias"]), p["out"])


def convolutions(p, x, key):
    for w, b in p["convolutions"]:
        x = max_pool(jax.nn.relu(convolve(x, w) + b))
    return affine(jax.nn.relu(affine(x, p["hidden"])), p["out"])


def dropout_adam(p, x, key):
    h = jax.nn.relu(affine(x, p["hidden"]))
    if key is not None:
        h = jnp.where(jax.random.bernoulli(key, 0.8, h.shape), h / 0.8, 0)
    return affine(h, p["out"])


def drawn(inputs, units):
    return normal(inputs, units), normal(units)


network, parameters = {
    "perceptron": lambda: (perceptron, {"out": drawn(784, 10)}),
    "hidden-layer": lambda: (hidden_layer, {"hidden": drawn(784, 100), "out": drawn(100, 10)}),
    "article-cnn": lambda: (
        article_cnn,
        {"filter": normal(5, 5, 1, 1), "bias": normal(24, 24, 1), "out": drawn(576, 10)},
    ),
    "one-convolution": lambda: (
        convolutions,
        {"convolutions": [he(5, 5, 1, 30)], "hidden": he(4320, 100), "out": he(100, 10)},
    ),
    "two-convolutions": lambda: (
        convolutions,
        {
            "convolutions": [he(5, 5, 1, 20), he(5, 5, 20, 50)],
            "hidden": he(800, 500),
            "out": he(500, 10),
        },
    ),
    "dropout-adam": lambda: (dropout_adam, {"hidden": he(784, 32), "out": he(32, 10)}),
}[args.workload]()


def cross_entropy(p, x, t, key):
    """The sum over the batch, and how many are right."""
    logits = network(p, x, key)
    loss = -jnp.take_along_axis(jax.nn.log_softmax(logits), t[:, None], 1).sum()
    return loss, (logits.argmax(1) == t).sum()


@partial(jax.jit, donate_argnums=0)
def sgd_step(state, x_all, t_all, rows):
    p, gradient = state, jax.value_and_grad(cross_entropy, has_aux=True)
    (loss, right), g = gradient(p, x_all[rows], t_all[rows], None)
    # The article takes the mean gradient for the filter and its biases, else the sum.
    rate = 0.01 if args.workload == "article-cnn" else 0.001
    rates = {name: rate / 100 if name in ("filter", "bias") else rate for name in p}
    p = {name: jax.tree.map(lambda p, g: p - rates[name] * g, p[name], g[name]) for name in p}
    return p, loss, right


@partial(jax.jit, donate_argnums=0)
def adam_step(state, x_all, t_all, rows):
    p, m, v, i, key = state
    key, mask = jax.random.split(key) if args.workload == "dropout-adam" else (key, None)
    gradient = jax.value_and_grad(cross_entropy, has_aux=True)
    (loss, right), g = gradient(p, x_all[rows], t_all[rows], mask)
    g, i = jax.tree.map(lambda g: g / len(rows), g), i + 1
    m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, g)
    v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, g)
    rate = 0.001 * jnp.sqrt(1 - 0.999**i) / (1 - 0.9**i)
    p = jax.tree.map(lambda p, m, v: p - rate * m / (jnp.sqrt(v) + 1e-8), p, m, v)
    return (p, m, v, i, key), loss / len(rows), right


if args.workload in ("perceptron", "hidden-layer", "article-cnn"):
    one_step, state = sgd_step, parameters
    rows = workload.forever(lambda: random.integers(0, len(x_train), 100))
else:
    zeros = [jax.tree.map(jnp.zeros_like, parameters) for _ in range(2)]
    one_step, state = adam_step, (parameters, *zeros, jnp.float32(0), jax.random.key(args.seed))
    batch = workload.BATCH.get(args.workload, 100)
    rows = workload.epochs(len(x_train), batch, random.permutation)


def step():
    global state
    state, loss, right = one_step(state, x_train, t_train, next(rows).astype(np.int32))
    return float(loss), int(right)


workload.run(args, f"JAX {jax.__version__}", step)
