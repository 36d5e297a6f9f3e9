"""Text -> safe markup: the one place where anything is escaped.

Corpus text, model text and visitors' text are all untrusted here. Nothing below lets a tag, an attribute or a link
through; what little Markdown a passage holds (paragraphs, lists, bold) is rebuilt from scratch.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise
from urllib.parse import urlsplit

from coach.types import Span

_DIRECTION_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LINE = re.compile(r"[ \t]*(?:(?P<bullet>[-*+])[ \t]+|(?P<number>\d{1,3})[.)][ \t]+|#{1,6}[ \t]+|>[ \t]?|)")
_INLINE = re.compile(
    r"(?P<strong>\*\*|__(?=\S)|(?<=\S)__)"
    r"|`|(?<!\S)\*(?=\S)|(?<=\S)\*(?=[\s.,;:!?)]|$)"
    r"|!?\[(?P<label>[^\[\]]*)\]\([^()\s]*\)"
)
_ADDRESS = re.compile(r"(?<![\w@./-])(https?://)?((?:[a-z0-9-]+\.)+[a-z]{2,}\b(?:/[\w/#?=%.-]*[\w/])?)", re.IGNORECASE)


def clean(text: str) -> str:
    """Text without control characters (newline and tab stay), lone surrogates and direction overrides."""
    if text.isprintable():
        return text
    return "".join(c for c in text if c in "\n\t" or not (unicodedata.category(c) in ("Cc", "Cs") or c in _DIRECTION_CONTROLS))


def escape(text: str) -> str:
    """Text that is safe between tags and inside a quoted attribute."""
    return html.escape(clean(text), quote=True)


def safe_url(url: str) -> str:
    """The address, escaped, when it is a plain web address; otherwise nothing, also where a name before an @ could pass for the host."""
    try:
        parts = urlsplit(clean(url).strip())
    except ValueError:
        return ""
    return escape(parts.geturl()) if parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc else ""


def link(url: str, text: str) -> str:
    """A link that opens in a new tab and tells the other side nothing, or just the text when the address is unsafe."""
    address = safe_url(url)
    return f'<a href="{address}" target="_blank" rel="noopener noreferrer">{escape(text)}</a>' if address else escape(text)


def linked(markup: str) -> str:
    """Escaped text in which web addresses, also bare ones such as "example.org", can be followed."""
    return _ADDRESS.sub(lambda m: link(html.unescape(m[1] or "https://") + html.unescape(m[2]), html.unescape(m[0])), markup)


def blocks(text: str, marks: Sequence[Span] = ()) -> str:
    """Paragraphs and lists of a text, with the given spans of it (in characters of `text`) highlighted."""
    parts: list[str] = []
    for kind, lines in _grouped(text):
        if kind == "p":
            body = "<br>".join(_inline(text, start, end, marks) for start, end in lines)
            parts.append(f"<p>{body}</p>")
        else:
            items = "".join(f"<li>{_inline(text, start, end, marks)}</li>" for start, end in lines)
            parts.append(f"<{kind}>{items}</{kind}>")
    return "".join(parts)


def _grouped(text: str) -> Iterator[tuple[str, list[Span]]]:
    """Neighbouring lines of one kind ("p", "ul", "ol") with the span of each line's visible text."""
    kind, lines = "", list[Span]()
    for match in re.finditer(r"[^\n]+|\n[ \t]*(?=\n)", text):
        start, end = match.span()
        if not match.group().strip():
            line_kind = ""
        else:
            head = _LINE.match(text, start, end)
            line_kind = "p" if head is None or head["bullet"] is head["number"] else "ul" if head["bullet"] else "ol"
            start = head.end() if head else start
        if line_kind != kind:
            if lines:
                yield kind, lines
            kind, lines = line_kind, []
        if line_kind:
            lines.append((start, end))
    if lines:
        yield kind, lines


def _inline(text: str, start: int, end: int, marks: Sequence[Span]) -> str:
    """One line: Markdown's inline signs dropped, bold kept, marks put around exactly their characters."""
    parts: list[str] = []
    strong = False
    at = start
    for token in _INLINE.finditer(text, start, end):
        parts.append(_run(text, at, token.start(), strong, marks))
        if token["label"] is not None:
            parts.append(_run(text, *token.span("label"), strong, marks))
        elif token["strong"]:
            strong = not strong
        at = token.end()
    parts.append(_run(text, at, end, strong, marks))
    return "".join(parts)


def _run(text: str, start: int, end: int, strong: bool, marks: Sequence[Span]) -> str:
    """Characters of one weight, cut at the edges of the marks so that tags never cross."""
    edges = sorted({start, end, *(edge for span in marks for edge in span if start < edge < end)})
    parts: list[str] = []
    for left, right in pairwise(edges):
        piece = escape(text[left:right])
        if strong:
            piece = f"<strong>{piece}</strong>"
        if any(a <= left and right <= b for a, b in marks):
            piece = f"<mark>{piece}</mark>"
        parts.append(piece)
    return "".join(parts)
