"""Errors of every origin leave the server as problem details."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from coach.web.limits import Wait
from coach.web.problem import InProblems, problem, wait


def sent(*messages: dict[str, Any]) -> tuple[int, dict[bytes, bytes], bytes]:
    """Status, headers and body of what reaches the client when an application sends these messages."""
    passed: list[Any] = []

    async def receive() -> Any:
        raise AssertionError("Nothing is read for a response.")

    async def send(message: Any) -> None:
        passed.append(message)

    async def respond() -> None:
        answer = InProblems({"type": "http"}, receive, send)
        for message in messages:
            await answer.send(message)

    asyncio.run(respond())
    start, *parts = passed
    return start["status"], dict(start["headers"]), b"".join(part.get("body", b"") for part in parts)


def start(status: int, kind: str, **more: str) -> dict[str, Any]:
    headers = [(b"Content-Type", kind.encode()), *((name.encode(), value.encode()) for name, value in more.items())]
    return {"type": "http.response.start", "status": status, "headers": headers}


def body(text: str, more: bool = False) -> dict[str, Any]:
    return {"type": "http.response.body", "body": text.encode(), "more_body": more}


def test_a_problem_says_what_went_wrong_for_people_and_programs():
    answer = problem(404, "There is no such page.", {"x-a": "b"}, more=1)
    assert (answer.status_code, answer.media_type, answer.headers["x-a"]) == (404, "application/problem+json", "b")
    assert json.loads(bytes(answer.body)) == {
        "type": "about:blank", "title": "Not Found", "status": 404, "detail": "There is no such page.", "more": 1,
    }  # fmt: skip


@pytest.mark.parametrize(("busy", "status"), [(False, 429), (True, 503)], ids=["too-many", "busy"])
def test_a_wait_says_how_long(busy: bool, status: int):
    answer = wait(Wait("Please wait.", 7, busy))
    assert (answer.status_code, answer.headers["retry-after"]) == (status, "7")
    assert json.loads(bytes(answer.body))["retry_after"] == 7


@pytest.mark.parametrize(
    ("status", "kind", "text"),
    [(200, "text/plain", "fine"), (304, "text/plain", ""), (404, "application/problem+json", '{"detail": "ours"}')],
    ids=["success", "unchanged", "problem"],
)
def test_what_is_no_foreign_error_passes_untouched(status: int, kind: str, text: str):
    assert sent(start(status, kind), body(text[:2], more=True), body(text[2:])) == (
        status,
        {b"Content-Type": kind.encode()},
        text.encode(),
    )


@pytest.mark.parametrize("status", [400, 403, 404, 405, 422, 500, 503])
def test_an_error_in_other_words_becomes_a_problem_without_them(status: int):
    found, headers, told = sent(
        start(status, "application/json", allow="GET", etag="secret"), body("secret ", True), body("detail")
    )
    assert (found, headers[b"content-type"], headers[b"allow"]) == (status, b"application/problem+json", b"GET")
    assert json.loads(told).keys() == {"type", "title", "status", "detail"}
    assert b"secret" not in told and b"etag" not in headers
    assert headers[b"content-length"] == str(len(told)).encode()
