"""What may be asked of the server and what every response must say; pure ASGI, so streaming passes through untouched.

Gradio brings routes that this page does not need: upload, file and proxy access, monitoring, run history, API pages.
Only what is named here is let through; everything else does not exist.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from coach.web.shell import dress

READ = frozenset({"GET", "HEAD"})
WRITE = frozenset({"POST"})

OPEN_PATHS: tuple[tuple[frozenset[str], str], ...] = (
    (READ, r"/"),
    (READ, r"/healthz"),
    (READ, r"/favicon\.ico"),
    (READ, r"/manifest\.json"),
    (READ, r"/robots\.txt"),
    (READ, r"/coach/(?:page\.js|style\.css)"),
    (READ, r"/assets/[\w.-]+"),
    (READ, r"/static/(?:js|fonts|img)/[\w./-]+"),
    (READ, r"/theme\.css"),
    (READ, r"/gradio_api/queue/data"),
    (READ, r"/gradio_api/heartbeat/\w+"),
    (WRITE, r"/gradio_api/queue/join"),
    (WRITE, r"/gradio_api/cancel"),
)

# Gradio compiles its templates at run time, hence 'unsafe-eval', and sets styles on elements, hence the inline styles.
# Scripts in the page itself need the nonce of that one response, so injected markup cannot run.
_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-eval'{nonce}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self' data:; connect-src 'self'; manifest-src 'self'; media-src 'none'; object-src 'none'; frame-src 'none'; "
    "worker-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)


def content_security_policy(nonce: str = "") -> str:
    """The policy for one response; with a nonce for the scripts that stand in the page itself."""
    return _POLICY.format(nonce=f" 'nonce-{nonce}'" if nonce else "")


def is_open(method: str, path: str) -> bool:
    """Whether the outside may ask for this path in this way."""
    if ".." in path or "//" in path:
        return False
    return any(method in methods and re.fullmatch(pattern, path) for methods, pattern in OPEN_PATHS)


class Guard:
    """Answers 404 to everything that is not open, and puts the security headers on every response."""

    def __init__(self, app: ASGIApp, head: str) -> None:
        self._app = app
        self._head = head

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one connection."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            response = _Response(send, self._head)
            if is_open(scope["method"], scope["path"]):
                await self._app(_uncompressed(scope) if scope["path"] == "/" else scope, receive, response.send)
            else:
                await PlainTextResponse("Not found", status_code=404)(scope, receive, response.send)


class _Response:
    """Adds the headers to a response; a page is held until it is whole, so that its scripts can be given their nonce."""

    def __init__(self, send: Send, head: str) -> None:
        self._send = send
        self._head = head
        self._page: Message | None = None
        self._body = bytearray()

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if _header(message, b"content-type").startswith(b"text/html"):
                self._page = message
                return
            await self._send(_with_headers(message, content_security_policy()))
        elif self._page is not None:
            self._body += message.get("body", b"")
            if not message.get("more_body"):
                await self._finish(self._page)
        else:
            await self._send(message)

    async def _finish(self, start: Message) -> None:
        nonce = secrets.token_urlsafe(16)
        body = dress(self._body.decode(), self._head, nonce).encode() if self._body else b""
        extra = [(b"cache-control", b"no-store")]
        if self._body:
            extra.append((b"content-length", str(len(body)).encode()))
        await self._send(_with_headers(start, content_security_policy(nonce), extra))
        await self._send({"type": "http.response.body", "body": body})


def _uncompressed(scope: Scope) -> Scope:
    return {**scope, "headers": [(k, v) for k, v in scope["headers"] if k != b"accept-encoding"]}


def _header(message: Message, name: bytes) -> bytes:
    return next((v for k, v in message.get("headers", ()) if k.lower() == name), b"")


def _with_headers(message: Message, policy: str, extra: Sequence[tuple[bytes, bytes]] = ()) -> Message:
    added = [(b"content-security-policy", policy.encode()), *_HEADERS, *extra]
    names = {name for name, _ in added}
    kept = [(k, v) for k, v in message.get("headers", ()) if k.lower() not in names]
    return {**message, "headers": [*kept, *added]}
