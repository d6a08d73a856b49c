"""Makes docs/pictures/look.gif: a digit is drawn on a page `look.html`, and looked into.

    cargo run --release -p deep-cnn -- --layers conv8x5,pool2,conv16x5,pool2,100
    python3 tests/scripts/look_gif.py out/deep-cnn/look.html

The pictures are screenshots of the page in headless Chromium. Needs Chromium and cargo.
"""

import base64
import pathlib
import subprocess
import sys
import tempfile

from browser import Browser

ROOT = pathlib.Path(__file__).resolve().parents[2]
OUT = ROOT / "docs/pictures/look.gif"
WIDTH, HEIGHT, SCALE = 960, 1120, 0.5
LARGEST = 400_000  # bytes
# A 3, as lines between points of the paper, from 0 to 1.
THREE = [(0.3, 0.25), (0.42, 0.18), (0.58, 0.19), (0.66, 0.3), (0.58, 0.42), (0.46, 0.47),
         (0.6, 0.52), (0.68, 0.65), (0.6, 0.79), (0.44, 0.83), (0.3, 0.77)]

# The first convolution.
MAPS = '.flow [data-step^="c"] canvas:last-of-type, .flow canvas[data-step^="c"]'

RECTANGLE = """
(() => {
  const { left, top, width, height } = document.querySelector(%r).getBoundingClientRect();
  return [left, top, width, height];
})()
"""


class Film:
    """Frames of a page, as PNG files with the hundredths of a second that they are shown."""

    def __init__(self, page, folder):
        self.browser, self.folder, self.frames = Browser(), folder, []
        self.browser.call("Emulation.setDeviceMetricsOverride", width=WIDTH, height=HEIGHT,
                          deviceScaleFactor=1, mobile=False)
        self.browser.open(page.resolve().as_uri())
        self.wait(600)

    def wait(self, milliseconds):
        self.browser.evaluate(f"new Promise(done => setTimeout(done, {milliseconds}))")

    def frame(self, hundredths):
        self.wait(120)
        clip = {"x": 0, "y": self.browser.evaluate("scrollY"), "width": WIDTH, "height": HEIGHT, "scale": SCALE}
        shot = self.browser.call("Page.captureScreenshot", format="png", clip=clip)
        path = self.folder / f"{len(self.frames) // 2:03}.png"
        path.write_bytes(base64.b64decode(shot["data"]))
        self.frames += [str(path), str(hundredths)]

    def mouse(self, kind, selector, across, down, pressed=1):
        left, top, width, height = self.browser.evaluate(RECTANGLE % selector)
        self.browser.call("Input.dispatchMouseEvent", type=kind, x=left + across * width, y=top + down * height,
                          button="left" if pressed else "none", buttons=pressed, clickCount=1)

    def key(self, key, number):
        for kind in ["keyDown", "keyUp"]:
            self.browser.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=number)


def main():
    if len(sys.argv) != 2:
        sys.exit("give the page, such as out/deep-cnn/look.html")
    with tempfile.TemporaryDirectory() as folder:
        film = Film(pathlib.Path(sys.argv[1]), pathlib.Path(folder))
        film.browser.evaluate("document.querySelector('canvas.pad').focus({ preventScroll: true })")
        film.key("Delete", 46)
        film.frame(60)
        for k, (x, y) in enumerate(THREE):
            film.mouse("mousePressed" if k == 0 else "mouseMoved", "canvas.pad", x, y)
            film.frame(14)
        film.mouse("mouseReleased", "canvas.pad", *THREE[-1], 0)
        film.frame(90)
        for across, down in [(0.4, 0.25), (0.5, 0.35), (0.6, 0.5), (0.5, 0.65)]:
            film.mouse("mouseMoved", MAPS, across, down, 0)
            film.frame(80)
        film.browser.close()
        command = ["cargo", "run", "--release", "--quiet", "-p", "referee", "--example", "gif", "--", str(OUT)]
        subprocess.run(command + film.frames, check=True, cwd=ROOT)
    size = OUT.stat().st_size
    if size > LARGEST:
        sys.exit(f"{OUT} has {size} bytes, more than {LARGEST}; make SCALE smaller")
    print(f"{OUT}: {len(film.frames) // 2} pictures, {size} bytes")


if __name__ == "__main__":
    main()
