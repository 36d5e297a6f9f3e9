"""A conversation as Markdown with its sources, for keeping or sending to a mentor."""

from __future__ import annotations

import re

from coach.types import Citation
from coach.web.exchange import Exchange, Status
from coach.web.markup import clean, safe_url

EXPORT_HEAD = (
    "# Conversation with the career coach\n\n"
    "The coach is an AI assistant that answers only from its library; the numbers point to the words each sentence rests on.\n"
)
_SPECIAL = re.compile(r"([\\`*_\[\]<>])")


def exchange_markdown(exchange: Exchange) -> str:
    """One question, its answer and the quoted sources."""
    lines = [f"## {_plain(exchange.question)}", ""]
    answer = exchange.answer
    if answer is not None:
        if answer.note:
            lines += [_escape(answer.note), ""]
        if answer.sentences:
            steps = answer.layout == "steps"
            texts = [f"{_plain(s.text)}{''.join(f' [{n}]' for n in s.citations)}" for s in answer.sentences]
            lines += [f"{i}. {text}" for i, text in enumerate(texts, 1)] if steps else [" ".join(texts)]
            lines.append("")
        if answer.nearest_topics:
            lines += ["What the library covers:", "", *(f"- {_plain(topic)}" for topic in answer.nearest_topics), ""]
        if answer.citations:
            lines += ["Sources:", "", *(_source(c) for c in answer.citations), ""]
    if exchange.status is not Status.DONE:
        lines += ["(This answer was not finished.)", ""]
    return "\n".join(lines)


def _source(citation: Citation) -> str:
    parts = [f'[{citation.number}] "{_plain(citation.quote)}"', _plain(citation.title)]
    if citation.source and citation.source != citation.title:
        parts.append(_plain(citation.source))
    address = clean(citation.url).strip()
    if safe_url(address) and not re.search(r"[\s<>]", address):
        parts.append(f"<{address}>")
    return "- " + ". ".join(part.rstrip(".") for part in parts)


def _plain(text: str) -> str:
    """Text on one line, without any Markdown meaning."""
    return " ".join(_escape(text).split())


def _escape(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", clean(text))
