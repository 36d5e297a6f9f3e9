"""The widget and the limits, measured: a real server, a careers page on another site in a real Chromium, and a visitor who does not stop.

The host page is on `localhost` and the coach on `127.0.0.1`, so that the frame is of another site, as on a real careers page.
"""

from __future__ import annotations

import contextlib
import gzip
import itertools
import json
import os
import re
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coach.web.shell import asset
from coach.web.snippet import chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Pair = tuple[Sequence[float], Sequence[float]]
"""What was measured of the two sides of a ratio."""

LOADER_BYTES = 4096.0
MAIN_THREAD_MS = 5.0
LOADS = 5
RAPID, AT_ONCE = 200, 20  # requests of one visitor as fast as they go, over so many connections
ASKED = 60  # questions of another one, before and meanwhile
WAIT_MS = 60_000.0
SETTLED_MS = 300.0  # after which a page that nobody touches has nothing more to do
_PAGE = "<!doctype html><html lang=en><title>Jobs</title><h1>Jobs</h1><script src='{base}widget.js' data-embed=careers></script>"
_LONG_ENOUGH = "[limits]\nvisitor_per_minute = 20\naddress_per_minute = 100000\naddress_per_day = 100000\nservice_per_minute = 100000\nservice_per_day = 1000000\n"

# Sends as a visitor's page would, in a process of its own: what it costs must not count as the other visitor's.
_HAMMER = """
import json, sys, http.client, threading
host, port, number, times, at_once = sys.argv[1], *map(int, sys.argv[2:])
body = json.dumps({"fn_index": number, "data": [None], "event_data": {"question": "Which KPIs does a VP track?"}, "session_hash": "hammer", "trigger_id": None})
def send():
    line = http.client.HTTPConnection(host, port)
    for _ in range(times // at_once):
        line.request("POST", "/gradio_api/queue/join", body, {"content-type": "application/json"})
        line.getresponse().read()
threads = [threading.Thread(target=send) for _ in range(at_once)]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""


@contextlib.contextmanager
def serving(command: Sequence[str], folder: Path, embeds: str) -> Iterator[str]:
    """The address of a server with these embeds. Raises RuntimeError when it does not start."""
    path = folder / "embeds.toml"
    path.write_text(embeds, encoding="utf-8")
    environment = {**os.environ, "COACH_EMBEDS": str(path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment) as server:
        try:
            found = re.search(r"http://\S+", server.stdout.readline() if server.stdout else "")
            if not found:
                raise RuntimeError("the server did not start")
            yield found[0]
        finally:
            server.terminate()


@contextlib.contextmanager
def careers_page() -> Iterator[tuple[ThreadingHTTPServer, str]]:
    """A site of one page, which is set as its `page`, and its origin."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = str(getattr(self.server, "page", "")).encode()
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server, f"http://localhost:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def measure_widget(command: Sequence[str], folder: Path) -> dict[str, Pair]:
    """Size and cost of the loader, and the time until one can ask, in the frame and on the plain page.

    Raises RuntimeError where there is no Chromium or no server.
    """
    from playwright.sync_api import sync_playwright

    path = chromium()
    if path is None:
        raise RuntimeError("Chromium is missing")
    found: dict[str, tuple[list[float], list[float]]] = {
        "widget size": ([float(len(gzip.compress(asset("widget.js").encode(), 9)))], [LOADER_BYTES]),
        **{key: ([], []) for key in ("widget script", "widget open", "widget transfer")},
    }
    with (
        careers_page() as (site, origin),
        serving(command, folder, f'[careers]\norigins = ["{origin}"]\n') as base,
        sync_playwright() as playwright,
    ):
        setattr(site, "page", _PAGE.format(base=base))  # noqa: B010  # a plain server object that carries its page
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        for number in range(LOADS + 1):
            script, opened, carried = _widget_visit(browser, origin)
            plain, bytes_plain = _plain_visit(browser, base)
            if number:  # the first visit warms the server
                for key, first, second in (
                    ("widget script", script, MAIN_THREAD_MS),
                    ("widget open", opened, plain),
                    ("widget transfer", carried / 1024, bytes_plain / 1024),
                ):
                    found[key][0].append(first)
                    found[key][1].append(second)
        browser.close()
    return dict(found)


