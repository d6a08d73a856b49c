"""Looks at the live figures in a real browser: do they compute what Rust computes, and does a
digit that is drawn on them get read?

    cargo run --release -p referee --example look_inside
    cargo run --release -p book
    python3 tests/scripts/look_inside.py

The first command runs every lesson that writes `look.html`, for seconds, into target/look, with
what the page must compute beside it. Needs Chromium (Debian: `apt-get install chromium
fonts-noto-cjk`) and NumPy. It fails where

- logits, a gradient, or a parameter after a step differs from Rust's by more than 1e-4 of the
  largest number of its array,
- a picture from a file, or a drawing, is not centred as lesson 13's `predict` does it,
- a params.npz, ours or NumPy's, compressed or not, is read otherwise than it was written, or a
  damaged one, or another network's, does not get a sentence,
- a 1 drawn with the mouse, a finger or the keyboard is not read as a 1, or an empty sheet is,
- the numerical check of a gradient fails, a step makes the right answer less probable, or the
  slider of the training does not show what the lesson kept,
- the number under the pointer is not explained by its window, its products and their sum, or
  the patch under it is not its row of im2col, or the counts of col2im are not NumPy's,
- a part of the image that is covered, the gradient of the image, or an image that was changed
  until it is read as another class, is not what NumPy computes,
- anything moves by itself for a reader who wants less motion,
- a page writes an error to the console or asks a network for anything, in English or Japanese,
  at the width of a desktop or of a phone,
- a core has no time for 60 frames a second while one draws.

Screenshots are in target/look-screenshots, for a person to look at.
"""

import argparse
import base64
import io
import json
import pathlib
import re
import shutil
import sys
import time

import numpy as np

from browser import WINDOWS, Browser

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = ROOT / "target/look"
BOOK = ROOT / "target/book"
SHOTS = ROOT / "target/look-screenshots"
NEAR = 1e-4
# Of a pixel from 0 to 1: the page finds its thresholds in a histogram, and `predict` exactly.
CENTRED = 0.02
# Frames a second that a core must have time for while one draws: the best of some tries, since
# other programs and other tenants of the host slow this one down.
FRAMES, TRIES = 60, 30
# Of a pixel from 0 to 1, between what the network gets and what the paper on the page shows: half
# a level of 255, in which the former is drawn.
SAME_PAPER = 0.6 / 255
# Of 255, between a colour and the one that NumPy's number has.
SHADE = 4

# One page of each kind: affine layers alone, one filter, many.
KINDS = ["02-hidden-layer", "05-cnn-im2col", "08-deep-cnn", "08-every-layer"]

READY = """
(async () => {
  const ready = () => [...document.querySelectorAll('[data-live]')].every(e => e.dataset.ready === 'yes' && e.querySelector('canvas, svg'));
  for (let k = 0; k < 200 && !ready(); k++) { await new Promise(done => setTimeout(done, 25)); }
  return ready() && document.querySelectorAll('[data-live]').length;
})()
"""

NUMBERS = """
window.numbers = text => {
  const bytes = Uint8Array.from(atob(text), c => c.charCodeAt(0));
  return new Float32Array(bytes.buffer);
};
window.apart = (ours, theirs) => {
  if (!ours || ours.length !== theirs.length) { return 1e9; }
  let [most, scale] = [0, 1e-30];
  for (let k = 0; k < ours.length; k++) {
    most = Math.max(most, Number.isFinite(ours[k]) ? Math.abs(ours[k] - theirs[k]) : 1e9);
    scale = Math.max(scale, Math.abs(theirs[k]));
  }
  return most / scale;
};
window.networkData = Live.data ?? JSON.parse(document.getElementById('network-data').textContent);
window.network = Live.network(networkData);
window.compare = (digit, rate) => {
  const x = Live.input(networkData, Float64Array.from(digit.pixels, v => v / 255));
  const out = { logits: apart(Live.test.logits(network, x), digit.logits) };
  const gradients = Live.test.gradients(network, x, digit.label);
  out.dx = apart(gradients.dx, digit.dx);
  for (const name in digit.gradients) {
    out['d' + name] = apart(gradients['d' + name], numbers(digit.gradients[name]));
  }
  if (digit.stepped) {
    const stepped = Live.test.step(network, x, digit.label, rate);
    for (const name in digit.stepped) {
      out[name + ' after a step'] = apart(stepped[name], numbers(digit.stepped[name]));
    }
  }
  return out;
};
true
"""

# Three frames later, everything is drawn.
DRAWN = """
new Promise(done => {
  let frames = 3;
  (function next() { if (frames-- > 0) { requestAnimationFrame(next); } else { done(true); } })();
})
"""

