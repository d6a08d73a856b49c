"""Numbers from NumPy that the Rust functions must reproduce, in float64.

    python tests/scripts/numpy_fixtures.py tests/fixtures

Writes functions.npz (activations and losses), perceptron.npz and
hidden_layer.npz (ten training steps each), and params_*.npz (the file format:
plain and compressed, float32 and float64; params_formats.npz has the same array in
every form that NumPy has written it in).
"""
import io
import sys
import zipfile

import numpy as np

folder = sys.argv[1]
rng = np.random.default_rng(2024)


def sigmoid(z):
    return np.where(z >= 0, 1 / (1 + np.exp(-np.abs(z))), np.exp(-np.abs(z)) / (1 + np.exp(-np.abs(z))))


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def cross_entropy(y, t):
    return -(t * np.log(y)).sum() / len(y)


def article_loss(y, t):
    return -(t * np.log(y + 1e-7) + (1 - t) * np.log(1 - y + 1e-7)).sum() / len(y)


def one_hot(n, classes):
    return np.eye(classes)[rng.integers(0, classes, n)]


# Logits from tame to far beyond where a naive exp overflows.
z = rng.standard_normal((6, 10)) * np.array([[0.1], [1], [10], [100], [1000], [5000]])
t = one_hot(6, 10)
tame = z[:3]
np.savez(
    f"{folder}/functions.npz",
    z=z, t=t, sigmoid=sigmoid(z), relu=np.maximum(z, 0), softmax=softmax(z),
    tame_cross_entropy=cross_entropy(softmax(tame), t[:3]),
    tame_article_loss=article_loss(softmax(tame), t[:3]),
    article_loss=article_loss(softmax(z), t),
    # z - logsumexp(z), which does not underflow
    cross_entropy_from_logits=-(t * (z - z.max(1, keepdims=True)
        - np.log(np.exp(z - z.max(1, keepdims=True)).sum(1, keepdims=True)))).sum() / len(z),
)

STEPS, N, D, H, M, RATE = 10, 16, 20, 7, 10, 0.01
x = rng.random((STEPS, N, D))
t = np.stack([one_hot(N, M) for _ in range(STEPS)])

# The perceptron: z = x w + b, gradients summed over the batch.
w, b = rng.standard_normal((D, M)), rng.standard_normal((1, M))
start = dict(w0=w, b0=b)
losses, entropies = [], []
for k in range(STEPS):
    y = softmax(x[k] @ w + b)
    losses.append(article_loss(y, t[k]))
    entropies.append(cross_entropy(y, t[k]))
    dz = y - t[k]
    w = w - RATE * x[k].T @ dz
    b = b - RATE * dz.sum(axis=0, keepdims=True)
np.savez(f"{folder}/perceptron.npz", x=x, t=t, **start, w=w, b=b,
         losses=losses, entropies=entropies)

# The hidden layer: h = sigmoid(x wh + bh), y = softmax(h wo + bo).
wh, bh = rng.standard_normal((D, H)), rng.standard_normal((1, H))
wo, bo = rng.standard_normal((H, M)), rng.standard_normal((1, M))
start = dict(wh0=wh, bh0=bh, wo0=wo, bo0=bo)
losses, entropies = [], []
for k in range(STEPS):
    h = sigmoid(x[k] @ wh + bh)
    y = softmax(h @ wo + bo)
    losses.append(article_loss(y, t[k]))
    entropies.append(cross_entropy(y, t[k]))
    dzo = y - t[k]
    dzh = h * (1 - h) * (dzo @ wo.T)
    dwo, dbo = h.T @ dzo, dzo.sum(axis=0, keepdims=True)
    dwh, dbh = x[k].T @ dzh, dzh.sum(axis=0, keepdims=True)
    wh, bh, wo, bo = wh - RATE * dwh, bh - RATE * dbh, wo - RATE * dwo, bo - RATE * dbo
np.savez(f"{folder}/hidden_layer.npz", x=x, t=t, **start, wh=wh, bh=bh, wo=wo, bo=bo,
         losses=losses, entropies=entropies)

# The file format itself.
w = np.arange(6, dtype=np.float32).reshape(2, 3) / 4
b = np.array(1.5)
np.savez(f"{folder}/params_plain.npz", w=w, b=b)
np.savez_compressed(f"{folder}/params_compressed.npz", w=w, b=b)
np.savez(f"{folder}/params_fortran.npz", w=np.asfortranarray(w), b=b)
np.savez(f"{folder}/params_integers.npz", w=np.arange(6))


def by_numpy(array, version):
    file = io.BytesIO()
    np.lib.format.write_array(file, array, version=version)
    return file.getvalue()


def by_hand(descr, shape, data, end="\n", order="False", version=1, start=None):
    """With spaces so that the data starts at byte `start`, which NumPy does not mind."""
    text = f"{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}"
    width = 2 if version == 1 else 4
    if start:
        text += " " * (start - 8 - width - len(text) - len(end))
    text += end
    return b"\x93NUMPY" + bytes([version, 0]) + len(text).to_bytes(width, "little") + text.encode() + data


entries = {}
for kind in ["<f4", "<f8", ">f4", ">f8"]:
    for version in [1, 2, 3]:
        a = w.astype(kind)
        name = f"{kind[1:]}_{'little' if kind[0] == '<' else 'big'}_v{version}"
        entries[name] = by_numpy(a, (version, 0))
        entries[f"{name}_fortran"] = by_numpy(np.asfortranarray(a), (version, 0))
singles, doubles = w.astype("<f4").tobytes(), w.astype("<f8").tobytes()
# Before 1.14 NumPy aligned to 16 bytes, other programs to nothing; Python 2 on Windows
# wrote long integers.
entries["f4_at_82"] = by_hand("<f4", "(2, 3)", singles, start=82)
entries["f8_at_84"] = by_hand("<f8", "(2, 3)", doubles, start=84)
entries["f4_at_81"] = by_hand("<f4", "(2, 3)", singles, start=81)
entries["long"] = by_hand("<f4", "(2L, 3L)", singles)
entries["no_newline"] = by_hand("<f4", "(2, 3)", singles, end="")
entries["double_quotes"] = by_hand("<f8", "(2, 3)", doubles).replace(b"'", b'"')
with zipfile.ZipFile(f"{folder}/params_formats.npz", "w", zipfile.ZIP_DEFLATED) as file:
    for name, npy in entries.items():
        file.writestr(zipfile.ZipInfo(f"{name}.npy"), npy, zipfile.ZIP_DEFLATED)
with np.load(f"{folder}/params_formats.npz") as file:
    for name in entries:
        assert name == "long" or (file[name] == w).all(), name
# What is refused with a sentence, and names that end as files do.
np.savez(f"{folder}/params_refused.npz", half=w.astype(np.float16), whole=np.arange(6), complex=w + 1j,
         text=np.array(["a"]), large=np.array([1.0, -1e300]), infinite=np.array([np.inf, 1e300]),
         record=np.zeros(2, [(f"field number {i}", "<f4") for i in range(200)]))
np.savez(f"{folder}/params_names.npz", **{"w": w, "w.npy": 2 * w, "w.npy.npy": 3 * w})