def _widget_visit(browser: Browser, origin: str) -> tuple[float, float, float]:
    """Of a first visit: milliseconds of the loader's script, from the click until one can ask, and bytes from the click on."""
    page = browser.new_context().new_page()
    browser.start_tracing(page=page, categories=["devtools.timeline"])
    page.goto(origin)
    page.wait_for_selector("career-coach", state="attached")
    page.wait_for_timeout(SETTLED_MS)
    script = _time_in(json.loads(browser.stop_tracing())["traceEvents"], "/widget.js")
    carried = _carried(page)
    started = time.perf_counter()
    page.locator("career-coach .open").click()
    page.frame_locator("career-coach iframe").locator("html[data-ready]").wait_for(timeout=WAIT_MS)
    took = (time.perf_counter() - started) * 1000
    total = float(sum(carried))
    page.context.close()
    return script, took, total


def _plain_visit(browser: Browser, base: str) -> tuple[float, float]:
    page = browser.new_context().new_page()
    carried = _carried(page)
    started = time.perf_counter()
    page.goto(base)
    page.locator("html[data-ready]").wait_for(timeout=WAIT_MS)
    took = (time.perf_counter() - started) * 1000
    total = float(sum(carried))
    page.context.close()
    return took, total


def _carried(page: Page) -> list[int]:
    """Bytes of every response from now on, as the server says them."""
    sizes: list[int] = []
    page.on("response", lambda response: sizes.append(int(response.headers.get("content-length", "0"))))
    return sizes


def _time_in(events: Sequence[dict[str, Any]], ending: str) -> float:
    """Milliseconds that the page's main thread worked for one script: when it was run, and when it was called back."""
    ours = (e for e in events if e["name"] in ("EvaluateScript", "FunctionCall"))
    spent = sum(e.get("tdur", 0) for e in ours if str(e["args"].get("data", {}).get("url", "")).endswith(ending))
    if not spent:
        raise RuntimeError("the browser did not say how long the script ran")
    return float(spent / 1000)


def measure_rapid(command: Sequence[str], folder: Path) -> dict[str, Pair]:
    """Milliseconds of one visitor's answers while another sends without a pause, and alone. Raises RuntimeError without a server."""
    crowded: list[float] = []
    alone: list[float] = []
    with serving(command, folder, _LONG_ENOUGH) as base:
        page = urllib.request.urlopen(base).read().decode()
        config, _ = json.JSONDecoder().raw_decode(page[page.index("window.gradio_config = ") + 23 :])
        number = next(d["id"] for d in config["dependencies"] for _, name in d["targets"] if name == "ask")
        host, port = base.removeprefix("http://").rstrip("/").split(":")
        names = (f"visitor{n}" for n in itertools.count())
        for _ in range(5):
            _answered(base, number, next(names))
        for _ in range(3):
            alone += [_answered(base, number, next(names)) for _ in range(ASKED // 6)]
            hammer = subprocess.Popen([sys.executable, "-c", _HAMMER, host, port, str(number), str(RAPID), str(AT_ONCE)])
            while hammer.poll() is None:
                crowded.append(_answered(base, number, next(names)))
            alone += [_answered(base, number, next(names)) for _ in range(ASKED // 6)]
    if not crowded:
        raise RuntimeError("the rapid requests were over before one question was answered")
    return {"rapid": (crowded, alone)}


def _answered(base: str, number: int, session: str) -> float:
    """Milliseconds from a question to its whole answer, as the page asks it."""
    body = {
        "fn_index": number,
        "data": [None],
        "event_data": {"question": "Who does a VP report to?"},
        "session_hash": session,
        "trigger_id": None,
    }
    started = time.perf_counter()
    request = urllib.request.Request(
        f"{base}gradio_api/queue/join", json.dumps(body).encode(), {"content-type": "application/json"}
    )
    urllib.request.urlopen(request).read()
    with urllib.request.urlopen(f"{base}gradio_api/queue/data?session_hash={session}") as stream:
        for line in stream:
            if b"process_completed" in line:
                break
    return (time.perf_counter() - started) * 1000