# Whether a view, once it is drawn and its numbers are computed, stays as it is, and nothing plays.
STILL = """
(async () => {
  const all = selector => [...document.querySelectorAll(`[data-live] ${selector}`)];
  const seen = () => document.querySelector('main').innerHTML
    + all('canvas').map(canvas => canvas.width && canvas.toDataURL()).join();
  let same = 0, changes = 0;
  for (let k = 0, before = ''; k < 60 && same < 5; k++) {
    await new Promise(done => setTimeout(done, 50));
    const now = seen();
    [same, changes] = now === before ? [same + 1, changes] : [0, changes + 1];
    before = now;
  }
  const playing = all('.player button:first-child').filter(button => !button.textContent.startsWith('▶'));
  return same === 5 && changes < 6 && !playing.length && !document.getAnimations().length;
})()
"""

STATE = "({ ...document.querySelector('[data-live=\"network\"]')?.dataset })"

PAD = """
(() => {
  const pad = document.querySelector('[data-live="network"] canvas.pad');
  pad.scrollIntoView({ block: 'center' });
  const { left, top, width, height } = pad.getBoundingClientRect();
  return { left, top, width, height };
})()
"""


class Looker:
    """A browser, and what it has found."""

    def __init__(self, pictures):
        self.browser, self.faults, self.pictures = Browser(), [], pictures
        self.worst = {}

    def fault(self, where, what):
        self.faults.append(f"{where}: {what}")

    def open(self, page, where):
        """Opens a page and waits until its figures stand."""
        self.browser.open(page.as_uri())
        if not self.browser.evaluate(READY):
            self.fault(where, "the figure is not ready after five seconds")
        self.console(where)

    def console(self, where):
        for fault in self.browser.faults():
            self.fault(where, fault)
        self.browser.events.clear()

    def drawn(self):
        self.browser.evaluate(DRAWN)

    def state(self):
        self.drawn()
        return self.browser.evaluate(STATE)

    def wait(self, condition, seconds=5):
        """Whether a condition comes true within some seconds."""
        end = time.time() + seconds
        while not self.browser.evaluate(f"Boolean({condition})"):
            if time.time() > end:
                return False
            self.drawn()
        return True

    def expect(self, where, predicted):
        """Waits until the figure reads this digit."""
        if not self.wait(f"document.querySelector('[data-live=network]').dataset.predicted === '{predicted}'"):
            self.fault(where, f"is read as {self.state().get('predicted')!r}, and not as {predicted!r}")

    def shot(self, name):
        if self.pictures:
            size = self.browser.evaluate(
                "[document.documentElement.clientWidth, document.documentElement.scrollHeight]")
            SHOTS.mkdir(parents=True, exist_ok=True)
            self.browser.picture(SHOTS / name, *size)

    # ---- Numbers ----

    def numbers(self, folder):
        """The page of a lesson computes what Rust computes."""
        expected = json.loads((folder / "expected.json").read_text())
        self.browser.evaluate(NUMBERS)
        worst = 0.0
        for digit in expected["digits"]:
            found = self.browser.evaluate(f"compare({json.dumps(digit)}, {expected['rate']})")
            for name, apart in found.items():
                worst = max(worst, apart)
                if not apart <= NEAR:
                    self.fault(folder.name, f"digit {digit['label']}: {name} is {apart:.1e} from Rust's")
        self.worst[folder.name] = worst
        self.console(folder.name)
        return len(expected["digits"])

    # ---- Files ----

    def picture_files(self, folder):
        """A picture becomes 28 x 28 pixels by the same steps as in `predict`, and is read."""
        self.browser.evaluate(PAD)  # what the network sees stands beside it
        for picture in json.loads((PAGES / "pictures.json").read_text()):
            where = f"{folder.name}, {picture['name']}"
            apart = self.browser.evaluate(f"""
            (async () => {{
              const file = Uint8Array.from(atob('{picture["png"]}'), c => c.charCodeAt(0));
              const bitmap = await createImageBitmap(new Blob([file], {{ type: 'image/png' }}));
              const canvas = new OffscreenCanvas(bitmap.width, bitmap.height), context = canvas.getContext('2d');
              context.drawImage(bitmap, 0, 0);
              const data = context.getImageData(0, 0, bitmap.width, bitmap.height);
              return apart(Live.centre(data), {json.dumps(picture["pixels"])});
            }})()""")
            if not apart <= CENTRED:
                self.fault(where, f"is centred otherwise than by predict: {apart:.1e} apart")
            path = PAGES / "picture.png"
            path.write_bytes(base64.b64decode(picture["png"]))
            self.choose(path, "image", f"""
            (() => {{
              const canvas = document.querySelector('[data-step=seen] canvas');
              const {{ data }} = canvas.getContext('2d').getImageData(0, 0, 28, 28);
              const pixels = Float64Array.from({{ length: 784 }}, (_, k) => 1 - data[4 * k] / 255);
              return apart(pixels, {json.dumps(picture["pixels"])}) <= {CENTRED + 0.01};
            }})()""", where)
        self.console(folder.name)

    def npz(self, folder):
        """A params.npz is read as it was written, whoever wrote it."""
        ours = (folder / "params.npz").read_bytes()
        arrays = dict(np.load(io.BytesIO(ours)))
        written = {"ours": ours}
        others = {"NumPy's": (np.savez, np.asarray), "NumPy's compressed": (np.savez_compressed, np.asarray),
                  "NumPy's in f64, the high byte and the columns first":
                      (np.savez, lambda a: np.asfortranarray(a.astype(">f8")))}
        for name, (save, change) in others.items() if folder.name[:2] in ("02", "08") else ():
            file = io.BytesIO()
            save(file, **{key: change(a) for key, a in arrays.items()})
            written[name] = file.getvalue()
        expected = {
            name: {"shape": list(a.shape), "data": base64.b64encode(a.astype("<f4").tobytes()).decode()}
            for name, a in arrays.items()}
        self.browser.evaluate(f"window.expected = {json.dumps(expected)}; true")
        for who, file in written.items():
            text = base64.b64encode(file).decode()
            found = self.browser.evaluate(f"""
            (async () => {{
              const file = Uint8Array.from(atob('{text}'), c => c.charCodeAt(0));
              let found;
              try {{ found = await Live.test.npz(file); }} catch (error) {{ return String(error); }}
              const same = name => found[name] && String(found[name].shape) === String(expected[name].shape)
                && apart(found[name].data, numbers(expected[name].data)) === 0;
              return Object.keys(expected).filter(name => !same(name));
            }})()""")
            if found:
                self.fault(f"{folder.name}, {who} params.npz", f"read otherwise: {found}")
        self.console(folder.name)

    def choose(self, path, kind, condition, where):
        """Gives a file to the figure, as the button for files of this kind does, and waits."""
        node = self.browser.call(
            "Runtime.evaluate",
            expression=f"document.querySelector('[data-live=\"network\"] input[type=file][accept*=\"{kind}\"]')")
        self.browser.call("DOM.setFileInputFiles", files=[str(path)], objectId=node["result"]["objectId"])
        if not self.wait(condition):
            self.fault(where, f"{path.name} is not read")

    def choose_npz(self, path, where):
        """What the figure says of a params.npz."""
        self.choose(path, ".npz", f"document.querySelector('.own .message').dataset.file === '{path.name}'", where)
        return self.browser.evaluate("document.querySelector('.own .message').textContent")

    def bad_files(self, folder, other, scratch):
        """A damaged file, and one of another network, get a sentence."""
        scratch.mkdir(parents=True, exist_ok=True)
        whole = (folder / "params.npz").read_bytes()
        files = {"half.npz": whole[: len(whole) // 2], "text.npz": b"these are no numbers",
                 "empty.npz": b"", "other.npz": (other / "params.npz").read_bytes()}
        flipped = bytearray(whole)
        flipped[len(whole) // 3] ^= 0x55
        files["flipped.npz"] = bytes(flipped)
        good = scratch / "good.npz"
        good.write_bytes(whole)
        before = self.choose_npz(good, folder.name)
        for name, content in files.items():
            (scratch / name).write_bytes(content)
            said = self.choose_npz(scratch / name, folder.name)
            if len(said) < 20 or said == before:
                self.fault(f"{folder.name}, {name}", f"no sentence says what is wrong: {said!r}")
            elif self.pictures:
                print(f"{folder.name}, {name}: {said}")
            before = self.choose_npz(good, folder.name)
        self.console(folder.name)

    # ---- Drawing ----

    def press(self, key, code):
        number = {"Delete": 46, "Space": 32, "ArrowDown": 40, "ArrowLeft": 37, "ArrowRight": 39}[code]
        for kind in ["keyDown", "keyUp"]:
            self.browser.call("Input.dispatchKeyEvent", type=kind, key=key, code=code,
                              windowsVirtualKeyCode=number)

    def clear(self, where):
        self.browser.evaluate("document.querySelector('[data-live=\"network\"] canvas.pad').focus()")
        self.press("Delete", "Delete")
        found = self.state()
        said = self.browser.evaluate("document.querySelector('[data-live=\"network\"] [role=status]').textContent")
        if (found.get("predicted"), found.get("state")) != ("", "empty") or len(said) < 8:
            self.fault(where, f"an empty sheet is not said to be empty: {found}, {said!r}")

    def draw_one(self, where, touch):
        """A line from the top down is a 1."""
        self.clear(where)
        pad = self.browser.evaluate(PAD)
        x = pad["left"] + pad["width"] / 2
        ys = [pad["top"] + pad["height"] * (0.2 + 0.6 * k / 20) for k in range(21)]
        if touch:
            for k, y in enumerate(ys):
                self.browser.call("Input.dispatchTouchEvent", type="touchStart" if k == 0 else "touchMove",
                                  touchPoints=[{"x": x, "y": y}])
            self.browser.call("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])
        else:
            for k, y in enumerate(ys):
                self.browser.call("Input.dispatchMouseEvent", type="mousePressed" if k == 0 else "mouseMoved",
                                  x=x, y=y, button="left", buttons=1, clickCount=1)
            self.browser.call("Input.dispatchMouseEvent", type="mouseReleased", x=x, y=ys[-1], button="left")
        self.expect(where, "1")
        apart = self.browser.evaluate("""
        (() => {
          const pad = document.querySelector('canvas.pad').getContext('2d');
          const { data, width, height } = pad.getImageData(0, 0, 252, 252);
          const [white, any] = [true, false].map(grey => Live.centre({ data, width, height, grey }));
          const seen = document.querySelector('[data-step=seen] canvas').getContext('2d').getImageData(0, 0, 28, 28).data;
          const most = read => Math.max(...white.map((v, k) => Math.abs(v - read(k))));
          return [most(k => any[k]), most(k => 1 - seen[4 * k] / 255)];
        })()""")
        if not apart[0] <= CENTRED:
            self.fault(where, f"is centred otherwise than a picture of it: {apart[0]:.1e} apart")
        if not apart[1] <= SAME_PAPER:
            self.fault(where, f"what is read is not what stands on the paper: {apart[1]:.1e} apart")

    def draw_one_by_keys(self, where):
        self.clear(where)  # the pen stands above the middle
        for key in ["ArrowRight", "ArrowLeft"]:  # with which mdBook turns pages
            self.press(key, key)
        self.press(" ", "Space")
        for _ in range(19):
            self.press("ArrowDown", "ArrowDown")
        self.press(" ", "Space")
        self.expect(where, "1")

    # ---- Numbers under the pointer ----

    def hover(self, folder):
        """The number under the mouse is explained by what NumPy computes there."""
        data, params, images = network_data(folder)
        self.choose_sample(0)
        for name, w, b, x, stride, padding in numpy_forward(data, params, images[0])[1]:
            for across, down in [(0.31, 0.42), (0.62, 0.13), (0.87, 0.91)]:
                where = f"{folder.name}, {name} at {across}, {down}"
                self.point(f".flow [data-step={name}]", across, down)
                found = self.browser.evaluate(
                    "(e => ({ ...e.dataset, text: e.innerText }))(document.querySelector('aside.inspector'))")
                if found.get("step") != name:
                    self.fault(where, f"nothing is explained: {found}")
                    continue
                _, oh, ow = map_shape = convolved(x, w, stride).shape
                n, i, j = np.unravel_index(int(found["at"]), map_shape)
                window = x[:, stride * i:stride * i + w.shape[2], stride * j:stride * j + w.shape[3]]
                total = float((window * w[n]).sum())
                bias = float(b.reshape(-1)[int(found["at"]) if b.size == oh * ow else n])
                expected = {"sum": total, "bias": bias, "z": total + bias, "output": max(total + bias, 0)}
                for key, value in expected.items():
                    if abs(float(found[key]) - value) > NEAR * max(1, abs(value)):
                        self.fault(where, f"{key} is said to be {found[key]}, and is {value}")
                top, left = (int(v) for v in found["window"].split(",")[:2])
                if (top, left) != (stride * i - padding, stride * j - padding):
                    self.fault(where, f"the window is said to be at {top}, {left}")
        self.console(folder.name)

    # ---- The other views ----

    def tab(self, name):
        self.browser.evaluate(f"document.querySelector('[data-tab={name}]').click()")
        self.drawn()

    def point(self, selector, across, down):
        """Moves the mouse to a part of the width and height of a sheet."""
        x, y, width, height = self.browser.evaluate(f"""
        (() => {{
          const canvas = document.querySelector('{selector} canvas');
          canvas.scrollIntoView({{ block: 'center' }});
          const {{ left, top, width, height }} = canvas.getBoundingClientRect();
          return [left, top, width, height];
        }})()""")
        self.browser.call("Input.dispatchMouseEvent", type="mouseMoved", x=x + across * width, y=y + down * height)
        self.drawn()

    def canvas(self, selector):
        """The colours of a sheet (H, W, 3), which is drawn as soon as it is on the screen."""
        self.browser.evaluate(f"document.querySelector('{selector} canvas').scrollIntoView({{ block: 'center' }})")
        self.drawn()
        *shape, data = self.browser.evaluate(f"""
        (canvas => [canvas.height, canvas.width,
          [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data]]
        )(document.querySelector('{selector} canvas'))""")
        return np.array(data).reshape(*shape, 4)[:, :, :3]

    def shows(self, where, selector, expected):
        """Whether a sheet has these colours (H, W, 3)."""
        found = self.canvas(selector)
        apart = np.abs(found - expected).max() if found.shape == expected.shape else np.inf
        if not apart <= SHADE:
            self.fault(where, f"{selector} is {apart} of 255 from NumPy's colours")

    def patches(self, folder):
        """The patch under the mouse is its row of im2col; col2im of ones counts the patches."""
        data, params, images = network_data(folder)
        where = f"{folder.name}, im2col"
        self.choose_sample(0)
        self.tab("patches")
        _, w, _, x, stride, padding = numpy_forward(data, params, images[0])[1][0]  # x is padded
        (FH, FW), (_, OH, OW) = w.shape[2:], convolved(x, w, stride).shape
        windows = np.lib.stride_tricks.sliding_window_view(x[0], (FH, FW))[::stride, ::stride]  # (OH, OW, FH, FW)
        for across, down in [(0.31, 0.42), (0.71, 0.55), (0.02, 0.97)]:
            self.point(".patches [data-step=x]", across, down)
            found = self.browser.evaluate("({ ...document.querySelector('.patches').dataset })")
            i, j = divmod(int(found["position"]), OW)
            row, column = int(28 * down) + padding, int(28 * across) + padding
            # The pixel lies in the middle of its patch, or where no patch has it there, near it.
            middle = [np.clip(round((v - (F - 1) / 2) / stride), 0, most - 1)
                      for v, F, most in [(row, FH, OH), (column, FW, OW)]]
            if max(abs(i - middle[0]), abs(j - middle[1])) > (stride > 1 or FH % 2 == 0):
                self.fault(where, f"pixel {row}, {column} shows patch {i}, {j}")
            if np.abs(np.array(found["patch"].split(), float) - windows[i, j].reshape(-1)).max() > NEAR:
                self.fault(where, f"patch {i}, {j} is not its window")
        counts, ones = np.zeros((28 + 2 * padding,) * 2), i * OW + j + 1
        for at in range(ones):
            top, left = stride * (at // OW), stride * (at % OW)
            counts[top:top + FH, left:left + FW] += 1
        counts = counts[padding:28 + padding, padding:28 + padding]
        self.shows(where, ".patches [data-step=counts]", colours(counts, FH * FW))
        self.shows(where, ".patches [data-step=cols]", ink(windows.reshape(OH * OW, -1).T))

    def fool(self, folder):
        """What a covered part, the gradient and a changed image do is what NumPy computes."""
        data, params, images = network_data(folder)
        where, label, other = f"{folder.name}, to fool it", 3, 5
        x = images[label]
        read = lambda x: softmax(numpy_forward(data, params, x)[0])  # noqa: E731
        self.choose_sample(label)
        self.tab("fool")

        def cover(i, j):
            covered = x.reshape(28, 28).copy()
            covered[max(0, i - 3):i + 4, max(0, j - 3):j + 4] = 0
            return covered
        self.point("[data-fool=cover] [data-step=covered]", 0.4, 0.6)
        covered = cover(int(0.6 * 28), int(0.4 * 28))
        self.shows(where, "[data-fool=cover] [data-step=covered]", ink(covered))
        bars = self.browser.evaluate(
            "[...document.querySelectorAll('[data-fool=cover] .bars .value')].map(e => e.textContent)")
        if np.abs(np.array([float(bar.strip(" %")) / 100 for bar in bars]) - read(covered)).max() > 0.001:
            self.fault(where, f"a covered image is read as {bars}")
        places = range(0, 28, 2)
        drops = np.array([[read(x)[label] - read(cover(i, j))[label] for j in places] for i in places])
        drops = drops.repeat(2, 0).repeat(2, 1)
        end = time.time() + 5
        while (self.canvas("[data-fool=cover] [data-step=covers]") == 187).all(2).any() and time.time() < end:
            pass
        self.shows(where, "[data-fool=cover] [data-step=covers]", colours(drops, np.abs(drops).max()))

        step = 1e-6 * np.eye(784)
        loss = lambda x: -np.log(read(x)[label])  # noqa: E731
        rise = np.array([loss(x - e) - loss(x + e) for e in step]).reshape(28, 28)
        self.shows(where, "[data-step=saliency]", colours(rise, np.abs(rise).max()))

        until = "document.querySelector('[data-fool=adversary] .tools .main')"
        self.browser.evaluate(f"{until}.click()")
        if not self.wait(f"document.querySelector('[data-fool=adversary]').dataset.guess === '{other}'"):
            self.fault(where, f"the {label} does not become a {other}")
        for _ in range(3):  # so that eight bits of a pixel do not matter
            self.browser.evaluate(f"{until}.previousSibling.click()")
        text = self.browser.evaluate("document.querySelector('[data-fool=adversary] .message').textContent")
        steps, most, mean = (float(number) for number in re.findall(r"\d+(?:\.\d+)?", text)[:3])
        changed = 1 - self.canvas("[data-fool=adversary] [data-step=changedImage]")[:, :, 0] / 255
        by = changed - x.reshape(28, 28)
        if read(changed.reshape(-1)).argmax() != other:
            self.fault(where, f"NumPy does not read the changed image as a {other}")
        if abs(np.abs(by).max() - most) > 0.01 or abs(np.abs(by).mean() - mean) > 0.003 or most > 0.02 * steps + 0.01:
            self.fault(where, f"{text!r}, but the change is {np.abs(by).max():.3f} and {np.abs(by).mean():.4f}")
        self.shows(where, "[data-fool=adversary] [data-step=changed]", colours(by, max(0.2, np.abs(by).max())))

    def less_motion(self, page):
        """Nothing moves by itself for a reader who wants less motion."""
        less = {"name": "prefers-reduced-motion", "value": "reduce"}
        self.browser.call("Emulation.setEmulatedMedia", features=[less])
        where = f"{page.parent.name}/{page.name}, less motion"
        self.open(page, where)
        for k in range(max(1, self.browser.evaluate("document.querySelectorAll('[role=tab]').length"))):
            self.browser.evaluate(f"document.querySelectorAll('[role=tab]')[{k}]?.click()")
            if not self.browser.evaluate(STILL):
                self.fault(where, f"view {k + 1} moves by itself")
        fool = "document.querySelector('[data-fool=adversary]')"
        script = f"{fool} && ({fool}.querySelector('.main').click(), {fool}.dataset.guess)"
        if self.browser.evaluate(script) not in (None, "5"):
            self.fault(where, "the image that changes is shown at each step")
        self.browser.call("Emulation.setEmulatedMedia", features=[])

    def way_back(self, folder):
        """A gradient is what the loss does when a weight is nudged, and a step helps."""
        where = f"{folder.name}, the way back"
        self.tab("back")
        self.browser.evaluate("document.querySelector('[data-numerical]')?.removeAttribute('data-numerical')")
        self.choose_sample(5)
        if not self.wait("document.querySelector('[data-numerical]')"):
            return self.fault(where, "there is no numerical gradient")
        found = self.browser.evaluate("({ ...document.querySelector('[data-numerical]').dataset })")
        numerical, gradient = float(found["numerical"]), float(found["gradient"])
        if not gradient or abs(numerical - gradient) > 0.02 * abs(gradient):
            self.fault(where, f"the numerical gradient is {numerical} and the other {gradient}")
        self.browser.evaluate("document.querySelector('[data-action=step]').click()")
        self.drawn()
        text = self.browser.evaluate("[...document.querySelectorAll('.change dd')].pop().textContent")
        before, after = (float(part.strip(" %").replace(",", "")) for part in text.split("→"))
        if not after >= before:
            self.fault(where, f"a step moves the right answer from {before} to {after} %")
        self.console(where)

    def training(self, folder):
        """The slider shows every moment that the lesson kept."""
        where = f"{folder.name}, the training"
        kept = [moment["iteration"] for moment in network_data(folder)[0]["history"]]
        self.tab("training")
        shown = self.browser.evaluate("""
        (() => {
          const slider = document.querySelector('[data-iteration] input[type=range]'), shown = [];
          for (let k = Number(slider.min); k <= Number(slider.max); k++) {
            slider.value = k;
            slider.dispatchEvent(new Event('input', { bubbles: true }));
            shown.push(Number(slider.closest('[data-iteration]').dataset.iteration));
          }
          return shown;
        })()""")
        if shown != kept:
            self.fault(where, f"shows the iterations {shown}, and the lesson kept {kept}")
        self.console(where)

    def choose_sample(self, k):
        """Shows test image `k` of the page."""
        self.browser.evaluate(f"document.querySelectorAll('[data-live=\"network\"] .gallery button')[{k}].click()")
        self.state()

    def frames(self):
        """Frames a second while the mouse draws circles for two seconds: as many as were drawn,
        which depends on what else this machine does, and as many as a core has time for."""
        pad = self.browser.evaluate(PAD)
        self.browser.evaluate("""
        window.frames = 0;
        (function count() { window.frames++; window.counter = requestAnimationFrame(count); })(); true""")
        self.browser.call("Performance.enable", timeDomain="threadTicks")
        before, start, k = self.metrics(), time.time(), 0
        while time.time() < start + 2:
            turn, k = k * 0.11, k + 1
            x = pad["left"] + pad["width"] * (0.5 + 0.3 * np.cos(turn))
            y = pad["top"] + pad["height"] * (0.5 + 0.3 * np.sin(turn))
            self.browser.call("Input.dispatchMouseEvent", type="mousePressed" if k == 1 else "mouseMoved",
                              x=x, y=y, button="left", buttons=1, clickCount=1)
        self.browser.call("Input.dispatchMouseEvent", type="mouseReleased", x=x, y=y, button="left")
        seconds = time.time() - start
        frames = self.browser.evaluate("cancelAnimationFrame(window.counter), window.frames")
        frames = min(frames, k) / seconds  # in others the mouse has not moved, and nothing is computed
        taken = {name: 1000 * (value - before[name]) / (frames * seconds) for name, value in self.metrics().items()}
        return 1000 / taken["TaskDuration"], frames, taken["ScriptDuration"], taken["LayoutDuration"]

    def metrics(self):
        """What the page has taken of a core until now, in seconds."""
        return {metric["name"]: metric["value"] for metric in self.browser.call("Performance.getMetrics")["metrics"]}


def network_data(folder):
    """What Rust wrote into the page, the parameters, and the page's images (N, 784): of each class one,
    then the others."""
    html = (folder / "look.html").read_text()
    data = json.loads(html.split('id="network-data">')[1].split("</script>")[0])
    images = np.frombuffer(base64.b64decode(data["samples"]["images"]), np.uint8).reshape(-1, 784) / 255
    first = [data["samples"]["labels"].index(label) for label in range(10)]
    return data, dict(np.load(folder / "params.npz")), images[first]


def convolved(x, w, stride):
    """x (C, H, W) and w (FN, C, FH, FW) to (FN, OH, OW)."""
    windows = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], axis=(1, 2))
    return np.einsum("cijkl,nckl->nij", windows[:, ::stride, ::stride], w, optimize=True)


def numpy_forward(data, params, x):
    """The logits of x (784), and of each convolution its name, filters, biases, padded input
    (C, H, W), stride, padding."""
    x, steps = x.reshape(1, 28, 28), []
    for layer in data["layers"]:
        kind, stride = layer["kind"], layer.get("stride")
        w, b = (params[layer[key]].astype(float) if key in layer else None for key in "wb")
        if kind == "conv":
            p = layer["padding"]
            w, x = w.reshape((1,) * (4 - w.ndim) + w.shape), np.pad(x, ((0, 0), (p, p), (p, p)))
            steps.append(("map" + layer["w"].split("_")[-1][1:], w, b, x, stride, p))
            z = convolved(x, w, stride)
            x = z + b.reshape(z.shape if layer["bias"] == "position" else (-1, 1, 1))
        elif kind == "affine":
            x = x.reshape(-1) @ w + b.reshape(-1)
        elif kind in ("max_pool", "average_pool"):
            windows = np.lib.stride_tricks.sliding_window_view(x, (layer["size"],) * 2, axis=(1, 2))
            x = getattr(windows[:, ::stride, ::stride], "max" if kind == "max_pool" else "mean")((3, 4))
        else:
            x = np.maximum(x, 0) if kind == "relu" else 1 / (1 + np.exp(-x))
    return x, steps


def softmax(z):
    return np.exp(z - z.max()) / np.exp(z - z.max()).sum()


def ink(x):
    """The colours (H, W, 3) of x (H, W) from 0, white, to 1, black."""
    return np.repeat(255 * (1 - np.clip(x, 0, 1))[:, :, None], 3, 2)


def colours(x, largest):
    """The colours of signed numbers: blue below zero, white at it, red above; the last quarter darkens."""
    sizes = [0, 0.75, 1]
    red, blue = [(255, 204, 92), (255, 51, 8), (255, 17, 8)], [(255, 0, 0), (255, 119, 40), (255, 187, 85)]
    v = x / largest
    return np.stack([np.where(v < 0, np.interp(-v, sizes, b), np.interp(v, sizes, r)) for r, b in zip(red, blue)], 2)


# Text of a page that fits, with the words of its language.
EXAMINE = """
({
  wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  japanese: /[\\u3040-\\u30ff]/.test(document.querySelector('[data-live]').innerText),
  language: document.documentElement.lang,
  unnamed: [...document.querySelectorAll('[data-live] button, [data-live] canvas, [data-live] input')].filter(e =>
    e.offsetParent && !e.getAttribute('aria-label') && !e.textContent.trim() && !e.closest('label') && !e.labels?.length
    && !e.closest('[aria-hidden=true]') && !(e.matches('canvas') && e.closest('button'))).map(e => e.outerHTML.slice(0, 100)),
})
"""


def examine(look, where, language):
    found = look.browser.evaluate(EXAMINE)
    if found["wide"] > 0:
        look.fault(where, f"is {found['wide']} points wider than the window")
    if found["japanese"] != (language == "ja") or found["language"] != language:
        look.fault(where, f"is not in the language {language}")
    for element in found["unnamed"]:
        look.fault(where, f"has no name for a screen reader: {element}")
    look.console(where)


def open_all_tabs(look, where, name):
    """Every view of a figure opens without an error."""
    tabs = look.browser.evaluate("document.querySelectorAll('[role=tab]').length")
    for k in range(tabs):
        look.browser.evaluate(f"document.querySelectorAll('[role=tab]')[{k}].click()")
        look.drawn()
        look.console(f"{where}, tab {k + 1}")
        if name:
            look.shot(f"{name}-{k + 1}")
    look.browser.evaluate("document.querySelector('[role=tab]')?.click()")


def draw(look, where, window):
    touch = WINDOWS[window][3]
    look.draw_one(f"{where}: a 1 drawn by {'touch' if touch else 'mouse'}", touch)
    look.draw_one_by_keys(f"{where}: a 1 drawn by keys")


def look_at_pages(look, folders):
    """What each look.html computes, explains and shows, in English at the width of a desktop."""
    digits = 0
    for k, folder in enumerate(folders):
        page = folder / "look.html"
        data = network_data(folder)[0]
        where = f"{folder.name} (en, desktop)"
        look.open(page, where)
        digits += look.numbers(folder)
        look.npz(folder)
        examine(look, where, "en")
        open_all_tabs(look, where, f"{folder.name}-en-desktop")
        examine(look, where, "en")
        look.way_back(folder)
        if data["history"]:
            look.training(folder)
        look.browser.evaluate("document.querySelector('[data-action=reset]').click()")  # the step
        look.tab("forward")
        if data["layers"][0]["kind"] == "conv":
            look.hover(folder)
        if folder.name[:2] in ("05", "08"):
            look.patches(folder)
        if folder.name.startswith("04"):
            look.fool(folder)
        if folder.name == "08-deep-cnn":
            look.picture_files(folder)
        if folder.name[:2] in ("04", "08"):
            look.bad_files(folder, folders[k - 1], PAGES / "files")
        look.console(where)
        if folder.name.startswith("04"):
            look.less_motion(page)
    return digits


def look_at_widths(look, folders):
    """A page of each kind of network, in both languages, each at a width; drawing on that of lesson 08. The
    book has the same figures at every width in every language."""
    agent = look.browser.call("Browser.getVersion")["userAgent"]
    for language, window in zip(["en", "ja"], WINDOWS):
        look.browser.call("Emulation.setUserAgentOverride", userAgent=agent, acceptLanguage=language)
        look.browser.resize(window)
        for folder in folders:
            if folder.name not in KINDS:
                continue
            where = f"{folder.name} ({language}, {window})"
            if language == "ja" or folder.name == "08-deep-cnn":
                look.open(folder / "look.html", where)
            if language == "ja":
                examine(look, where, language)
                open_all_tabs(look, where, f"{folder.name}-{language}-{window}")
                examine(look, where, language)
            if folder.name == "08-deep-cnn":
                draw(look, where, window)
                look.shot(f"{folder.name}-{language}-{window}-drawn")
                frames(look, where)
            look.console(where)
    look.browser.resize("desktop")
    look.browser.call("Emulation.setUserAgentOverride", userAgent=agent, acceptLanguage="en")


def frames(look, where):
    look.frames()  # the browser compiles the scripts while they run
    best = (0,)
    for _ in range(TRIES):
        best = max(best, look.frames())
        if best[0] >= FRAMES:
            break
    possible, drawn, script, layout = best
    if possible < FRAMES:
        look.fault(where, f"a core has time for {possible:.0f} frames a second while one draws")
    print(f"{where}: {drawn:.0f} frames a second while one draws; a core has time for {possible:.0f}; "
          f"of a frame {script:.1f} ms are scripts and {layout:.1f} ms layout")


def look_at_book(look):
    """The figures of the book in both languages: each page at one width, and of each kind one at both."""
    pages = [page for language in ["en", "ja"] for page in sorted((BOOK / language).glob("*.html"))
             if "data-live=" in page.read_text()]
    if not pages:
        sys.exit("there is no book with figures yet; cargo run --release -p book makes it")
    for k, window in enumerate(WINDOWS):
        look.browser.resize(window)
        for m, page in enumerate(pages):
            kind = page.name[:2] in ("05", "08", "09", "10")
            if not kind and m % 2 != k:
                continue
            where = f"{page.parent.name}/{page.name} ({window})"
            look.open(page, where)
            examine(look, where, page.parent.name)
            if look.browser.evaluate("Boolean(document.querySelector('[data-live=\"network\"]'))"):
                open_all_tabs(look, where, "")
            elif k == 0 and page.parent.name == "en":
                look.less_motion(page)
            if page.name.startswith("08"):
                draw(look, where, window)
            look.console(where)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--no-pictures", action="store_true", help="take no screenshots")
    parser.add_argument("--only", default="", help="only lessons whose folder begins so")
    args = parser.parse_args()
    folders = [f for f in sorted(PAGES.glob("*")) if (f / "expected.json").is_file()]
    folders = [f for f in folders if f.name.startswith(args.only)]
    if not folders:
        sys.exit("nothing to look at; cargo run --release -p referee --example look_inside makes it")
    shutil.rmtree(SHOTS, ignore_errors=True)
    start = time.time()
    look = Looker(not args.no_pictures)
    digits = look_at_pages(look, folders)
    look_at_widths(look, folders)
    look_at_book(look)
    look.browser.close()
    if look.faults:
        sys.exit("\n".join(look.faults + [f"{len(look.faults)} faults"]))
    worst = max(look.worst, key=look.worst.get)
    print(f"{digits} digits in {len(folders)} networks: no number is further than "
          f"{look.worst[worst]:.1e} from Rust's ({worst}); {time.time() - start:.0f} s, no faults")


if __name__ == "__main__":
    main()
