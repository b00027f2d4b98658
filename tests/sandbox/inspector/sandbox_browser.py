"""A headless Chromium, controlled by the DevTools protocol over a pipe, without a driver or a package."""

import contextlib
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)
# Chromium reads commands from descriptor 3 and writes to 4.
LAUNCHER = """
import fcntl, os, sys
ends = [fcntl.fcntl(int(text), fcntl.F_DUPFD, 10) for text in sys.argv[1:3]]
os.dup2(ends[0], 3)
os.dup2(ends[1], 4)
os.execv(sys.argv[3], sys.argv[3:])
"""
PATIENCE = 30


class Browser:
    """One page in a separate browser, with records of its console and of what it loads."""

    def __init__(self):
        program = next(filter(None, map(shutil.which, NAMES)), None)
        if program is None or os.name != "posix":
            pytest.skip("there is no Chromium here: install Debian's package chromium to test the window")
        self.folder = tempfile.TemporaryDirectory(prefix="spot-browser-", ignore_cleanup_errors=True)
        self.number = 0
        self.notes = []
        read_here, write_there = os.pipe()
        read_there, write_here = os.pipe()
        self.read, self.write = read_here, write_here
        launcher = [sys.executable, "-c", LAUNCHER, str(read_there), str(write_there)]
        self.process = subprocess.Popen(
            [*launcher, program, *OPTIONS, f"--user-data-dir={self.folder.name}", "about:blank"],
            pass_fds=(read_there, write_there),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(read_there)
        os.close(write_there)
        self.rest = b""
        self.session = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method, **parameters):
        """Send one command; its result."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.next_message()
            if answer.get("id") == self.number:
                assert "error" not in answer, answer
                return answer["result"]
            self.notes.append(answer)

    def next_message(self):
        deadline = time.monotonic() + PATIENCE
        while b"\0" not in self.rest:
            assert select.select([self.read], [], [], max(0, deadline - time.monotonic()))[0], "the browser is silent"
            came = os.read(self.read, 1 << 20)
            assert came, "the browser has ended"
            self.rest += came
        message, _, self.rest = self.rest.partition(b"\0")
        return json.loads(message)

    def open(self, url, *, wide=1280, high=800, dark=False):
        """Show a page in a window of that size."""
        self.call("Emulation.setDeviceMetricsOverride", width=wide, height=high, deviceScaleFactor=1, mobile=wide < 600)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])
        self.notes.clear()
        self.call("Page.navigate", url=url)
        self.until("document.readyState === 'complete'")

    def ask(self, expression):
        """The value of a JavaScript expression."""
        # The page's policy forbids evaluating texts as code, which is what this does from outside.
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in result, result["exceptionDetails"]
        return result["result"].get("value")

    def until(self, expression):
        """Wait until an expression holds."""
        deadline = time.monotonic() + PATIENCE
        while not self.ask(expression):
            assert time.monotonic() < deadline, f"never: {expression}\n{self.text()}"
            time.sleep(0.03)

    def text(self):
        return self.ask("document.body?.innerText ?? ''")

    def click(self, selector):
        """Click in the middle of an element, as a mouse does."""
        place = self.ask(
            f"(() => {{ const box = document.querySelector({json.dumps(selector)}).getBoundingClientRect();"
            " return [box.x + box.width / 2, box.y + box.height / 2]; })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=place[0], y=place[1], button="left", clickCount=1)

    def press(self, key):
        """Press a key, as a keyboard does."""
        text = {"text": key} if len(key) == 1 else {"text": "\r"} if key == "Enter" else {}
        self.call("Input.dispatchKeyEvent", type="keyDown", key=key, **text)
        self.call("Input.dispatchKeyEvent", type="keyUp", key=key)

    def type(self, text):
        self.call("Input.insertText", text=text)

    def complaints(self):
        """What the page's console says beyond information, and what broke its policy."""
        self.ask("1")
        logged = [note["params"]["entry"] for note in self.notes if note.get("method") == "Log.entryAdded"]
        thrown = [note["params"] for note in self.notes if note.get("method") == "Runtime.exceptionThrown"]
        return [entry for entry in logged if entry["level"] in {"warning", "error"}] + thrown

    def loaded(self):
        """The addresses that the page asked for."""
        sent = [note for note in self.notes if note.get("method") == "Network.requestWillBeSent"]
        return {note["params"]["request"]["url"] for note in sent}

    def close(self):
        self.session = None
        with contextlib.suppress(AssertionError, OSError):
            self.call("Browser.close")
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self.read)
        os.close(self.write)
        self.folder.cleanup()
