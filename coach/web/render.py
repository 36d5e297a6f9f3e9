"""Answer -> markup, as pure functions; every piece of text goes through `markup`, which escapes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import zip_longest

from coach.types import Answer, Citation, Layout, Outcome, Passage, Sentence, Voice
from coach.vocabulary import ROLE_LABELS
from coach.web.exchange import Exchange, Status
from coach.web.export import exchange_markdown
from coach.web.markup import blocks, escape, linked
from coach.web.source import source_panel

Lookup = Callable[[str], Passage]
"""Passage id -> passage; KeyError when the corpus no longer has it."""

_EYEBROWS = {
    Outcome.NO_EVIDENCE: "My library does not cover this",
    Outcome.OUT_OF_SCOPE: "Outside what I can help with",
}
_LONG_WORD = 24
_NEAREST = "What I can tell you about"
_FOLLOW_UPS = "You could ask next"
_WORKING = '<p class="working"><span class="dots" aria-hidden="true"><i></i><i></i><i></i></span>Reading the library</p>'
_RATE = (
    '<span class="rate" role="group" aria-label="Was this helpful?"><button type="button" class="action" data-act="up">Helpful</button>'
    '<button type="button" class="action" data-act="down">Not helpful</button></span>'
)
_STATUS_NOTES = {
    Status.FAILED: "Something went wrong on my side, and this answer could not be finished. Your question is kept: try again.",
    Status.STOPPED: "Stopped. What you see above may be incomplete.",
}


def conversation_markup(exchanges: Iterable[Exchange], lookup: Lookup) -> str:
    """Earlier exchanges, without the things that only make sense under the newest answer."""
    return "".join(exchange_markup(exchange, lookup, latest=False) for exchange in exchanges)


def exchange_markup(exchange: Exchange, lookup: Lookup, *, latest: bool = True) -> str:
    """One question with its answer so far, its sources, and what can be done next."""
    answer = exchange.answer
    number = exchange.number
    parts = [f'<h2 class="question"><span class="vh">You asked: </span>{_lines(exchange.question)}</h2>']
    if answer is not None and (answer.sentences or answer.note):
        parts.append(_answer(number, answer))
    if exchange.working:
        parts.append(_WORKING)
    elif exchange.status in _STATUS_NOTES:
        parts.append(f'<p class="status">{escape(_STATUS_NOTES[exchange.status])}</p>')
    if not exchange.working:
        parts.append(_making(answer) if answer else "")
        parts.append(_sources(number, answer.citations, lookup) if answer else "")
        parts.append(_actions(exchange, latest))
        parts.append(_suggestions(answer) if answer and latest else "")
        parts.append(f'<pre class="export" hidden>{escape(exchange_markdown(exchange))}</pre>')
    if latest and exchange.about:
        parts.append(f'<pre class="about-you" hidden>{escape(exchange.about)}</pre>')
    outcome = answer.outcome.value if answer else ""
    used = " ".join(dict.fromkeys(c.passage_id for c in answer.citations)) if answer else ""
    state = (
        f'data-number="{number}" data-status="{exchange.status.value}" data-outcome="{outcome}" data-passages="{escape(used)}"'
    )
    return f'<article class="exchange" {state} aria-busy="{str(exchange.working).lower()}">{"".join(parts)}</article>'


def _making(answer: Answer) -> str:
    """How the answer was made; first and plainly, why a language model's words did not stand where they did not."""
    if not answer.sentences:
        return ""
    note = f'<p class="status">{escape(answer.making.note)}</p>' if answer.making.note else ""
    own = " In italics: the coach's own words." if any(s.voice is Voice.COACH for s in answer.sentences) else ""
    return f'{note}<p class="made">{escape(replace(answer.making, note="").text + own)}</p>'


def suggestion_chips(label: str, questions: Sequence[str]) -> str:
    """Questions as buttons that ask themselves."""
    if not questions:
        return ""
    items = "".join(f'<li><button type="button" class="chip" data-ask>{escape(q)}</button></li>' for q in questions)
    return f'<div class="suggestions"><h3>{escape(label)}</h3><ul>{items}</ul></div>'


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def _answer(number: int, answer: Answer) -> str:
    outcome = answer.outcome
    body = _body(number, answer)
    if outcome in _EYEBROWS:
        return f'<div class="answer card refusal"><p class="eyebrow">{escape(_EYEBROWS[outcome])}</p>{body}</div>'
    if outcome is Outcome.CARE:
        return f'<div class="answer card care">{linked(body)}</div>'
    return f'<div class="answer">{body}</div>'


def _body(number: int, answer: Answer) -> str:
    note = f'<div class="note">{blocks(answer.note)}</div>' if answer.note else ""
    if not answer.sentences:
        return note
    if answer.layout is Layout.STEPS:
        return note + f'<ol class="steps">{_items(number, answer)}</ol>'
    if answer.layout is Layout.LIST:
        return note + f'<ul class="points">{_items(number, answer)}</ul>'
    if answer.layout is Layout.COMPARISON and len({s.role for s in answer.sentences if s.role}) == 2:
        return note + _comparison(number, answer)
    return note + _prose(number, answer)


