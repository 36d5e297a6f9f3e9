"""One question and what became of it, as the server remembers it; knows nothing of markup or Gradio."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from coach.types import Answer, Turn

HISTORY_TURNS = 20
"""How many finished turns the coach is given; older ones no longer decide what "that" means."""


class Status(StrEnum):
    """Where an exchange stands."""

    WORKING = "working"
    DONE = "done"
    STOPPED = "stopped"  # by the visitor, or because the connection went away
    FAILED = "failed"


@dataclass(frozen=True, slots=True, eq=False)
class Exchange:
    """A question and its answer so far. Compared by identity: an answer may hold mappings, which have no hash."""

    number: int
    question: str
    answer: Answer | None = None
    status: Status = Status.WORKING
    about: str = ""
    """What the person has said about themselves by now, as lines that they can edit."""

    @property
    def working(self) -> bool:
        """Whether more of the answer is still to come."""
        return self.status is Status.WORKING


Conversation = tuple[Exchange, ...]


def history(conversation: Conversation) -> list[Turn]:
    """The finished turns that a new question may refer to."""
    done = [x.answer for x in conversation if x.status is Status.DONE and x.answer is not None]
    return [Turn.of(answer) for answer in done[-HISTORY_TURNS:]]


def settled(conversation: Conversation) -> Conversation:
    """The conversation with anything half-finished marked as stopped, since nobody is working on it any more."""
    return tuple(_stopped(x) if x.working else x for x in conversation)


def _stopped(exchange: Exchange) -> Exchange:
    return replace(exchange, status=Status.STOPPED)


def next_number(conversation: Sequence[Exchange]) -> int:
    """The number of the next exchange; never used twice in a conversation, so that the page can tell old from new."""
    return conversation[-1].number + 1 if conversation else 1
