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
    label = citation.source or citation.title
    held = f'<p class="held">{escape(label)}</p>'
    outside = f'<p class="outside">{link(citation.url, "Open the original")}</p>' if safe_url(citation.url) else ""
    return (
        f'<p class="eyebrow">Source {citation.number} of {count}</p>'
        f'<h2 tabindex="-1">{escape(heading)}</h2>{where}'
        f'<div class="passage">{body}</div>'
        f'<p class="legend">The answer rests on the <mark>marked words</mark>.</p>'
        f'<footer><p class="eyebrow">Where it comes from</p>{held}{outside}</footer>'
    )
