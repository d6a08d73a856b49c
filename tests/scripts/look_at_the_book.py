"""Looks at every page of the built book in a real browser, as a reader would.

    cargo run --release -p book && python3 tests/scripts/look_at_the_book.py

It needs Chromium (Debian: `apt-get install chromium fonts-noto-cjk`) and
nothing else.
Each page of each edition is opened at the width of a desktop and of a phone,
with every solution unfolded. It fails where a page

- writes an error to the console, or asks for anything from a network,
- is wider than the window (code, formulas and tables scroll in their own box),
- shows a picture that does not load, or a formula that is not drawn,
- links to a page or a heading that does not exist,
- has words that are hardly lighter or darker than what they stand on, in light or in dark,

and where a search for a word finds nothing. Screenshots are in
target/book-screenshots, for a person to look at; `--pages 01,02` takes those
pages alone.
"""

import argparse
import json
import pathlib
import shutil
import sys
import time
import urllib.parse

from browser import WINDOWS, Browser

ROOT = pathlib.Path(__file__).resolve().parents[2]
BOOK = ROOT / "target/book"
SHOTS = ROOT / "target/book-screenshots"
WORDS = {"en": "softmax", "ja": "勾配"}

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
    contents: (list => list && list.getBoundingClientRect().height > 0)(document.querySelector('nav.contents')),
    sidebar: document.querySelectorAll('#mdbook-sidebar .on-this-page a').length,
    language: (document.querySelector('nav.language a') || {}).href || null,
  };
})()
"""

# Words too pale to be read, in the light theme and in the dark one.
PALE = """
(async () => {
  const rgb = color => color.match(/[\\d.]+/g).map(Number);
  const ground = e => {
    for (; e; e = e.parentElement) {
      const color = rgb(getComputedStyle(e).backgroundColor);
      if (color.length < 4 || color[3] > 0.5) { return color; }
    }
    return [255, 255, 255];
  };
  const luminance = color => {
    const part = v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    const [r, g, b] = color.slice(0, 3).map(part);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = e => {
    const both = [luminance(rgb(getComputedStyle(e).color)), luminance(ground(e))];
    return (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
  };
  const words = [...document.querySelectorAll('main :is(p, li, td, th, a, summary, h1, h2, h3, code, button, label)')];
  const pale = {};
  const choose = async theme => {
    document.getElementById('mdbook-theme-' + theme).click();
    await new Promise(done => setTimeout(done, 30)); // style sheets are loaded
  };
  for (const theme of ['light', 'navy']) {
    await choose(theme);
    const found = words.filter(e => e.textContent.trim() && e.getBoundingClientRect().height && !e.disabled && contrast(e) < 3);
    if (found.length) { pale[theme] = found.slice(0, 3).map(e => e.outerHTML.slice(0, 100)); }
  }
  await choose('light');
  return pale;
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


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--pages", default="", help="only pages whose names begin so, with commas")
    parser.add_argument("--no-pictures", action="store_true", help="take no screenshots")
    args = parser.parse_args()
    pages = [p for e in WORDS for p in sorted((BOOK / e).glob("*.html")) if p.stem not in ("404", "toc", "print")]
    if not pages:
        sys.exit("there is no book yet; cargo run --release -p book makes it")
    if args.pages:
        pages = [p for p in pages if p.name.startswith(tuple(args.pages.split(",")))]

    shutil.rmtree(SHOTS, ignore_errors=True)
    start, faults, links, ids = time.time(), [], [], {}
    browser = Browser()
    for window in WINDOWS:
        browser.resize(window)
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
            if found["contents"] is not None and found["contents"] == (found["sidebar"] > 0 and window == "desktop"):
                faults.append(f"{name}: the list of headings stands twice, or nowhere")
            if not found["language"]:
                faults.append(f"{name}: no way to the other language")
            ids[page.as_uri()] = found["ids"]
            links += [(name, url) for url in found["links"]]
            if not args.no_pictures:
                folder = SHOTS / page.parent.name
                folder.mkdir(parents=True, exist_ok=True)
                browser.picture(folder / f"{page.stem}-{window}", found["width"], found["height"])
            pale = browser.evaluate(PALE)
            if pale:
                faults.append(f"{name}: too pale to be read: {pale}")
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
