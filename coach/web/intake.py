"""What a request may bring: a whole body, in time and of a size, JSON of a known shape, and no more than the limits let through.

Pure ASGI in front of Gradio and the programming interface, so that neither meets what it was not made for.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from coach.web.limits import Caller, Limiter
from coach.web.problem import problem, wait

JOIN, CANCEL, DATA = "/gradio_api/queue/join", "/gradio_api/cancel", "/gradio_api/queue/data"
QUESTION_PATH = "/api/v1/answers"
SESSION = re.compile(r"[A-Za-z0-9_-]{1,64}")
DEEPEST = 20  # brackets within brackets; an honest message has four


class _Unfit(Exception):
    """What is wrong with a request."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Event:
    """One of the page's events as Gradio numbers it: how many inputs it has, and whether it asks the coach."""

    number: int
    inputs: int
    asks: bool


class Intake:
    """Reads each body once, refuses what is unfit with a problem, and counts questions."""

    def __init__(self, app: ASGIApp, limiter: Limiter, events: Mapping[int, Event]) -> None:
        self._app = app
        self._limiter = limiter
        self._events = events

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            if scope["method"] == "POST":
                body = await asyncio.wait_for(self._body(scope, receive), self._limiter.limits.body_seconds)
                refused = self._refused(scope, body)
                receive = _again(body, receive)
            else:
                refused = self._unreadable(scope)
        except TimeoutError:
            refused = problem(408, "The request did not arrive in time. Please send it again.", {"connection": "close"})
        except _Unfit as error:
            refused = problem(error.status, error.detail)
        if refused is None:
            await self._app(scope, receive, send)
        else:
            await refused(scope, receive, send)

    async def _body(self, scope: Scope, receive: Receive) -> bytes:
        most = self._limiter.limits.body_bytes
        too_large = _Unfit(413, f"The request is larger than {most:,} bytes. Please send less.")
        declared = _header(scope, b"content-length")
        if declared.isdigit() and int(declared) > most:
            raise too_large
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise _Unfit(400, "The request ended before it was whole.")
            body += message.get("body", b"")
            if len(body) > most:
                raise too_large
            if not message.get("more_body"):
                return bytes(body)

    def _unreadable(self, scope: Scope) -> Response | None:
        if scope["path"] == DATA and not SESSION.fullmatch(_query(scope, "session_hash")):
            raise _Unfit(422, "session_hash is missing or no session's name.")
        return None

    def _refused(self, scope: Scope, body: bytes) -> Response | None:
        if b"json" not in _header(scope, b"content-type").lower():
            raise _Unfit(415, "Send JSON, with the header Content-Type: application/json.")
        sent = _json(body)
        path = scope["path"]
        if path == JOIN:
            event = self._event(sent)
            if not event.asks:
                return None
            visitor = sent["session_hash"]
        elif path == CANCEL:
            _check(
                all(isinstance(sent.get(k), str) and SESSION.fullmatch(sent[k]) for k in ("session_hash", "event_id")),
                "session_hash and event_id",
            )
            _check(_is_number(sent.get("fn_index")), "fn_index")
            return None
        elif path == QUESTION_PATH:
            visitor = ""
        else:
            return None
        caller = Caller(visitor, address_of(scope), _query(scope, "embed"))
        refused = self._limiter.ask(caller)
        return wait(refused) if refused else None

    def _event(self, sent: dict[str, Any]) -> Event:
        """The event that a page sends, if it is one of the page's own in the shape that the page gives it."""
        _check(isinstance(sent.get("session_hash"), str) and bool(SESSION.fullmatch(sent["session_hash"])), "session_hash")
        _check(_is_number(sent.get("fn_index")) and sent["fn_index"] in self._events, "fn_index")
        event = self._events[sent["fn_index"]]
        _check(isinstance(sent.get("data"), list) and len(sent["data"]) == event.inputs, "data")
        _check(sent.get("trigger_id") is None or _is_number(sent["trigger_id"]), "trigger_id")
        unknown = set(sent) - {"session_hash", "fn_index", "data", "trigger_id", "event_data"}
        _check(not unknown, ", ".join(sorted(unknown))[:80])
        return event


def address_of(scope: Scope) -> str:
    """The network address that a connection comes from; behind a trusted proxy the server has put the visitor's there."""
    client = scope.get("client")
    return str(client[0]) if client else ""


def _json(body: bytes) -> dict[str, Any]:
    try:
        text = body.decode("utf-8")
        _check_depth(text)
        sent = json.loads(text, parse_constant=_no_constant)
        json.dumps(sent, ensure_ascii=False).encode("utf-8")  # half a character can be written in JSON, but not sent back
    except UnicodeError as error:
        raise _Unfit(400, "The request is not valid UTF-8.") from error
    except (ValueError, RecursionError) as error:
        raise _Unfit(400, "The request is not valid JSON.") from error
    if not isinstance(sent, dict):
        raise _Unfit(422, "The request must be a JSON object.")
    return sent


def _check_depth(text: str) -> None:
    depth = 0
    for char in text:
        depth += (char in "[{") - (char in "]}")
        if depth > DEEPEST:
            raise ValueError


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _check(fits: bool, what: str) -> None:
    if not fits:
        raise _Unfit(422, f"The request is not one that this page makes; look at {what}.")


def _again(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives the body once more and then what really comes, which is the visitor's leaving."""
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


def _header(scope: Scope, name: bytes) -> bytes:
    return next((v for k, v in scope["headers"] if k.lower() == name), b"")


def _query(scope: Scope, name: str) -> str:
    found = parse_qs(scope.get("query_string", b"").decode("latin-1"), max_num_fields=50).get(name, [""])
    return str(found[0])
