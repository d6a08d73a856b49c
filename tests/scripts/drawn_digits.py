"""Draws digits as people draw them in a program, into one file of pictures.

    python tests/scripts/drawn_digits.py tests/fixtures/drawn_digits.zip

Each picture is a PNG called NUMBER-DIGIT.png. A digit is one of several lists of
points, moved at random, joined by a smooth line, stretched, slanted, turned and put
anywhere on a sheet of any size; pen and paper have colours of their own. Nothing here
knows of MNIST or of the built-in digits. Needs NumPy.
"""
import struct
import sys
import zipfile
import zlib

import numpy as np

EACH = 24  # pictures of each digit
SEED = 20
# Strokes of points (x, y) from the upper left; a digit has several ways to be written.
# A point that is given twice is a corner.
WAYS = {
    0: [
        [[(.5, 0), (.12, .22), (.03, .55), (.2, .9), (.5, 1), (.85, .85), (.97, .5), (.85, .15), (.48, .01)]],
        [[(.6, .03), (.25, .08), (.04, .45), (.12, .85), (.45, 1), (.8, .8), (.95, .4), (.8, .1), (.55, .02)]],
    ],
    1: [
        [[(.5, 0), (.5, 1)]],
        [[(.2, .25), (.55, 0), (.55, 0), (.55, 1)]],
        [[(.55, 0), (.5, .5), (.42, 1)]],
    ],
    2: [
        [[(.08, .25), (.3, .03), (.7, .05), (.85, .3), (.6, .6), (.05, 1), (.05, 1), (.95, .98)]],
        [[(.1, .2), (.45, 0), (.8, .18), (.7, .5), (.3, .85), (.1, .97), (.2, .82), (.45, .9), (.95, 1)]],
    ],
    3: [
        [[(.1, .1), (.5, 0), (.85, .2), (.65, .43), (.38, .48), (.38, .48), (.7, .53), (.92, .75), (.55, 1), (.05, .9)]],
        [[(.1, .02), (.85, .02), (.85, .02), (.42, .4), (.42, .4), (.8, .5), (.9, .78), (.5, 1), (.05, .9)]],
    ],
    4: [
        [[(.65, 0), (.05, .65), (.05, .65), (.95, .65)], [(.68, .3), (.66, 1)]],
        [[(.2, .02), (.12, .5), (.12, .5), (.85, .47)], [(.8, .03), (.75, 1)]],
        [[(.9, .68), (.05, .66), (.05, .66), (.7, 0), (.7, 0), (.68, 1)]],
    ],
    5: [
        [[(.88, .02), (.2, .02), (.2, .02), (.13, .45), (.13, .45), (.55, .38), (.9, .65), (.6, .98), (.08, .92)]],
        [[(.2, .02), (.14, .42), (.14, .42), (.6, .4), (.9, .68), (.55, 1), (.1, .92)], [(.2, .02), (.9, .04)]],
    ],
    6: [
        [[(.75, .02), (.3, .25), (.06, .65), (.25, .97), (.7, .97), (.9, .72), (.6, .52), (.2, .65)]],
        [[(.6, 0), (.2, .4), (.08, .75), (.4, 1), (.82, .85), (.75, .58), (.4, .53), (.14, .72)]],
    ],
    7: [
        [[(.05, .03), (.92, .03), (.92, .03), (.35, 1)]],
        [[(.05, .05), (.9, .02), (.9, .02), (.6, .45), (.45, 1)]],
        [[(.05, .03), (.92, .03), (.92, .03), (.4, 1)], [(.3, .5), (.85, .48)]],
    ],
    8: [
        [[(.75, .15), (.4, 0), (.18, .2), (.5, .45), (.88, .75), (.5, 1), (.1, .78), (.5, .47), (.82, .2), (.68, .08)]],
        [[(.5, .46), (.2, .25), (.5, .01), (.8, .22), (.5, .46), (.12, .75), (.5, 1), (.88, .75), (.5, .46)]],
    ],
    9: [
        [[(.85, .2), (.5, 0), (.12, .25), (.35, .52), (.8, .38), (.86, .15), (.85, .2), (.8, .6), (.65, 1)]],
        [[(.88, .12), (.45, .02), (.12, .3), (.4, .53), (.85, .25), (.88, .1), (.82, .6), (.5, .97), (.2, .92)]],
    ],
}
PAPERS = [(255, 255, 255), (250, 246, 235), (20, 24, 28), (235, 240, 250), (190, 185, 175), (30, 80, 60)]
PENS = [(15, 15, 20), (20, 40, 140), (160, 25, 30), (245, 245, 240), (70, 70, 75), (250, 225, 90)]