def _prose(number: int, answer: Answer) -> str:
    """The sentence that answers first, with what leads up to it, then the others; the coach's closing words by themselves."""
    end = 1 + next(n for n, s in enumerate(answer.sentences) if s.voice is Voice.CORPUS)
    rest = [s for s in answer.sentences[end:] if s.voice is not Voice.COACH]
    own = [s for s in answer.sentences[end:] if s.voice is Voice.COACH]
    first = f'<p class="lead">{_run(number, answer.sentences[:end], answer.citations)}</p>'
    return first + "".join(f"<p>{_run(number, part, answer.citations)}</p>" for part in (rest, own) if part)


def _items(number: int, answer: Answer) -> str:
    return "".join(f"<li>{_run(number, [s], answer.citations)}</li>" for s in answer.sentences)


def _comparison(number: int, answer: Answer) -> str:
    """Two roles side by side, row by row; sentences about neither or both stand above and below the table."""
    sentences = answer.sentences
    roles = list(dict.fromkeys(s.role for s in sentences if s.role))
    first = next(i for i, s in enumerate(sentences) if s.role)
    columns = [[s for s in sentences if s.role == role] for role in roles]
    labels = [escape(ROLE_LABELS.get(role, role)) for role in roles]
    head = "".join(f'<th scope="col" role="columnheader">{label}</th>' for label in labels)
    rows = []
    for pair in zip_longest(*columns):
        cells = (
            f'<td role="cell" data-role="{label}">{_run(number, [s], answer.citations) if s else ""}</td>'
            for label, s in zip(labels, pair, strict=True)
        )
        rows.append(f'<tr role="row">{"".join(cells)}</tr>')
    # The roles are spelled out because a phone shows the rows as blocks, which would otherwise end the table's meaning.
    table = (
        f'<table role="table" class="comparison"><thead role="rowgroup"><tr role="row">{head}</tr></thead>'
        f'<tbody role="rowgroup">{"".join(rows)}</tbody></table>'
    )
    lead = [s for s in sentences[:first] if not s.role]
    rest = [s for s in sentences[first:] if not s.role]
    before = f"<p>{_run(number, lead, answer.citations)}</p>" if lead else ""
    after = f"<p>{_run(number, rest, answer.citations)}</p>" if rest else ""
    return before + table + after


def _run(number: int, sentences: Sequence[Sentence], citations: Sequence[Citation]) -> str:
    """Sentences in a row, each followed by the numbers of the sources that prove it."""
    by_number = {c.number: c for c in citations}
    parts = []
    for sentence in sentences:
        markers = "".join(_marker(number, by_number[n]) for n in sentence.citations if n in by_number)
        words, space, last = sentence.text.rpartition(" ")
        # A number alone at the start of a line reads as if it belonged to the next sentence.
        kept = f'<span class="keep">{escape(last)}{markers}</span>' if len(last) < _LONG_WORD else escape(last) + markers
        own = sentence.voice is Voice.COACH
        label = '<span class="vh">The coach\'s own words: </span>' if own else ""
        parts.append(f'<span class="sentence{" own" if own else ""}">{label}{escape(words + space)}{kept}</span>')
    return " ".join(parts)


def _marker(number: int, citation: Citation) -> str:
    label = escape(f"Source {citation.number}: {citation.heading or citation.title}")
    return (
        f'<button type="button" class="cite" data-source="{number}-{citation.number}" aria-haspopup="dialog" '
        f'aria-label="{label}"><span>[</span>{citation.number}<span>]</span></button>'
    )


def _sources(number: int, citations: Sequence[Citation], lookup: Lookup) -> str:
    """The list of sources under an answer, and what the panel beside it shows for each, ready but hidden."""
    if not citations:
        return ""
    rows, panels = [], []
    for c in citations:
        rows.append(
            f'<li><button type="button" class="source-row" data-source="{number}-{c.number}" aria-haspopup="dialog">'
            f'<span class="n">{c.number}</span><span class="what"><span class="heading">{escape(c.heading or c.title)}</span> '
            f'<span class="label">{escape(c.source or c.title)}</span></span></button></li>'
        )
        panels.append(f'<div data-panel="{number}-{c.number}">{source_panel(c, _passage(c, lookup), len(citations))}</div>')
    count = f"{len(citations)} source{'s' if len(citations) != 1 else ''}"
    return (
        f'<details class="sources"><summary>{count}</summary><ul>{"".join(rows)}</ul></details>'
        f'<div class="panels" hidden>{"".join(panels)}</div>'
    )


def _passage(citation: Citation, lookup: Lookup) -> Passage | None:
    try:
        return lookup(citation.passage_id)
    except KeyError:
        return None


def _actions(exchange: Exchange, latest: bool) -> str:
    copy = '<button type="button" class="action" data-act="copy">Copy</button>' if exchange.answer else ""
    caring = exchange.answer is not None and exchange.answer.outcome is Outcome.CARE
    retry = '<button type="button" class="action" data-act="retry">Try again</button>' if latest and not caring else ""
    return f'<div class="actions">{copy}{retry}{_RATE if exchange.answer and not caring else ""}</div>'


def _suggestions(answer: Answer) -> str:
    nearest = suggestion_chips(_NEAREST, answer.nearest_topics)
    return nearest + suggestion_chips(_FOLLOW_UPS, answer.follow_ups)
