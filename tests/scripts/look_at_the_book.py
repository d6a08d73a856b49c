"""Looks at every page of the built book in a real browser, as a reader would.

    cargo run --release -p book && python3 tests/scripts/look_at_the_book.py

It needs Chromium (Debian: `apt-get install chromium fonts-noto-cjk`) and
nothing else: the browser is spoken to over a pipe, in its DevTools protocol.
Each page of each edition is opened at the width of a desktop and of a phone,
with every solution unfolded. It fails where a page

- writes an error to the console, or asks for anything from a network,
- is wider than the window (code, formulas and tables scroll in their own box),
- shows a picture that does not load, or a formula that is not drawn,
- links to a page or a heading that does not exist,

and where a search for a word finds nothing. Screenshots are in
target/book-screenshots, for a person to look at; `--pages 01,02` takes those
pages alone.
"""

import argparse
import base64
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
BOOK = ROOT / "target/book"
SHOTS = ROOT / "target/book-screenshots"
# Width, height, pixels a point, touch.
WINDOWS = {"desktop": (1280, 900, 1, False), "phone": (390, 844, 1.5, True)}
WORDS = {"en": "softmax", "ja": "勾配"}
TALLEST = 1600  # points in one screenshot; a longer page makes several

# What a page says of itself, once all of it is unfolded and loaded.
EXAMINE = """
(async () => {
  document.querySelectorAll('details').forEach(d => d.open = true);
  await Promise.all([...document.images].map(image => image.decode().catch(() => {})));
  await document.fonts.ready;
  const width = document.documentElement.clientWidth;
  const scrolls = e => e && (['auto', 'scroll'].includes(getComputedStyle(e).overflowX) || scrolls(e.parentElement));
  const wide = [...document.querySelectorAll('main *')].filter(e =>
    e.getBoundingClientRect().right > width + 1 && !scrolls(e.parentElement) && !e.closest('math'));
  return {
    width, scrollWidth: document.documentElement.scrollWidth,
    height: document.documentElement.scrollHeight,
    wide: wide.slice(0, 3).map(e => e.outerHTML.slice(0, 100)),
    unloaded: [...document.images].filter(i => !i.naturalWidth).map(i => i.src),
    undrawn: [...document.querySelectorAll('math')].filter(m => !m.getBoundingClientRect().height || m.querySelector('merror')).length,
    raw: document.querySelector('main').innerText.includes('$$'),
    links: [...document.querySelectorAll('main a[href]')].map(a => a.href).filter(h => h.startsWith('file:')),
    ids: [...document.querySelectorAll('[id]')].map(e => e.id),
    language: (document.querySelector('nav.language a') || {}).href || null,
  };
})()
"""

SEARCH = """
(async () => {
  const wait = ms => new Promise(done => setTimeout(done, ms));
  document.getElementById('mdbook-search-toggle').click();
  for (let i = 0; i < 100 && !window.search.doc_urls; i++) { await wait(50); }
  const bar = document.getElementById('mdbook-searchbar');
  bar.value = %s;
  bar.dispatchEvent(new KeyboardEvent('keyup'));
  await wait(500);
  return document.querySelectorAll('#mdbook-searchresults li').length;
})()
"""


