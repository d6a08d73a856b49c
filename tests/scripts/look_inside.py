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
- a picture from a file is not centred as lesson 13's `predict` does it,
- a params.npz, ours or NumPy's, compressed or not, is read otherwise than it was written, or a
  damaged one, or another network's, does not get a sentence,
- a 1 drawn with the mouse, a finger or the keyboard is not read as a 1, or an empty sheet is,
- the numerical check of a gradient fails, a step makes the right answer less probable, or the
  slider of the training does not show what the lesson kept,
- the number under the pointer is not explained by its window, its products and their sum,
- a page writes an error to the console or asks a network for anything, in English or Japanese,
  at the width of a desktop or of a phone.

It says how many frames a second are drawn while one draws. Screenshots are in
target/look-screenshots, for a person to look at.
"""

import argparse
import base64
import io
import json
import pathlib
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
# Frames a second that a core has time for while one draws, the best of three tries, since other
# programs slow this one down; with fewer, the line lags behind the pen.
FEWEST_FRAMES, TRIES = 20, 3

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

    def state(self):
        self.browser.evaluate("new Promise(done => setTimeout(done, 60))")
        return self.browser.evaluate(STATE)

    def expect(self, where, predicted):
        """Waits until the figure reads this digit."""
        end = time.time() + 3
        while True:
            found = self.state()
            if found.get("predicted") == predicted or time.time() > end:
                break
        if found.get("predicted") != predicted:
            self.fault(where, f"is read as {found.get('predicted')!r}, and not as {predicted!r}")

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
        self.open(folder / "look.html", folder.name)
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
        self.open(folder / "look.html", folder.name)
        self.browser.evaluate(NUMBERS)
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
            self.choose(path, "image")
            if self.state().get("state") != "drawn":
                self.fault(where, "is not read")
        self.console(folder.name)

    def npz(self, folder):
        """A params.npz is read as it was written, whoever wrote it."""
        ours = (folder / "params.npz").read_bytes()
        arrays = dict(np.load(io.BytesIO(ours)))
        written = {"ours": ours}
        for name, save in [("NumPy's", np.savez), ("NumPy's compressed", np.savez_compressed)]:
            file = io.BytesIO()
            save(file, **arrays)
            written[name] = file.getvalue()
        doubled = io.BytesIO()
        np.savez(doubled, **{name: np.asfortranarray(a.astype(">f8")) for name, a in arrays.items()})
        written["NumPy's in f64, the high byte and the columns first"] = doubled.getvalue()
        self.open(folder / "look.html", folder.name)
        self.browser.evaluate(NUMBERS)
        for who, file in written.items():
            text = base64.b64encode(file).decode()
            expected = {
                name: {"shape": list(a.shape), "data": base64.b64encode(a.astype("<f4").tobytes()).decode()}
                for name, a in arrays.items()}
            found = self.browser.evaluate(f"""
            (async () => {{
              const file = Uint8Array.from(atob('{text}'), c => c.charCodeAt(0));
              const expected = {json.dumps(expected)};
              let found;
              try {{ found = await Live.test.npz(file); }} catch (error) {{ return String(error); }}
              const same = name => found[name] && String(found[name].shape) === String(expected[name].shape)
                && apart(found[name].data, numbers(expected[name].data)) === 0;
              return Object.keys(expected).filter(name => !same(name));
            }})()""")
            if found:
                self.fault(f"{folder.name}, {who} params.npz", f"read otherwise: {found}")
        self.console(folder.name)

    def choose(self, path, kind=".npz"):
        """Gives a file to the figure, as the button for files of this kind does."""
        node = self.browser.call(
            "Runtime.evaluate",
            expression=f"document.querySelector('[data-live=\"network\"] input[type=file][accept*=\"{kind}\"]')")
        self.browser.call("DOM.setFileInputFiles", files=[str(path)], objectId=node["result"]["objectId"])
        self.browser.evaluate("new Promise(done => setTimeout(done, 400))")
        return self.browser.evaluate(
            "[...document.querySelectorAll('[data-live=\"network\"] [role=status], [data-live=\"network\"] [role=alert]')]"
            ".map(e => e.textContent).join(' | ')")

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
        self.open(folder / "look.html", folder.name)
        before = self.choose(good)
        for name, content in files.items():
            (scratch / name).write_bytes(content)
            said = self.choose(scratch / name)
            if len(said) < 20 or said == before:
                self.fault(f"{folder.name}, {name}", f"no sentence says what is wrong: {said!r}")
            elif self.pictures:
                print(f"{folder.name}, {name}: {said}")
            before = self.choose(good)
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
        data = network_data(folder)
        params = dict(np.load(folder / "params.npz"))
        pixels = np.frombuffer(base64.b64decode(data["samples"]["images"]), np.uint8)
        self.open(folder / "look.html", folder.name)
        self.choose_sample(0)
        steps = steps_of(data, params, pixels[:784] / 255)
        for name, w, b, x, stride in steps:
            box = self.browser.evaluate(f"""
            (() => {{
              const canvas = document.querySelector('.flow [data-step="{name}"] canvas, .flow canvas[data-step="{name}"]');
              canvas.scrollIntoView({{ block: 'center' }});
              const {{ left, top, width, height }} = canvas.getBoundingClientRect();
              return {{ left, top, width, height }};
            }})()""")
            for across, down in [(0.31, 0.42), (0.62, 0.13), (0.87, 0.91)]:
                where = f"{folder.name}, {name} at {across}, {down}"
                self.browser.call("Input.dispatchMouseEvent", type="mouseMoved",
                                  x=box["left"] + across * box["width"], y=box["top"] + down * box["height"])
                self.browser.evaluate("new Promise(done => setTimeout(done, 60))")
                found = self.browser.evaluate(
                    "(e => ({ ...e.dataset, text: e.innerText }))(document.querySelector('aside.inspector'))")
                if found.get("step") != name:
                    self.fault(where, f"nothing is explained: {found}")
                    continue
                _, oh, ow = map_shape = out_shape(x, w, stride)
                n, i, j = np.unravel_index(int(found["at"]), map_shape)
                window = x[:, stride * i:stride * i + w.shape[2], stride * j:stride * j + w.shape[3]]
                total = float((window * w[n]).sum())
                bias = float(b.reshape(-1)[int(found["at"]) if b.size == oh * ow else n])
                expected = {"sum": total, "bias": bias, "z": total + bias, "output": max(total + bias, 0)}
                for key, value in expected.items():
                    if abs(float(found[key]) - value) > NEAR * max(1, abs(value)):
                        self.fault(where, f"{key} is said to be {found[key]}, and is {value}")
                top, left = (int(v) for v in found["window"].split(",")[:2])
                if (top, left) != (stride * i, stride * j):
                    self.fault(where, f"the window is said to be at {top}, {left}")
        self.console(folder.name)

    # ---- The other views ----

    def tab(self, name):
        self.browser.evaluate(f"document.querySelector('[data-tab={name}]').click()")
        self.browser.evaluate("new Promise(done => setTimeout(done, 500))")

    def way_back(self, folder):
        """A gradient is what the loss does when a weight is nudged, and a step helps."""
        where = f"{folder.name}, the way back"
        self.open(folder / "look.html", where)
        self.choose_sample(5)
        self.tab("back")
        found = self.browser.evaluate("({ ...document.querySelector('[data-numerical]').dataset })")
        numerical, gradient = float(found["numerical"]), float(found["gradient"])
        if not gradient or abs(numerical - gradient) > 0.02 * abs(gradient):
            self.fault(where, f"the numerical gradient is {numerical} and the other {gradient}")
        self.browser.evaluate("document.querySelector('[data-action=step]').click()")
        self.browser.evaluate("new Promise(done => setTimeout(done, 300))")
        text = self.browser.evaluate("[...document.querySelectorAll('.change dd')].pop().textContent")
        before, after = (float(part.strip(" %").replace(",", "")) for part in text.split("→"))
        if not after >= before:
            self.fault(where, f"a step moves the right answer from {before} to {after} %")
        self.console(where)

    def training(self, folder):
        """The slider shows every moment that the lesson kept."""
        where = f"{folder.name}, the training"
        kept = [moment["iteration"] for moment in network_data(folder)["history"]]
        self.open(folder / "look.html", where)
        self.tab("training")
        shown = self.browser.evaluate("""
        (async () => {
          const slider = document.querySelector('[data-iteration] input[type=range]'), shown = [];
          for (let k = Number(slider.min); k <= Number(slider.max); k++) {
            slider.value = k;
            slider.dispatchEvent(new Event('input', { bubbles: true }));
            await new Promise(done => setTimeout(done, 50));
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
        window.frames = 0; window.counting = true;
        (function count() { window.frames++; if (window.counting) { requestAnimationFrame(count); } })(); true""")
        self.browser.call("Performance.enable", timeDomain="threadTicks")
        busy, start, k = self.seconds(), time.time(), 0
        while time.time() < start + 2:
            turn, k = k * 0.11, k + 1
            x = pad["left"] + pad["width"] * (0.5 + 0.3 * np.cos(turn))
            y = pad["top"] + pad["height"] * (0.5 + 0.3 * np.sin(turn))
            self.browser.call("Input.dispatchMouseEvent", type="mousePressed" if k == 1 else "mouseMoved",
                              x=x, y=y, button="left", buttons=1, clickCount=1)
        self.browser.call("Input.dispatchMouseEvent", type="mouseReleased", x=x, y=y, button="left")
        seconds = time.time() - start
        frames = self.browser.evaluate("window.counting = false, window.frames") / seconds
        possible = frames * seconds / (self.seconds() - busy)
        return frames, possible

    def seconds(self):
        """What the page has taken of a core."""
        metrics = self.browser.call("Performance.getMetrics")["metrics"]
        return next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration")


def network_data(folder):
    """What Rust wrote into the page."""
    html = (folder / "look.html").read_text()
    return json.loads(html.split('id="network-data">')[1].split("</script>")[0])


def out_shape(x, w, stride):
    return (w.shape[0], (x.shape[1] - w.shape[2]) // stride + 1, (x.shape[2] - w.shape[3]) // stride + 1)


def convolved(x, w, stride):
    """x (C, H, W) and w (FN, C, FH, FW) to (FN, OH, OW)."""
    windows = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], axis=(1, 2))
    return np.einsum("cijkl,nckl->nij", windows[:, ::stride, ::stride], w)


def steps_of(data, params, x):
    """Each convolution without padding: its name, filters, biases, input (C, H, W), stride."""
    x, steps = x.reshape(1, 28, 28), []
    for layer in data["layers"]:
        if layer["kind"] == "conv":
            w = params[layer["w"]].astype(float)
            w = w.reshape((1, 1) + w.shape) if w.ndim == 2 else w
            b = params[layer["b"]].astype(float)
            name = "map" + layer["w"].split("_")[-1][1:]
            steps.append((name, w, b, x, layer["stride"]))
            z = convolved(x, w, layer["stride"])
            x = z + b.reshape(z.shape if b.size == z[0].size and len(z) == 1 else (-1, 1, 1))
        elif layer["kind"] == "relu":
            x = np.maximum(x, 0)
        elif layer["kind"] == "max_pool":
            size, stride = layer["size"], layer["stride"]
            windows = np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(1, 2))
            x = windows[:, ::stride, ::stride].max((3, 4))
        else:
            return steps
    return steps


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
        look.browser.evaluate("new Promise(done => setTimeout(done, 150))")
        look.console(f"{where}, tab {k + 1}")
        if name:
            look.shot(f"{name}-{k + 1}")
    look.browser.evaluate("document.querySelector('[role=tab]')?.click()")


def look_at_pages(look, folders):
    """look.html at each width and in each language; drawing on that of lesson 08. The book has
    the same figures at every width in every language."""
    agent = look.browser.call("Browser.getVersion")["userAgent"]
    for language, window in zip(["en", "ja"], WINDOWS):
        look.browser.call("Emulation.setUserAgentOverride", userAgent=agent, acceptLanguage=language)
        look.browser.resize(window)
        for folder in folders:
            where = f"{folder.name} ({language}, {window})"
            look.open(folder / "look.html", where)
            examine(look, where, language)
            open_all_tabs(look, where, f"{folder.name}-{language}-{window}")
            examine(look, where, language)
            if folder.name == "08-deep-cnn":
                touch = WINDOWS[window][3]
                look.draw_one(f"{where}: a 1 drawn by {'touch' if touch else 'mouse'}", touch)
                look.draw_one_by_keys(f"{where}: a 1 drawn by keys")
                look.shot(f"{folder.name}-{language}-{window}-drawn")
                if language == "en" and not touch:
                    frames, possible = max(look.frames() for _ in range(TRIES))
                    if possible < FEWEST_FRAMES:
                        look.fault(where, f"a core has time for {possible:.0f} frames a second while one draws")
                    print(f"{where}: {frames:.0f} frames a second while one draws; a core has time for {possible:.0f}")
            look.console(where)
    look.browser.resize("desktop")
    look.browser.call("Emulation.setUserAgentOverride", userAgent=agent, acceptLanguage="en")
    for folder in folders:
        if any(layer["kind"] == "conv" for layer in network_data(folder)["layers"][:1]):
            if folder.name != "08-every-layer":  # it has a padding
                look.hover(folder)
        look.npz(folder)
        look.way_back(folder)
        if network_data(folder)["history"]:
            look.training(folder)
    for k, folder in enumerate(folders):
        if folder.name[:2] in ("04", "08"):
            look.bad_files(folder, folders[k - 1], PAGES / "files")
        if folder.name == "08-deep-cnn":
            look.picture_files(folder)


def look_at_book(look):
    """The figures of the book, at every width, in both languages."""
    pages = [page for language in ["en", "ja"] for page in sorted((BOOK / language).glob("*.html"))
             if "data-live=" in page.read_text()]
    if not pages:
        sys.exit("there is no book with figures yet; cargo run --release -p book makes it")
    for window in WINDOWS:
        look.browser.resize(window)
        for page in pages:
            where = f"{page.parent.name}/{page.name} ({window})"
            look.open(page, where)
            examine(look, where, page.parent.name)
            network = look.browser.evaluate("Boolean(document.querySelector('[data-live=\"network\"]'))")
            if network:
                open_all_tabs(look, where, "")
            if page.name.startswith("08"):
                touch = WINDOWS[window][3]
                look.draw_one(f"{where}: a 1 drawn by {'touch' if touch else 'mouse'}", touch)
                look.draw_one_by_keys(f"{where}: a 1 drawn by keys")
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
    digits = sum(look.numbers(folder) for folder in folders)
    look_at_pages(look, folders)
    look_at_book(look)
    look.browser.close()
    if look.faults:
        sys.exit("\n".join(look.faults + [f"{len(look.faults)} faults"]))
    worst = max(look.worst, key=look.worst.get)
    print(f"{digits} digits in {len(folders)} networks: no number is further than "
          f"{look.worst[worst]:.1e} from Rust's ({worst}); {time.time() - start:.0f} s, no faults")


if __name__ == "__main__":
    main()
