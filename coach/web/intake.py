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
from coach.web.problem import InProblems, problem, wait

JOIN, CANCEL, DATA = "/gradio_api/queue/join", "/gradio_api/cancel", "/gradio_api/queue/data"
HEARTBEAT = "/gradio_api/heartbeat/"
QUESTION_PATH = "/api/v1/answers"
SESSION = re.compile(r"[A-Za-z0-9_-]{1,64}")
LONGEST_PATH, LONGEST_NAME = 1_000, 255  # bytes; no file's name is longer, and a file system answers a longer one with an error
MOST_FIELDS = 50
LARGEST_NUMBER = 1_000_000  # the page numbers its events and parts from 0
SLOWED = 0.25  # seconds until somebody who asks too much hears so: a program that does not wait is made to, and slows nobody else
DEEPEST = 20  # brackets within brackets; an honest message has four
_JSON = re.compile(rb"\s*application/(?:[\w.-]+\+)?json\s*(?:;.*)?", re.IGNORECASE | re.DOTALL)


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
            _check_address(scope)
            refused = None
            if scope["method"] == "POST":
                body = await asyncio.wait_for(self._body(scope, receive), self._limiter.limits.body_seconds)
                refused = self._refused(scope, body)
                receive = _again(body, receive)
        except TimeoutError:
            refused = problem(408, "The request did not arrive in time. Please send it again.", {"connection": "close"})
        except _Unfit as error:
            refused = problem(error.status, error.detail)
        if refused is None:
            await self._answer(scope, receive, InProblems(scope, receive, send))
        else:
            if refused.status_code == 429:
                await asyncio.sleep(SLOWED)
            await refused(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, answer: InProblems) -> None:
        try:
            await self._app(scope, receive, answer.send)
        except RuntimeError:
            # Gradio says in its stream that it does not know a session, and then raises what can no longer be sent.
            if scope["path"] != DATA or not answer.started:
                raise
            await answer.end()

    async def _body(self, scope: Scope, receive: Receive) -> bytes:
        most = self._limiter.limits.body_bytes
        too_large = _Unfit(413, f"The request is larger than {most:,} bytes. Please send less.")
        declared = _header(scope, b"content-length").lstrip(b"0")
        if declared.isdigit() and (len(declared) > len(str(most)) or int(declared) > most):
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

    def _refused(self, scope: Scope, body: bytes) -> Response | None:
        if not _JSON.fullmatch(_header(scope, b"content-type")):
            raise _Unfit(415, "Send JSON, with the header Content-Type: application/json.")
        sent = _json(body)
        visitor, asks = "", scope["path"] == QUESTION_PATH
        if scope["path"] == JOIN:
            visitor, asks = sent.get("session_hash", ""), self._event(sent).asks
        elif scope["path"] == CANCEL:
            names = [sent.get(k) for k in ("session_hash", "event_id")]
            _check(all(isinstance(name, str) and SESSION.fullmatch(name) for name in names), "session_hash and event_id")
            _check(_is_number(sent.get("fn_index")) and sent["fn_index"] in self._events, "fn_index")
        caller = Caller(visitor, address_of(scope), _query(scope, "embed"))
        refused = self._limiter.ask(caller) if asks else self._limiter.event(caller)
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


def _check_address(scope: Scope) -> None:
    path = scope["path"]
    names = path.encode("utf-8", "replace").split(b"/")
    if sum(map(len, names)) > LONGEST_PATH or max(map(len, names)) > LONGEST_NAME:
        raise _Unfit(414, "This address is too long.")
    if scope["query_string"].count(b"&") >= MOST_FIELDS:
        raise _Unfit(400, f"This address has more than {MOST_FIELDS} fields after its question mark.")
    if path == DATA and not SESSION.fullmatch(_query(scope, "session_hash")):
        raise _Unfit(422, "session_hash is missing or no session's name.")
    if path.startswith(HEARTBEAT) and not SESSION.fullmatch(path.removeprefix(HEARTBEAT)):
        raise _Unfit(422, "The end of this address is no session's name.")


def address_of(scope: Scope) -> str:
    """The network address that a connection comes from; behind a trusted proxy the server has put the visitor's there."""
    client = scope.get("client")
    return str(client[0]) if client else ""


def _json(body: bytes) -> dict[str, Any]:
    try:
        sent = json.loads(body.decode("utf-8"), parse_constant=_no_constant, object_pairs_hook=_once)
        # Half a character and a number without end can be written in JSON, but not sent back.
        json.dumps(sent, ensure_ascii=False, allow_nan=False).encode("utf-8")
    except UnicodeError as error:
        raise _Unfit(400, "The request is not valid UTF-8.") from error
    except (ValueError, RecursionError) as error:
        raise _Unfit(400, "The request is not valid JSON, or uses one name twice.") from error
    if not isinstance(sent, dict):
        raise _Unfit(422, "The request must be a JSON object.")
    _check_value(sent, DEEPEST)
    return sent


def _check_value(value: object, deeper: int) -> None:
    if not deeper:
        raise _Unfit(400, f"The request is nested more than {DEEPEST} deep.")
    # Gradio takes what carries this key for a file and goes looking for it.
    _check(not isinstance(value, dict) or "meta" not in value, "meta")
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _check_value(inner, deeper - 1)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice")
    return found


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST_NUMBER


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
    """The value that the application behind will read, which is the last."""
    return str(parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True).get(name, [""])[-1])
