"""(history, message) + chat model -> the message as a complete question. A reading beside the ones by rules, never instead of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import closing

from coach.index import terms, words
from coach.prompt import rewrite_prompt
from coach.statement import denials
from coach.types import ChatModel, Turn

TURNS = 3  # of the history that a model is shown
LONGEST = 300  # characters of a question
_LABEL = re.compile(r"^(?:[-*\u2022>\s]*(?:(?:complete|standalone|rewritten) )?(?:question|answer|message)\s*:\s*|[\"'\u201c\s]+)", re.IGNORECASE)  # fmt: skip


def reword(model: ChatModel, history: Sequence[Turn], message: str) -> str:
    """The complete question in a model's words, "" where it gives none or adds what nobody said. Raises ModelError."""
    said = ""
    with closing(model(rewrite_prompt(history[-TURNS:], message))) as pieces:
        for piece in pieces:
            said += piece
            if len(said) > LONGEST or "?" in said or "\n" in said.strip():
                break
    text = _LABEL.sub("", said.strip().split("\n")[0]).partition("?")[0].strip(" \"'\u201d.")
    return f"{text}?" if text and len(text) < LONGEST and not adds(text, history[-TURNS:], message) else ""


def adds(text: str, history: Sequence[Turn], message: str) -> bool:
    """Whether a question holds a content word, a number or a denial that neither the message nor the conversation has."""
    said = [message, *(part for turn in history for part in (turn.question, turn.standalone_question, turn.answer))]
    known = {term for part in said for term in terms(part)}
    asked = [message, *(turn.standalone_question for turn in history)]
    denied = denials(words(text)) and not any(denials(words(part)) for part in asked)
    return bool(denied) or not set(terms(text)) <= known
