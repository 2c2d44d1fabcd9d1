"""Chromium without windows, spoken to through two pipes in its own protocol of JSON."""

import fcntl
import itertools
import json
import os
import select
import shutil
import signal
import tempfile
import time
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OPTIONS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--hide-scrollbars"),
    "--remote-debugging-pipe",
)
SECONDS = 60


def find():
    """Return the path of a Chromium, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class Browser:
    """A running Chromium, of which each page is opened in a tab of its own."""

    def __init__(self, path):
        self.path = path
        self.numbers = itertools.count(1)
        self.received, self.events = b"", []

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        pipes = [*os.pipe(), *os.pipe()]
        # Out of the way of 3 and 4, where Chromium listens and answers.
        high = [fcntl.fcntl(pipe, fcntl.F_DUPFD_CLOEXEC, 10) for pipe in pipes]
        for pipe in pipes:
            os.close(pipe)
        theirs_in, self.ours_out, self.ours_in, theirs_out = high
        self.process = os.posix_spawn(
            self.path,
            [self.path, *OPTIONS, f"--user-data-dir={self.folder.name}", "about:blank"],
            os.environ,
            file_actions=[
                (os.POSIX_SPAWN_DUP2, theirs_in, 3),
                (os.POSIX_SPAWN_DUP2, theirs_out, 4),
                (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
            ],
            setpgroup=0,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        return self

    def __exit__(self, *_):
        os.killpg(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)
        os.close(self.ours_in)
        os.close(self.ours_out)
        self.folder.cleanup()

    def _message(self):
        end = time.monotonic() + SECONDS
        while b"\0" not in self.received:
            ready, _, _ = select.select([self.ours_in], [], [], max(0, end - time.monotonic()))
            chunk = os.read(self.ours_in, 1 << 16) if ready else b""
            assert chunk, "Chromium does not answer"
            self.received += chunk
        message, _, self.received = self.received.partition(b"\0")
        return json.loads(message)

    def ask(self, method, session=None, **parameters):
        """Return the result of a method; keep the events that come before it."""
        number = next(self.numbers)
        message = {"id": number, "method": method, "params": parameters}
        message |= {"sessionId": session} if session else {}
        os.write(self.ours_out, json.dumps(message).encode() + b"\0")
        while (answer := self._message()).get("id") != number:
            self.events.append(answer)
        assert "error" not in answer, answer
        return answer["result"]

    def open(self, path, width, height=900, scheme="light"):
        """Open a file, as wide as a screen, and return its page when all of it is there."""
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = Page(self, session, target)
        for domain in ("Page", "Runtime", "Log", "Network"):
            page.ask(f"{domain}.enable")
        screen = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        page.ask("Emulation.setDeviceMetricsOverride", **screen)
        feature = {"name": "prefers-color-scheme", "value": scheme}
        page.ask("Emulation.setEmulatedMedia", features=[feature])
        page.ask("Page.navigate", url=Path(path).as_uri())
        page.wait("Page.loadEventFired")
        return page


class Page:
    """A page that has been opened."""

    def __init__(self, browser, session, target):
        self.browser, self.session, self.target = browser, session, target

    def ask(self, method, **parameters):
        return self.browser.ask(method, self.session, **parameters)

    def events(self, *methods):
        """Return the parameters of the events so far."""
        return [
            event["params"]
            for event in self.browser.events
            if event.get("sessionId") == self.session and event["method"] in methods
        ]

    def wait(self, method):
        while not self.events(method):
            self.browser.events.append(self.browser._message())

    def value(self, expression):
        """Return what an expression of JavaScript is in the page."""
        found = self.ask("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def close(self):
        self.browser.ask("Target.closeTarget", targetId=self.target)
