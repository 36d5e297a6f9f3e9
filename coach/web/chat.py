"""The chat page as Gradio Blocks: who said what is kept on the server, the browser only sends its newest message."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import gradio as gr

from coach.person import read_back, remember, spoken
from coach.shapes import MAX_QUESTION
from coach.web import furniture
from coach.web.api import suggested
from coach.web.embeds import Embeds
from coach.web.exchange import Conversation, Exchange, Status, history, next_number, settled
from coach.web.intake import Event
from coach.web.limits import Caller, Limiter
from coach.web.markup import clean
from coach.web.render import conversation_markup, exchange_markup

if TYPE_CHECKING:
    from coach.pipeline import Coach
    from coach.types import Answer

logger = logging.getLogger(__name__)

MAX_EXCHANGES = 100
"""Exchanges of one conversation; beyond that the page asks for a new one rather than growing without end."""

SESSIONS = 2_000
"""Conversations that are remembered at once; the oldest is forgotten for a new one, and its page says so."""

EMPTY_NOTICE = "There is no question yet. Type what you would like to know, or pick one of the suggestions."
LOST_NOTICE = (
    "The earlier part of this conversation is no longer in my memory. It stays on this page: download it if you like, "
    "then start a new conversation. What you just typed is still in the box."
)
FULL_NOTICE = (
    "This conversation has become very long. Download it if you like, then start a new one; what you just typed stays in the box."
)

Update = tuple[Any, Any, Any, Any]
"""What one step shows: earlier exchanges, the newest one, the notice above the box, and the conversation itself."""

# Our own elements announce themselves as events of this component; the payload is only ever read as text.
_EVENTS = """
element.dataset.coachEvents = '';
for (const name of ['ask', 'stop', 'clear'])
  element.addEventListener('coach:' + name, event => trigger(name, event.detail));
"""


def build_page(coach: Coach, embeds: Embeds | None = None, limiter: Limiter | None = None) -> gr.Blocks:
    """The whole page; mount it with `coach.web.app.create_app`, which adds style, script and protection."""
    embeds = embeds or Embeds()
    handlers = Handlers(coach, embeds, limiter or Limiter(embeds.limits))
    with gr.Blocks(title=furniture.TITLE, analytics_enabled=False, fill_width=True) as page:
        conversation = gr.State(())
        gr.HTML(furniture.HEADER, elem_id="coach-header", js_on_load=None, apply_default_css=False)
        with gr.Column(elem_id="coach-log"):
            past = gr.HTML("", elem_id="coach-past", js_on_load=None, apply_default_css=False)
            current = gr.HTML(handlers.welcome(), elem_id="coach-current", js_on_load=_EVENTS, apply_default_css=False)
        with gr.Column(elem_id="coach-composer"):
            notice = gr.HTML("", elem_id="coach-notice", js_on_load=None, apply_default_css=False)
            gr.HTML(furniture.composer(coach.has_model), js_on_load=None, apply_default_css=False)
        gr.HTML(furniture.PANEL, elem_id="coach-source", js_on_load=None, apply_default_css=False)

        outputs = [past, current, notice, conversation]
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        asking = current.ask(handlers.ask, [conversation], outputs, **quiet)
        current.stop(handlers.stop, [conversation], outputs, cancels=[asking], **quiet)
        current.clear(handlers.clear, None, outputs, cancels=[asking], **quiet)
        page.load(handlers.greet, [conversation], [current], **quiet)
    # Gradio would otherwise sum up the timings of its last 10,000 events after each one, for a monitor that is switched off.
    os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", str(10**9))
    os.environ.setdefault("GRADIO_ANALYTICS_MAX_EVENTS", "1")
    # More places than answers at once: who finds none free is told so at once and does not wait in line.
    page.queue(max_size=64, default_concurrency_limit=32)
    page.state_session_capacity = SESSIONS
    return page


def events_of(page: gr.Blocks) -> dict[int, Event]:
    """The page's events as Gradio numbers them."""
    return {
        number: Event(number, len(fn.inputs), any(target[1] == "ask" for target in fn.targets))
        for number, fn in page.fns.items()
        if fn.fn
    }


