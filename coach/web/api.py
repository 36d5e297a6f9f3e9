"""The programming interface under /api/v1: answers as JSON or as server-sent events, suggestions, documents, feedback."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from secrets import compare_digest
from typing import TYPE_CHECKING, Annotated, Any, Literal

import anyio.to_thread
from fastapi import Depends, FastAPI, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, StreamingResponse
from fastapi.security import HTTPBearer
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from coach.shapes import MAX_EARLIER, MAX_QUESTION, AnswerShape
from coach.types import Answer
from coach.web.described import description
from coach.web.embeds import Embed
from coach.web.feedback import keep
from coach.web.intake import address_of
from coach.web.limits import Caller, Limiter
from coach.web.problem import MEDIA_TYPE, problem, wait
from coach.wire import answer_json

if TYPE_CHECKING:
    from coach.pipeline import Coach
    from coach.web.config import WebConfig

logger = logging.getLogger(__name__)

_STRICT = ConfigDict(extra="forbid", strict=True)
_Message = Annotated[str, Field(min_length=1, max_length=MAX_QUESTION, pattern=r"\S")]


class Ask(BaseModel):
    """A question, and what the person asked before it, in order. The coach's own earlier answers are found again, never taken on trust."""

    model_config = _STRICT
    question: _Message
    turns: Annotated[list[_Message], Field(max_length=MAX_EARLIER)] = []


class Problem(BaseModel):
    """What went wrong (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str


class Suggestions(BaseModel):
    """Questions to start with, each of which the coach can answer."""

    suggestions: list[str]


class ShownSource(BaseModel):
    """Where a document's claims come from."""

    label: str
    url: str


class ShownDocument(BaseModel):
    """One document of the library."""

    id: str
    title: str
    kind: str
    roles: list[str]
    dimensions: list[str]
    sources: list[ShownSource]
    text: str


class Opinion(BaseModel):
    """What somebody thinks of an answer. Its words are kept only with `keep_text`, which the person must have chosen."""

    model_config = _STRICT
    rating: Literal["up", "down"]
    passages: Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=20)] = []
    question: Annotated[str, Field(max_length=MAX_QUESTION)] = ""
    comment: Annotated[str, Field(max_length=MAX_QUESTION)] = ""
    keep_text: bool = False


class Endpoints:
    """What can be asked for; each method is one address."""

    def __init__(self, coach: Coach, config: WebConfig, limiter: Limiter) -> None:
        self._coach = coach
        self._config = config
        self._limiter = limiter

    async def answers(self, ask: Ask, request: Request) -> Response:
        """One answer: JSON, or with `Accept: text/event-stream` a `sentence` event for each sentence as it is proved, then the whole as `answer`.

        The `answer` event is what counts: where a language model fails, it may say the whole in other words.
        """
        caller = Caller("", address_of(request.scope))
        if "text/event-stream" in request.headers.get("accept", ""):
            events = _events(self._coach, ask, self._limiter, caller)
            return StreamingResponse(events, media_type="text/event-stream", headers={"cache-control": "no-store"})
        with self._limiter.answering(caller) as refused:
            if refused:
                return wait(refused)
            return JSONResponse(answer_json(await anyio.to_thread.run_sync(_whole, self._coach, ask)))

    async def suggestions(
        self, embed: Annotated[str, Query(max_length=40)] = "", role: Annotated[str, Query(max_length=80)] = ""
    ) -> Suggestions:
        """Questions to start with, for an embed or for a role such as `vp-of-product`."""
        found = await anyio.to_thread.run_sync(suggested, self._coach, self._config.embeds.named.get(embed), role)
        return Suggestions(suggestions=list(found))

    async def document(self, document_id: str) -> ShownDocument:
        """One document, whole: citations count their characters in its text."""
        try:
            found = self._coach.document(document_id)
        except KeyError:
            raise HTTPException(404, "There is no document with this id.") from None
        return ShownDocument(
            id=found.id,
            title=found.title,
            kind=found.kind,
            roles=list(found.roles),
            dimensions=list(found.dimensions),
            sources=[ShownSource(label=s.label, url=s.url) for s in found.sources],
            text=found.text,
        )

    async def feedback(self, opinion: Opinion) -> Response:
        """Thumbs up or down on an answer made of these passages; the words of question and comment are kept only with `keep_text`."""
        if self._config.feedback:
            words = {"question": opinion.question, "comment": opinion.comment} if opinion.keep_text else {}
            # A name that the library does not have could be anything, also words that nobody agreed to have kept.
            kept = {"rating": opinion.rating, "passages": [p for p in opinion.passages if self._has(p)], **words}
            try:
                await anyio.to_thread.run_sync(keep, self._config.feedback, kept)
            except OSError as error:
                logger.warning("Feedback could not be written (%s); set COACH_FEEDBACK to a file that can be.", error.strerror)
                return problem(503, "Feedback cannot be kept at the moment.")
        return Response(status_code=204)

    def _has(self, passage_id: str) -> bool:
        try:
            self._coach.passage(passage_id)
        except KeyError:
            return False
        return True


