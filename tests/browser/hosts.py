"""Pages of a careers site that is not the coach's, on `localhost`, where the coach is on `127.0.0.1`: two sites for a browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


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
