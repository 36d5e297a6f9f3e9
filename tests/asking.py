"""Conversations with a coach, corpora of an owner's own, and the proof of an answer."""

from __future__ import annotations

import os
from pathlib import Path

from coach.care import Care
from coach.corpus import plain
from coach.encoder import Encoder
from coach.gate import Gate
from coach.grounding import Checker
from coach.pipeline import Coach
from coach.settings import Settings
from coach.sync import sync
from coach.types import Answer, Outcome

REFUSED = (Outcome.NO_EVIDENCE, Outcome.OUT_OF_SCOPE)
OWN_PAGES = {
    "office-dog.txt": "Biscuit, the office dog, may visit on Tuesdays and Thursdays.\n",
    "parental-leave.txt": "Parents get 26 weeks of paid parental leave after the birth of a child.\n",
    "ladder.md": (
        "# Engineering ladder\n\n## What is expected of a staff engineer?\n\nA staff engineer leads the design of systems that span several teams. "
        "A staff engineer mentors senior engineers.\n"
    ),
}


def converse(coach: Coach, *messages: str) -> Answer:
    """The last answer of a conversation; the coach's own answers are the history."""
    return coach.converse(messages)


def write_pages(folder: Path, pages: dict[str, str] = OWN_PAGES) -> Path:
    """A corpus folder with these files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def coach_over(corpus: Path, root: Path, encoder: Encoder) -> Coach:
    """A coach over the synced index of a folder."""
    sync(corpus, root, encoder)
    return Coach(root, encoder, Gate.load(), Care.load(), Checker.load(Settings.from_mapping(os.environ).cache))


def assert_proved(coach: Coach, answer: Answer) -> None:
    """Every sentence cites, every citation holds the document's exact characters, every sentence's words stand in its quotes."""
    quotes = {c.number: c for c in answer.citations}
    assert len(quotes) == len(answer.citations)
    for citation in answer.citations:
        document = coach.document(citation.document_id)
        assert document.text[citation.start : citation.end] == citation.quote
        passage = coach.passage(citation.passage_id)
        assert passage.start <= citation.start < citation.end <= passage.end
        assert citation.document_id == passage.document_id
    for sentence in answer.sentences:
        assert sentence.citations, sentence.text
        assert sentence.text in " ".join(plain(quotes[n].quote) for n in sentence.citations)
    assert {n for s in answer.sentences for n in s.citations} == set(quotes)
