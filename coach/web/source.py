"""The panel beside an answer: the passage a sentence rests on, with the exact quoted words marked in it."""

from __future__ import annotations

from coach.types import Citation, Passage, Span
from coach.web.markup import blocks, escape, link, safe_url


def quoted_span(citation: Citation, passage: Passage) -> Span | None:
    """Where the quote stands in the passage's own text; None when the passage has changed and no longer holds it."""
    start, end = citation.start - passage.start, citation.end - passage.start
    if 0 <= start < end and passage.text[start:end] == citation.quote:
        return start, end
    found = passage.text.find(citation.quote) if citation.quote else -1
    return (found, found + len(citation.quote)) if found >= 0 else None


def source_panel(citation: Citation, passage: Passage | None, count: int) -> str:
    """Everything the panel shows for one citation of an answer with `count` of them."""
    heading = citation.heading or citation.title
    span = quoted_span(citation, passage) if passage else None
    body = blocks(passage.text, [span]) if passage and span else blocks(citation.quote, [(0, len(citation.quote))])
    where = f'<p class="document">{escape(citation.title)}</p>' if citation.title != heading else ""
    return (
        f'<p class="eyebrow">Source {citation.number} of {count}</p>'
        f'<h2 tabindex="-1">{escape(heading)}</h2>{where}'
        f'<div class="passage">{body}</div>'
        f'<p class="legend">The answer rests on the <mark>marked words</mark>.</p>'
        f'<footer><h3 class="eyebrow">Where it comes from</h3><ul class="held">{_held(citation, passage)}</ul></footer>'
    )


def _held(citation: Citation, passage: Passage | None) -> str:
    """Each source behind the quote with its own address; one line when the passage does not tell them apart."""
    named = [s for s in passage.sources if s.label and s.label in citation.source] if passage else []
    if not named:
        return _source(citation.source or citation.title, citation.url)
    return "".join(_source(source.label, source.url) for source in named)


def _source(label: str, url: str) -> str:
    outside = f" {link(url, 'Open the original')}" if safe_url(url) else ""
    return f"<li>{escape(label)}{outside}</li>"
