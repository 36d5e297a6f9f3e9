"""Errors as RFC 9457 problem details: what went wrong, for people and for programs."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from starlette.responses import JSONResponse

from coach.web.limits import Wait

MEDIA_TYPE = "application/problem+json"


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None, **more: object) -> JSONResponse:
    """A problem as a response; `detail` says what to do about it."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, **more}
    return JSONResponse(body, status, headers=dict(headers or {}), media_type=MEDIA_TYPE)


def wait(refused: Wait) -> JSONResponse:
    """Too many requests, or all places taken: 429 or 503 with Retry-After."""
    return problem(503 if refused.busy else 429, refused.text, {"retry-after": str(refused.seconds)}, retry_after=refused.seconds)
