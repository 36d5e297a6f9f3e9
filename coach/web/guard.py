"""What may be asked of the server and what every response must say; pure ASGI, so streaming passes through untouched.

Gradio brings routes that this page does not need: upload, file and proxy access, monitoring, run history, API pages.
Only what is named here is let through; everything else does not exist.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from coach.web.embeds import Embed
from coach.web.problem import problem
from coach.web.shell import dress, noted

READ = frozenset({"GET", "HEAD"})
WRITE = frozenset({"POST"})

OPEN_PATHS: tuple[tuple[frozenset[str], str], ...] = (
    (READ, r"/"),
    (READ, r"/healthz"),
    (READ, r"/favicon\.ico"),
    (READ, r"/manifest\.json"),
    (READ, r"/robots\.txt"),
    (READ, r"/coach/(?:page\.js|style\.css)"),
    (READ, r"/widget\.js"),
    (READ, r"/demo"),
    (READ, r"/api/v1/(?:openapi\.json|suggestions)?"),
    (READ, r"/api/v1/documents/[^/]{1,200}"),
    (WRITE, r"/api/v1/(?:answers|feedback)"),
    (READ, r"/assets/[\w.-]+"),
    (READ, r"/static/(?:js|fonts|img)/[\w./-]+"),
    (READ, r"/theme\.css"),
    (READ, r"/gradio_api/queue/data"),
    (READ, r"/gradio_api/heartbeat/\w+"),
    (WRITE, r"/gradio_api/queue/join"),
    (WRITE, r"/gradio_api/cancel"),
)

_EMBED = re.compile(r"/embed/(?P<name>[a-z0-9-]{1,40})")
# Gradio compiles its templates at run time, hence 'unsafe-eval', and sets styles on elements, hence the inline styles.
# Scripts in the page itself need the nonce of that one response, so injected markup cannot run.
_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-eval'{nonce}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self' data:; connect-src 'self'; manifest-src 'self'; media-src 'none'; object-src 'none'; frame-src {frames}; "
    "worker-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors {ancestors}"
)
_ANSWERED_HERE = (b"cross-origin-resource-policy",)  # a header that a route may set otherwise
_FRAMED = (  # what a frame must say to stand on a page that has isolated itself from other sites
    (b"cross-origin-embedder-policy", b"require-corp"),
    (b"cross-origin-resource-policy", b"cross-origin"),
)
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)


def content_security_policy(nonce: str = "", ancestors: str = "'self'", frames: str = "'none'") -> str:
    """The policy for one response; with a nonce for the scripts that stand in the page itself, who may frame it and what it may frame."""
    return _POLICY.format(nonce=f" 'nonce-{nonce}'" if nonce else "", ancestors=ancestors, frames=frames)


def is_open(method: str, path: str) -> bool:
    """Whether the outside may ask for this path in this way."""
    if ".." in path or "//" in path:
        return False
    return any(method in methods and re.fullmatch(pattern, path) for methods, pattern in OPEN_PATHS)


class Guard:
    """Answers 404 to everything that is not open, leads an embed's address to the page, and puts the security headers on every response."""

    def __init__(self, app: ASGIApp, embeds: Mapping[str, Embed], api_origins: bool = False, proxied: bool = False) -> None:
        self._app = app
        self._embeds = embeds
        self._api_origins = api_origins
        self._proxied = proxied

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one connection."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        embed = self._embed(scope)
        response = _Response(send, embed)
        if embed or (scope["path"] == "/" and scope["method"] in READ):
            await self._app(_as_page(scope, self._proxied), receive, response.send)
        elif is_open(scope["method"], scope["path"]) or self._is_asked_first(scope):
            await self._app(scope, receive, response.send)
        else:
            await problem(404, "There is nothing at this address.")(scope, receive, response.send)

    def _embed(self, scope: Scope) -> Embed | None:
        found = _EMBED.fullmatch(scope["path"])
        return self._embeds.get(found["name"]) if found and scope["method"] in READ else None

    def _is_asked_first(self, scope: Scope) -> bool:
        """Whether a browser asks if a page of another origin may call the interface."""
        return (
            self._api_origins
            and scope["method"] == "OPTIONS"
            and any(is_open(m, scope["path"]) for m in ("GET", "POST"))
            and scope["path"].startswith("/api/v1/")
        )


class _Response:
    """Adds the headers to a response; a page is held until it is whole, so that its scripts can be given their nonce."""

    def __init__(self, send: Send, embed: Embed | None) -> None:
        self._send = send
        self._embed = embed
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
        text = self._body.decode()
        is_chat = "<gradio-app" in text
        body = (dress(text, nonce, self._embed) if is_chat else noted(text, nonce)).encode()
        extra = [(b"cache-control", b"no-store")]
        if body:
            extra.append((b"content-length", str(len(body)).encode()))
        ancestors = "'self'"
        if self._embed:
            ancestors = self._embed.frame_ancestors
            start = {**start, "headers": [*start["headers"], *_FRAMED]}
        policy = content_security_policy(nonce, ancestors, "'none'" if is_chat else "'self'")  # the demo frames the coach
        await self._send(_with_headers(start, policy, extra))
        await self._send({"type": "http.response.body", "body": body})


def _as_page(scope: Scope, proxied: bool) -> Scope:
    """The same request for the page, uncompressed so that it can be read, and without a proxy's word where none is trusted.

    What the address asks is for the page's script alone: Gradio would look for pages and saved states of that name.
    """
    left_out = {b"accept-encoding"} | (set() if proxied else {b"x-forwarded-host", b"x-forwarded-proto", b"x-gradio-server"})
    return {
        **scope,
        "path": "/",
        "raw_path": b"/",
        "query_string": b"",
        "headers": [(k, v) for k, v in scope["headers"] if k.lower() not in left_out],
    }


def _header(message: Message, name: bytes) -> bytes:
    return next((v for k, v in message.get("headers", ()) if k.lower() == name), b"")


def _with_headers(message: Message, policy: str, extra: Sequence[tuple[bytes, bytes]] = ()) -> Message:
    added = [(b"content-security-policy", policy.encode()), *_HEADERS, *extra]
    own = {k.lower() for k, _ in message.get("headers", ())} & set(_ANSWERED_HERE)
    added = [(k, v) for k, v in added if k not in own]
    names = {name for name, _ in added}
    kept = [(k, v) for k, v in message.get("headers", ()) if k.lower() not in names]
    return {**message, "headers": [*kept, *added]}