def smooth(points, steps=12):
    """A Catmull-Rom spline through `points`, `(n, 2)`; a repeated point is a corner."""
    out = []
    cuts = [0] + [k for k in range(1, len(points)) if np.all(points[k] == points[k - 1])] + [len(points)]
    for first, last in zip(cuts, cuts[1:]):
        p = points[first:last]
        p = np.vstack([2 * p[:1] - p[1:2], p, 2 * p[-1:] - p[-2:-1]])
        for a, b, c, d in zip(p, p[1:], p[2:], p[3:]):
            for s in np.linspace(0, 1, steps):
                out.append(.5 * (2 * b + (c - a) * s + (2 * a - 5 * b + 4 * c - d) * s**2
                                 + (3 * b - a - 3 * c + d) * s**3))
    return np.array(out)


def draw(digit, rng):
    """`(H, W, 3)`, bytes."""
    strokes = WAYS[digit][rng.integers(len(WAYS[digit]))]
    size = rng.uniform(60, 190)
    height, width = size, size * rng.uniform(.5, .8)
    slant, turn = rng.normal(0, .2), np.radians(rng.normal(0, 8))
    pen = size * rng.uniform(.015, .07)  # half its width
    move = rng.normal(0, .035, (40, 2))
    lines = []
    for stroke in strokes:
        points = np.array(stroke) - .5
        known = {tuple(p): k for k, p in enumerate(points)}  # a corner moves as one point
        points = points + np.array([move[known[tuple(p)]] for p in points])
        line = smooth(points) * (width, height)
        line[:, 0] -= slant * line[:, 1]
        lines.append(line @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]))
    every = np.vstack(lines)
    low, high = every.min(0) - pen, every.max(0) + pen
    margin = size * rng.uniform(.08, .9, (2, 2))
    w, h = np.ceil(high - low + margin.sum(0)).astype(int)
    y, x = np.mgrid[:h, :w] + .5
    apart = np.full((h, w), 1e9)
    for line in lines:
        line = line - low + margin[0]
        for (x1, y1), (x2, y2) in zip(line, line[1:]):
            dx, dy = x2 - x1, y2 - y1
            along = np.clip(((x - x1) * dx + (y - y1) * dy) / max(dx * dx + dy * dy, 1e-9), 0, 1)
            apart = np.minimum(apart, np.hypot(x - x1 - along * dx, y - y1 - along * dy))
    ink = np.round(np.clip(pen - apart + .5, 0, 1)[:, :, None] * 64) / 64  # few colours
    while True:
        paper, colour = (np.array(of[rng.integers(len(of))]) for of in (PAPERS, PENS))
        if np.abs(paper - colour).max() > 100:
            return np.round(paper + ink * (colour - paper)).astype(np.uint8)


def png(picture):
    """The bytes of a PNG with a palette."""
    colours, which = np.unique(picture.reshape(-1, 3), axis=0, return_inverse=True)
    assert len(colours) <= 256
    h, w, _ = picture.shape
    chunk = lambda name, data: struct.pack(">I", len(data)) + name + data + struct.pack(
        ">I", zlib.crc32(name + data))
    rows = np.hstack([np.zeros((h, 1), np.uint8), which.reshape(h, w).astype(np.uint8)])
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", w, h, 8, 3, 0, 0, 0))
            + chunk(b"PLTE", colours.tobytes()) + chunk(b"IDAT", zlib.compress(rows.tobytes(), 9))
            + chunk(b"IEND", b""))


rng = np.random.default_rng(int(sys.argv[2]) if len(sys.argv) > 2 else SEED)
with zipfile.ZipFile(sys.argv[1], "w") as file:
    for k in range(10 * EACH):
        # A fixed date, so that the same pictures make the same file.
        file.writestr(zipfile.ZipInfo(f"{k:03}-{k % 10}.png"), png(draw(k % 10, rng)))