class Cors:
    """Lets pages of the listed origins read what the interface answers, refusals at the door included; no other address is shared."""

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        self._app = app
        self._shared = CORSMiddleware(
            app,
            allow_origins=list(origins),
            allow_methods=["GET", "POST"],
            allow_headers=["Authorization", "Content-Type"],
            expose_headers=["Retry-After"],
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one connection."""
        ours = scope["type"] == "http" and scope["path"].startswith("/api/v1/")
        await (self._shared if ours else self._app)(scope, receive, send)


def build_api(coach: Coach, config: WebConfig, limiter: Limiter) -> FastAPI:
    """The application to mount under /api/v1."""
    api = FastAPI(
        title="Career coach",
        version="1",
        description="Answers only from a library of sourced pages; every sentence carries the exact words that prove it.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        servers=[{"url": "/api/v1"}],
        root_path_in_servers=False,
    )
    api.add_exception_handler(HTTPException, _on_http)
    api.add_exception_handler(RequestValidationError, _on_shape)
    ends = Endpoints(coach, config, limiter)
    # The description itself stays open: whoever has to send a token learns it there.
    gate = [Depends(_gate(config)), *([Depends(HTTPBearer(auto_error=False))] if config.api_token else [])]

    add = partial(api.add_api_route, dependencies=gate)
    streamed: dict[int | str, dict[str, Any]] = {200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}}
    answered = streamed | _problems(*_SENT, 429, 500, 503)
    add("/answers", ends.answers, methods=["POST"], response_model=AnswerShape, responses=answered)
    add("/suggestions", ends.suggestions, methods=["GET"], responses=_problems(*_ASKED))
    add("/documents/{document_id}", ends.document, methods=["GET"], responses=_problems(*_ASKED, 404))
    add("/feedback", ends.feedback, methods=["POST"], status_code=204, responses=_problems(*_SENT, 503))

    @api.get("/", include_in_schema=False)
    def described() -> HTMLResponse:
        return HTMLResponse(description(api.openapi()))

    return api


_ASKED = (400, 401, 403, 414, 422)
_SENT = (*_ASKED, 408, 413, 415)
_MEANING = {
    400: "Not to be read: no JSON, no UTF-8, too many fields", 401: "No token", 403: "A page of a foreign origin",
    404: "No such document", 408: "Too slow", 413: "Too large", 414: "The address is too long", 415: "Not sent as JSON",
    422: "Not of the right shape", 429: "Too many questions", 500: "Something went wrong here", 503: "Not at the moment",
}  # fmt: skip


def _problems(*codes: int) -> dict[int | str, dict[str, Any]]:
    shape = {MEDIA_TYPE: {"schema": Problem.model_json_schema()}}
    return {c: {"description": _MEANING[c], "content": shape} for c in sorted(codes)}


def suggested(coach: Coach, embed: Embed | None, role: str) -> Sequence[str]:
    """An embed's own suggestions, else questions on the role that its page is about, else the coach's examples."""
    return (embed.suggestions if embed else ()) or coach.examples_for(role) or coach.examples


def _whole(coach: Coach, ask: Ask) -> Answer:
    return coach.ask(ask.question, coach.recall(ask.turns))


def _steps(coach: Coach, ask: Ask) -> Iterator[Answer]:
    with closing(coach.stream(ask.question, coach.recall(ask.turns))) as stream:  # type: ignore[type-var]
        yield from stream


async def _events(coach: Coach, ask: Ask, limiter: Limiter, caller: Caller) -> AsyncIterator[str]:
    """Each new sentence as it is proved, and the whole in the end; the work ends when the reader leaves."""
    with limiter.answering(caller) as refused:
        if refused:
            yield _event("error", {"status": 503, "detail": refused.text, "retry_after": refused.seconds})
            return
        steps, shown, last = _steps(coach, ask), 0, None
        try:
            while (step := await anyio.to_thread.run_sync(next, steps, None)) is not None:
                last = answer_json(step)
                for sentence in last["sentences"][shown:]:
                    yield _event(
                        "sentence", sentence | {"proof": [c for c in last["citations"] if c["number"] in sentence["citations"]]}
                    )
                shown = max(shown, len(last["sentences"]))
            yield _event("answer", last or {})
        except Exception:
            logger.exception("An answer could not be finished.")
            yield _event(
                "error",
                {"status": 500, "detail": "Something went wrong here, and the answer could not be finished. Please ask again."},
            )
        finally:
            with anyio.CancelScope(shield=True):
                await anyio.to_thread.run_sync(steps.close)  # type: ignore[attr-defined]


def _event(name: str, data: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


def _gate(config: WebConfig) -> Callable[[Request], None]:
    """Who may call: with a token whoever has it, without one programs and the coach's own pages, but no page of another origin."""

    def gate(request: Request) -> None:
        origin = request.headers.get("origin")
        own = f"{request.scope['scheme']}://{request.headers.get('host', '')}"
        if origin == own and request.scope["path"].endswith("/feedback"):
            return  # the coach's own page, which has no token, says what somebody thinks of an answer
        if config.api_token:
            scheme, _, given = request.headers.get("authorization", "").partition(" ")
            if scheme.lower() != "bearer" or not compare_digest(given.strip().encode("latin-1"), config.api_token.encode()):
                raise HTTPException(
                    401,
                    "This interface needs a token: send the header Authorization: Bearer TOKEN.",
                    {"www-authenticate": "Bearer"},
                )
        listed = config.api_origins if config.api_token else ()
        if origin is not None and origin not in (own, *listed):
            raise HTTPException(
                403, "Pages of this origin may not call this interface; its owner can allow them with COACH_API_ORIGINS."
            )

    return gate


async def _on_http(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return problem(error.status_code, str(error.detail), error.headers)


async def _on_shape(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found = [{"where": ".".join(map(str, e["loc"])), "what": e["msg"]} for e in error.errors()[:5]]
    return problem(422, "; ".join(f"{e['where']}: {e['what']}" for e in found)[:500], errors=found)