class Browser:
    """Headless Chromium at the other end of two pipes."""

    def __init__(self, program):
        self.profile = tempfile.mkdtemp()
        to_browser, self.out = os.pipe()
        self.back, from_browser = os.pipe()
        # The browser reads from descriptor 3 and writes to 4.
        command = ["bash", "-c", f'exec "$@" 3<&{to_browser} 4>&{from_browser}', "bash", program]
        flags = [
            "--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu",
            "--hide-scrollbars", "--no-first-run", "--disable-background-networking",
            "--disable-dev-shm-usage", f"--user-data-dir={self.profile}", "about:blank",
        ]
        self.process = subprocess.Popen(
            command + flags, pass_fds=(to_browser, from_browser),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self.number, self.events, self.rest, self.session = 0, [], b"", None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def message(self):
        while b"\0" not in self.rest:
            piece = os.read(self.back, 1 << 20)
            if not piece:
                sys.exit("the browser has gone away")
            self.rest += piece
        text, self.rest = self.rest.split(b"\0", 1)
        return json.loads(text)

    def call(self, method, **params):
        self.number += 1
        request = {"id": self.number, "method": method, "params": params}
        if self.session:
            request["sessionId"] = self.session
        os.write(self.out, json.dumps(request).encode() + b"\0")
        while True:
            answer = self.message()
            if answer.get("id") == self.number:
                if "error" in answer:
                    sys.exit(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def evaluate(self, script):
        answer = self.call(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            sys.exit(f"the page could not be examined: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def open(self, url):
        self.events.clear()
        self.call("Page.navigate", url=url)
        while not any(e.get("method") == "Page.loadEventFired" for e in self.events):
            self.events.append(self.message())

    def faults(self):
        """Errors on the console, and requests that leave this machine."""
        for event in self.events:
            method, params = event.get("method"), event.get("params", {})
            if method == "Runtime.exceptionThrown":
                yield f"an exception: {params['exceptionDetails'].get('text')}"
            elif method == "Runtime.consoleAPICalled" and params["type"] == "error":
                yield f"on the console: {params['args']}"
            elif method == "Log.entryAdded" and params["entry"]["level"] == "error":
                yield f"on the console: {params['entry']['text']} {params['entry'].get('url', '')}"
            elif method == "Network.requestWillBeSent":
                url = params["request"]["url"]
                if not url.startswith(("file:", "data:", "about:")):
                    yield f"asks the network for {url}"

    def picture(self, path, width, height):
        for k, top in enumerate(range(0, max(height, 1), TALLEST)):
            clip = {"x": 0, "y": top, "width": width, "height": min(TALLEST, height - top), "scale": 1}
            shot = self.call("Page.captureScreenshot", format="png", clip=clip,
                             captureBeyondViewport=True)
            path.with_name(f"{path.name}-{k + 1:02}.png").write_bytes(base64.b64decode(shot["data"]))

    def close(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.profile, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--pages", default="", help="only pages whose names begin so, with commas")
    parser.add_argument("--no-pictures", action="store_true", help="take no screenshots")
    args = parser.parse_args()
    program = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)
    if program is None:
        sys.exit("no Chromium here; on Debian: apt-get install chromium fonts-noto-cjk")
    pages = [p for e in WORDS for p in sorted((BOOK / e).glob("*.html")) if p.stem not in ("404", "toc", "print")]
    if not pages:
        sys.exit("there is no book yet; cargo run --release -p book makes it")
    if args.pages:
        pages = [p for p in pages if p.name.startswith(tuple(args.pages.split(",")))]

    shutil.rmtree(SHOTS, ignore_errors=True)
    start, faults, links, ids = time.time(), [], [], {}
    browser = Browser(program)
    for window, (width, height, scale, touch) in WINDOWS.items():
        browser.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                     deviceScaleFactor=scale, mobile=touch)
        for page in pages:
            name = f"{page.parent.name}/{page.name} ({window})"
            browser.open(page.as_uri())
            found = browser.evaluate(EXAMINE)
            faults += [f"{name}: {fault}" for fault in browser.faults()]
            if found["scrollWidth"] > found["width"] or found["wide"]:
                faults.append(f"{name}: {found['scrollWidth']} wide in {found['width']}: {found['wide']}")
            faults += [f"{name}: does not load {url}" for url in found["unloaded"]]
            if found["undrawn"] or found["raw"]:
                faults.append(f"{name}: {found['undrawn']} formulas not drawn, or left as they were")
            if not found["language"]:
                faults.append(f"{name}: no way to the other language")
            ids[page.as_uri()] = found["ids"]
            links += [(name, url) for url in found["links"]]
            if not args.no_pictures:
                folder = SHOTS / page.parent.name
                folder.mkdir(parents=True, exist_ok=True)
                browser.picture(folder / f"{page.stem}-{window}", found["width"], found["height"])
    for name, url in sorted(set(links)):
        url, _, heading = url.partition("#")
        path = pathlib.Path(urllib.parse.unquote(url.removeprefix("file://").partition("?")[0]))
        heading = urllib.parse.unquote(heading)
        if not path.is_file():
            faults.append(f"{name}: {path} does not exist")
        elif heading and path.as_uri() in ids and heading not in ids[path.as_uri()]:
            faults.append(f"{name}: {path.name} has no heading {heading}")
    for edition, word in WORDS.items():
        browser.open((BOOK / edition / "index.html").as_uri())
        found = browser.evaluate(SEARCH % json.dumps(word))
        faults += [f"{edition}, searching: {fault}" for fault in browser.faults()]
        if not found:
            faults.append(f"{edition}: a search for {word} finds nothing")
    browser.close()

    looked = f"{len(pages)} pages at {len(WINDOWS)} widths in {time.time() - start:.0f} s"
    if faults:
        sys.exit("\n".join(faults + [f"{len(faults)} faults; {looked}"]))
    print(f"{looked}: no faults" + ("" if args.no_pictures else f"; screenshots in {SHOTS}"))


if __name__ == "__main__":
    main()
