"""Pages of a careers site that is not the coach's, on `localhost`, where the coach is on `127.0.0.1`: two sites for a browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from playwright.sync_api import Frame, Page

LAUNCHER = "career-coach"
INLINE = "career-coach-inline"
_CAREERS = """<!doctype html>
<html lang="en"{attributes}>
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Jobs at Northwind</title>{head}</head>
<body>
<header><nav aria-label="Main"><a href="#jobs">Jobs</a></nav></header>
<main>
<h1>Jobs at Northwind</h1>
<p>We are looking for <em>product managers</em> who like ships.</p>
<form><label>Search <input type="search" name="q"></label> <button type="button" id="own">Find</button></form>
<ul id="jobs"><li>Product Manager, Berths</li><li>VP of Product</li></ul>
{main}
</main>
{end}
</body>
</html>
"""


@dataclass
class Host:
    """A site: pages by path, and the headers that all of them have. Both may be changed while it runs."""

    origin: str = ""
    pages: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)


@contextmanager
def hosting(pages: Mapping[str, str] | None = None) -> Iterator[Host]:
    """A running site."""
    host = Host(pages=dict(pages or {}))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = "" if self.path == "/favicon.ico" else host.pages.get(self.path.partition("?")[0])
            body = (page or "").encode()
            self.send_response(404 if page is None else 200)
            for name, value in {
                "content-type": "text/html; charset=utf-8",
                "content-length": str(len(body)),
                **host.headers,
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    host.origin = f"http://localhost:{server.server_address[1]}"
    try:
        yield host
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def careers_page(end: str = "", main: str = "", head: str = "", attributes: str = "") -> str:
    """A page about jobs; `end` stands last in its body, where an owner pastes the line for the widget."""
    return _CAREERS.format(end=end, main=main, head=head, attributes=attributes)


def line(base: str, embed: str = "careers", **settings: str) -> str:
    """What an owner pastes; the settings become data- attributes."""
    told = "".join(f' data-{name.replace("_", "-")}="{value}"' for name, value in settings.items())
    return f'<script src="{base}widget.js" data-embed="{embed}"{told} defer></script>'


def chat(page: Page, place: str = LAUNCHER) -> Frame:
    """The frame of the coach in this place, once it can be asked."""
    frame = page.locator(f"{place} iframe").element_handle().content_frame()
    assert frame is not None
    frame.wait_for_selector("html[data-ready]")
    return frame


def opened(page: Page) -> Frame:
    """Opens the coach by its button."""
    page.locator(LAUNCHER).get_by_role("button", expanded=False).click()
    return chat(page)
