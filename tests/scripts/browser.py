"""Headless Chromium for the scripts that look at pages.

It is spoken to over a pipe, in its DevTools protocol; nothing but Chromium is needed.
"""

import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile

PROGRAMS = ["chromium", "chromium-browser", "google-chrome"]
# Width, height, pixels a point, touch.
WINDOWS = {"desktop": (1280, 900, 1, False), "phone": (390, 844, 1.5, True)}
TALLEST = 1600  # points in one screenshot; a longer page makes several


class Browser:
    """A page in headless Chromium, at the other end of two pipes."""

    def __init__(self):
        program = next(filter(None, map(shutil.which, PROGRAMS)), None)
        if program is None:
            sys.exit("no Chromium here; on Debian: apt-get install chromium fonts-noto-cjk")
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

    def resize(self, window):
        width, height, scale, touch = WINDOWS[window]
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=scale, mobile=touch)
        self.call("Emulation.setTouchEmulationEnabled", enabled=touch)

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
            # What a page draws only where it is seen has a moment to do so.
            self.evaluate(f"scrollTo(0, {top}); new Promise(done => setTimeout(done, 150))")
            clip = {"x": 0, "y": top, "width": width, "height": min(TALLEST, height - top), "scale": 1}
            shot = self.call("Page.captureScreenshot", format="png", clip=clip,
                             captureBeyondViewport=True)
            path.with_name(f"{path.name}-{k + 1:02}.png").write_bytes(base64.b64decode(shot["data"]))

    def close(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.profile, ignore_errors=True)