class Handlers:
    """What the page does when asked, stopped or cleared."""

    def __init__(self, coach: Coach, embeds: Embeds, limiter: Limiter) -> None:
        self._coach = coach
        self._embeds = embeds
        self._limiter = limiter

    def welcome(self) -> str:
        """The empty page, with examples that the corpus can answer today."""
        return furniture.welcome(self._coach.examples)

    def greet(self, conversation: Conversation, request: gr.Request) -> str | dict[str, Any]:
        """The empty page for a new visitor: the one in the page's own text was made when the server started."""
        unchanged: dict[str, Any] = gr.skip()
        return unchanged if conversation else self._welcome(request)

    def ask(self, conversation: Conversation, request: gr.Request, event: gr.EventData) -> Iterator[Update]:
        """Answers the newest message, sentence by sentence; a message that cannot be taken gets a notice and stays in the box."""
        with self._limiter.answering(_caller(request)) as refused:
            if refused:
                yield _refused(refused.text)
            else:
                yield from self._ask(conversation, event)

    def _ask(self, conversation: Conversation, event: gr.EventData) -> Iterator[Update]:
        conversation = settled(conversation)
        question, earlier = self._question(conversation, event)
        problem = LOST_NOTICE if _has_lost(conversation, event) else _problem(question, earlier)
        if problem:
            yield _refused(problem)
            return
        about = self._about(event, question)
        earlier = tuple(replace(x, about="") for x in earlier)  # only the newest is kept
        exchange = Exchange(next_number(conversation), question, about=about)  # a retry, too, gets a number of its own
        past = conversation_markup(earlier, self._coach.passage)
        yield past, self._show(exchange), "", (*earlier, exchange)
        shown = exchange
        for step in self._answers(exchange, earlier):
            # An unchanged step still lets the page end the work of a visitor who has left.
            yield gr.skip(), gr.skip() if step is shown else self._show(step), gr.skip(), (*earlier, step)
            shown = step

    def stop(self, conversation: Conversation) -> Update:
        """Keeps what has been said so far and says that it may be incomplete."""
        conversation = settled(conversation)
        if not conversation:
            return _refused(LOST_NOTICE)
        return gr.skip(), self._show(conversation[-1]), "", conversation

    def clear(self, request: gr.Request) -> Update:
        """Forgets the conversation."""
        return "", self._welcome(request), "", ()

    def _welcome(self, request: gr.Request) -> str:
        """The empty page of the embed, and for the role, that the page's address names."""
        embed = self._embeds.named.get(str(request.query_params.get("embed", "")))
        role = str(request.query_params.get("role", ""))[:80]
        return furniture.welcome(suggested(self._coach, embed, role), embed.greeting if embed else "")

    def _question(self, conversation: Conversation, event: gr.EventData) -> tuple[str, Conversation]:
        """The message, and the exchanges that came before it; a retry takes its question from the server's own memory."""
        data = _data(event)
        if data.get("retry") is True and conversation:
            return conversation[-1].question, conversation[:-1]
        question = data.get("question")
        return clean(question).strip() if isinstance(question, str) else "", conversation

    def _about(self, event: gr.EventData, question: str) -> str:
        """What the person has said about themselves by now; a question that is tried again says nothing new."""
        if not self._coach.has_model:
            return ""
        notes = read_back(_about(event))
        return spoken(notes if _data(event).get("retry") is True else remember(notes, question))

    def _answers(self, exchange: Exchange, earlier: Conversation) -> Iterator[Exchange]:
        """The exchange as its answer grows; an error ends it kindly instead of losing it."""
        try:
            # Closing the stream is what ends a model's work when the visitor leaves.
            with closing(_stream(self._coach, exchange, earlier)) as stream:
                for answer in stream:
                    if exchange.answer is None or answer.sentences != exchange.answer.sentences or answer.timings_ms:
                        exchange = replace(exchange, answer=answer)
                    yield exchange
            yield replace(exchange, status=Status.DONE)
        except Exception:
            logger.exception("An answer could not be finished.")
            yield replace(exchange, status=Status.FAILED)

    def _show(self, exchange: Exchange) -> str:
        return exchange_markup(exchange, self._coach.passage)


def _caller(request: gr.Request) -> Caller:
    client = request.client
    return Caller(request.session_hash or "", client.host if client else "")


def _stream(coach: Coach, exchange: Exchange, earlier: Conversation) -> Generator[Answer]:
    yield from coach.stream(exchange.question, history(earlier), exchange.about.splitlines())


def _refused(problem: str) -> Update:
    """Only the notice changes: the conversation and the visitor's text stay as they are."""
    return gr.skip(), gr.skip(), furniture.notice(problem, time.monotonic_ns()), gr.skip()


def _data(event: gr.EventData) -> dict[str, Any]:
    return event._data if isinstance(event._data, dict) else {}


def _about(event: gr.EventData) -> str:
    """What stands in the box of what the coach knows about the person; the browser has it, the server only reads it."""
    about = _data(event).get("about")
    return clean(about) if isinstance(about, str) else ""


def _has_lost(conversation: Conversation, event: gr.EventData) -> bool:
    """Whether the visitor sees a conversation that the server, restarted or after a long absence, no longer has."""
    return not conversation and bool(_data(event).get("after"))


def _problem(question: str, earlier: Conversation) -> str:
    if not question:
        return EMPTY_NOTICE
    if len(question) > MAX_QUESTION:
        return (
            f"That is {len(question):,} characters, and I can read up to {MAX_QUESTION:,} at a time. "
            "Your text is still in the box: shorten it, or ask it in two parts."
        )
    return FULL_NOTICE if len(earlier) >= MAX_EXCHANGES else ""
