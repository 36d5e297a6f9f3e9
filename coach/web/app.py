"""The server: Gradio's page behind our own guard, and the few routes that are ours."""

from __future__ import annotations

import asyncio
import secrets
import socket
import sys
from typing import TYPE_CHECKING

from coach.errors import SettingsError
from coach.web.config import WebConfig

if TYPE_CHECKING:
    import uvicorn
    from fastapi import FastAPI
    from starlette.types import ASGIApp

    from coach.pipeline import Coach

GRACE_SECONDS = 3
"""How long answers in progress may still run after the order to stop."""


def create_app(coach: Coach, config: WebConfig | None = None) -> FastAPI:
    """The whole web application around one coach; nothing in it reaches another host."""
    config = config or WebConfig()
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        # Without a running loop Gradio opens one for each of its locks and never closes it.
        async def assemble() -> FastAPI:
            return _assemble(coach, config)

        return asyncio.run(assemble())
    return _assemble(coach, config)


def _assemble(coach: Coach, config: WebConfig) -> FastAPI:
    from fastapi import FastAPI
    from fastapi.middleware.cors import CORSMiddleware
    from gradio import mount_gradio_app, themes
    from starlette.routing import Mount

    from coach.web.api import Cors, build_api
    from coach.web.chat import build_page, events_of
    from coach.web.guard import Guard
    from coach.web.intake import Intake
    from coach.web.limits import Limiter

    limiter = Limiter(config.embeds.limits, {e.name: (e.per_minute, e.per_day) for e in config.embeds.named.values()})
    page = build_page(coach, config.embeds, limiter)
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    _add_routes(app)
    app.mount("/api/v1", build_api(coach, config, limiter))
    # With no middleware of ours Gradio would allow every origin, with credentials; an empty list allows none.
    app.add_middleware(CORSMiddleware, allow_origins=[])
    mount_gradio_app(
        app,
        page,
        path="/",
        # Our style sheet says what everything looks like; this only keeps Gradio from fetching fonts of its own.
        theme=themes.Base(font=("sans-serif",), font_mono=("monospace",)),
        show_error=False,
        run_history=False,
        footer_links=[],
        enable_monitoring=False,
        max_file_size="1kb",
        ssr_mode=False,
        mcp_server=False,
        pwa=False,
    )
    events = events_of(page)
    app.add_middleware(Intake, limiter=limiter, events=events)
    if config.api_origins:
        app.add_middleware(Cors, origins=config.api_origins)
    app.add_middleware(
        Guard, embeds=config.embeds.named, api_origins=bool(config.api_origins), proxied=bool(config.trusted_proxies)
    )
    mounted = next(route.app for route in app.routes if isinstance(route, Mount) and route.path == "")
    app.state.leaving = mounted.stop_event  # type: ignore[attr-defined]  # ends the connections that only say "still here"
    return app


def _add_routes(app: FastAPI) -> None:
    """Health, icon, manifest and our own style and script."""
    from fastapi import Response
    from fastapi.responses import JSONResponse

    from coach.web.furniture import TITLE
    from coach.web.shell import asset

    files = {
        "/favicon.ico": ("icon.svg", "image/svg+xml"),
        "/coach/style.css": ("style.css", "text/css"),
        "/coach/page.js": ("page.js", "text/javascript"),
        "/widget.js": ("widget.js", "text/javascript"),
        "/demo": ("demo.html", "text/html"),
    }
    for path, (name, kind) in files.items():
        keep = "public, max-age=31536000, immutable" if path.startswith("/coach/") else "public, max-age=86400"
        headers = {"cache-control": keep}
        if path == "/widget.js":  # other sites' pages load it by this one address, so that it must be looked at again soon
            headers = {"cache-control": "public, max-age=600", "cross-origin-resource-policy": "cross-origin"}
        # Read once: a file changed under a running server must not be served half old, half new.
        response = Response(asset(name), media_type=kind, headers=headers)
        app.add_api_route(path, lambda response=response: response, methods=["GET", "HEAD"], include_in_schema=False)

    icon = {"src": "favicon.ico", "type": "image/svg+xml", "sizes": "any"}
    manifest = {"name": TITLE, "short_name": TITLE, "start_url": "./", "display": "minimal-ui", "icons": [icon]}
    app.add_api_route("/manifest.json", lambda: JSONResponse(manifest), methods=["GET", "HEAD"], include_in_schema=False)
    # The instance tells a page that the server it talked to is gone, even when another one already answers.
    health = {"status": "ok", "instance": secrets.token_hex(8)}
    app.add_api_route("/healthz", lambda: JSONResponse(health), methods=["GET", "HEAD"], include_in_schema=False)


def open_socket(host: str, port: int, option: str = "--port or --host") -> socket.socket:
    """A listening socket, taken before anything slow happens. Raises SettingsError, which names the option to change, when the address cannot be had."""
    if not 0 <= port <= 65_535:  # a larger number would silently be cut down to another port
        raise SettingsError(f"Cannot serve on {host}:{port}; a port is a number from 1 to 65535.")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listener = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError) as error:
        raise SettingsError(f"Cannot serve on {host}:{port} ({error}); give a host name or address of this machine.") from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise SettingsError(
            f"Cannot serve on {host}:{port} ({error.strerror}); stop the program that uses it or choose another with {option}."
        ) from error
    return listener


def server_config(app: ASGIApp, config: WebConfig, log_level: str, patience: int) -> uvicorn.Config:
    """How the server runs: a visitor's address comes from a proxy only where the operator trusts that proxy; `patience` are seconds for what is under way at the end."""
    import uvicorn
    from h11 import LocalProtocolError
    from uvicorn.protocols.http.h11_impl import H11Protocol

    # Not the faster parser that may be installed, too: it takes headers of any size.
    class Protocol(H11Protocol):
        def send_400_response(self, msg: str) -> None:
            try:
                super().send_400_response(msg)
            except LocalProtocolError:  # what came after the answer, or during it, is no HTTP: nothing can be said any more
                self.transport.close()

    return uvicorn.Config(
        app,
        log_level=log_level,
        timeout_graceful_shutdown=patience,
        server_header=False,
        http=Protocol,
        ws="none",
        h11_max_incomplete_event_size=32_768,
        proxy_headers=bool(config.trusted_proxies),
        forwarded_allow_ips=config.trusted_proxies,
    )


def serve(coach: Coach, host: str, port: int, listener: socket.socket | None = None, config: WebConfig | None = None) -> None:
    """Serves the page until the process is told to stop; pass a `listener` from `open_socket` to claim the port earlier."""
    config = config or WebConfig()
    listener = listener or open_socket(host, port)
    with listener:
        import uvicorn

        app = create_app(coach, config)

        class Server(uvicorn.Server):
            async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
                app.state.leaving.set()
                await super().shutdown(sockets)

        shown = f"[{host}]" if ":" in host else {"0.0.0.0": "127.0.0.1", "": "127.0.0.1"}.get(host, host)
        sys.stdout.write(f"The career coach is at http://{shown}:{listener.getsockname()[1]}/ (stop with Ctrl+C)\n")
        sys.stdout.flush()
        Server(server_config(app, config, "warning", GRACE_SECONDS)).run(sockets=[listener])
