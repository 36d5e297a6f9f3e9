"""The shapes of what `coach.wire` writes, for interfaces that describe themselves to programs."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from coach.types import Citation, Layout, Making, Outcome, Voice

MAX_QUESTION = 2_000
"""Characters of one message; enough for a long story, little enough to answer well."""
MAX_EARLIER = 20
"""Earlier messages that are taken with a question; each is answered again, since no conversation is kept for programs."""


class _Shape(BaseModel):
    model_config = ConfigDict(extra="allow")  # a name that coach/wire.py gains is passed on


class SentenceShape(_Shape):
    """One sentence of an answer; `citations` are numbers of the answer's citations."""

    text: str
    citations: list[int]
    supported: bool
    score: float
    role: str
    voice: Voice
    claim: str


class AnswerShape(_Shape):
    """An answer as coach/wire.py writes it, with the proof of every sentence."""

    question: str
    standalone_question: str
    outcome: Outcome
    text: str
    layout: Layout
    sentences: list[SentenceShape]
    citations: list[Citation]
    follow_ups: list[str]
    nearest_topics: list[str]
    making: Making
    timings_ms: dict[str, float]


class EvidenceShape(_Shape):
    """A passage of the library with its score and the parts of it."""

    passage_id: str
    document_id: str
    score: float
    text: str
    heading: str
    parts: dict[str, float]


class SearchShape(_Shape):
    """The passages nearest to a query, best first."""

    results: list[EvidenceShape]
