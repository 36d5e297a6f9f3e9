"""A conversation as Markdown with its sources, for keeping or sending to a mentor."""

from __future__ import annotations

import re

from coach.types import OWN, Answer, Citation, Layout, Voice
from coach.vocabulary import ROLE_LABELS
from coach.web.exchange import Exchange, Status
from coach.web.markup import clean, safe_url

EXPORT_HEAD = (
    "# Conversation with the career coach\n\n"
    "The coach is an AI assistant that answers only from its library; the numbers point to the words each sentence rests on.\n"
)
_SPECIAL = re.compile(r"([\\`*_\[\]<>~|]|&(?=#?\w+;))")
_OPENING = re.compile(r"^(#|[-+=]|\d{1,9}(?=[.)]))")  # what begins a heading, a list, a rule, where it begins a line


def exchange_markdown(exchange: Exchange) -> str:
    """One question, its answer and the quoted sources."""
    lines = [f"## {_plain(exchange.question)}", ""]
    answer = exchange.answer
    if answer is not None:
        if answer.note:
            lines += [_note(answer.note), ""]
        if answer.sentences:
            lines += [*_sentences(answer), "", f"({_plain(answer.making.text)})", ""]
        if answer.nearest_topics:
            lines += ["What the library covers:", "", *(f"- {_plain(topic)}" for topic in answer.nearest_topics), ""]
        if answer.citations:
            lines += ["Sources:", "", *(_source(c) for c in answer.citations), ""]
    if exchange.status is not Status.DONE:
        lines += ["(This answer was not finished.)", ""]
    return "\n".join(lines)


def _sentences(answer: Answer) -> list[str]:
    texts = [
        f"{OWN if s.voice is Voice.COACH else ''}{_plain(s.text)}{''.join(f' [{n}]' for n in s.citations)}"
        for s in answer.sentences
    ]
    if answer.layout is Layout.STEPS:
        return [f"{number}. {text}" for number, text in enumerate(texts, 1)]
    if answer.layout is Layout.LIST:
        return [f"- {text}" for text in texts]
    if answer.layout is Layout.COMPARISON:
        sides = [f"{_plain(ROLE_LABELS.get(s.role, s.role))}: " if s.role else "" for s in answer.sentences]
        return [f"- {side}{text}" for side, text in zip(sides, texts, strict=True)]
    return [" ".join(texts)]


def _source(citation: Citation) -> str:
    held = dict.fromkeys(_plain(part) for part in (citation.title, citation.source) if part)
    address = clean(citation.url).strip()
    linked = [f"<{address}>"] if safe_url(address) and not re.search(r"[\s<>]", address) else []
    return f'- [{citation.number}] "{_plain(citation.quote)}" ({"; ".join([*held, *linked])})'


def _plain(text: str) -> str:
    """Text on one line, without any Markdown meaning."""
    return _unopened(" ".join(_escape(text).split()))


def _note(text: str) -> str:
    """The coach's own words, which may hold a list with dashes and no other Markdown."""
    lines = [line.strip() for line in _escape(text).splitlines()]
    return "\n".join(f"- {_unopened(line[2:])}" if line.startswith("- ") else _unopened(line) for line in lines)


def _unopened(line: str) -> str:
    """A line that is a paragraph, whatever it begins with."""
    return _OPENING.sub(lambda m: f"{m[1]}\\" if m[1].isdigit() else f"\\{m[1]}", line, count=1)


def _escape(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", clean(text))
