"""Errors as RFC 9457 problem details: what went wrong, for people and for programs."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from starlette.responses import JSONResponse
from starlette.types import Message, Receive, Scope, Send

from coach.web.limits import BUSY_SECONDS, Wait

MEDIA_TYPE = "application/problem+json"
_DETAILS = {
    404: "There is nothing at this address.",
    405: "This address is there, but not to be asked in this way.",
    500: "Something went wrong here. Please try again.",
    503: "I am busy at the moment. Please try again in a few seconds.",
}
_OTHER = "This request cannot be answered as it is."


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None, **more: object) -> JSONResponse:
    """A problem as a response; `detail` says what to do about it."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, **more}
    return JSONResponse(body, status, headers=dict(headers or {}), media_type=MEDIA_TYPE)


def wait(refused: Wait) -> JSONResponse:
    """Too many requests, or all places taken: 429 or 503 with Retry-After."""
    return problem(503 if refused.busy else 429, refused.text, {"retry-after": str(refused.seconds)}, retry_after=refused.seconds)


class InProblems:
    """Sends one response; an error that others put in their own words, with whatever it tells, becomes a problem."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._connection = (scope, receive, send)
        self._send = send
        self._replaced = False
        self.started = False

    async def send(self, message: Message) -> None:
        """Passes a part of the response on, or its replacement."""
        if message["type"] == "http.response.start":
            self.started = True
            headers = {name.lower(): value for name, value in message.get("headers", ())}
            status = message["status"]
            if status >= 400 and not headers.get(b"content-type", b"").startswith(MEDIA_TYPE.encode()):
                self._replaced = True
                kept = {"allow": headers[b"allow"].decode("latin-1")} if b"allow" in headers else {}
                if status == 503:
                    kept["retry-after"] = str(BUSY_SECONDS)
                await problem(status, _DETAILS.get(status, _OTHER), kept)(*self._connection)
        if not self._replaced:
            await self._send(message)

    async def end(self) -> None:
        """Ends a response that was begun."""
        await self.send({"type": "http.response.body", "body": b""})
