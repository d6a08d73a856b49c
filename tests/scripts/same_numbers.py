"""What the scripts for PyTorch share: inputs and starting weights that are not
stored, since `referee::numbers` computes the same bits, and what is stored of
large arrays, as `referee::probe` takes it."""
import numpy as np


def numbers(shape, salt, scale=1.0):
    """Numbers from -scale to scale that look random: element k is the hash
    SplitMix64 (Steele, Lea, Flood 2014) of k, and `salt` tells arrays apart."""
    with np.errstate(over="ignore"):
        z = np.arange(np.prod(shape), dtype=np.uint64) + np.uint64(salt << 32)
        z = (z + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    unit = (z >> np.uint64(11)).astype(np.float64) * 2.0**-53  # 53 bits: exact
    return ((2.0 * unit - 1.0) * scale).reshape(shape)


def probe(a):
    """The sum of `a`, the sum of its sizes, and at most 64 of its elements,
    evenly apart."""
    flat = a.detach().numpy().ravel()
    apart = -(-flat.size // 64)
    return np.concatenate([[flat.sum(), np.abs(flat).sum()], flat[::apart]])
