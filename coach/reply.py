"""What a chat model writes -> sentences, each as soon as it is whole, without Markdown and with the numbers that it cites."""

from __future__ import annotations

import re
from collections.abc import Iterator

from coach.own_words import voice_of
from coach.types import Voice

MAX_LENGTH = 600  # characters of a sentence; more without an end is none

_CITED = re.compile(r"\s*[\[【(]\s*(?:statements?\s*)?(\d{1,3}(?:\s*(?:[,;&-]|and)\s*\d{1,3})*)\s*[\]】)]", re.IGNORECASE)
_BULLET = re.compile(r"^\s*(?:[-*\u2022#>]+\s+|\d{1,2}[.)]\s+)+")
# A "yes" or "no" answers the question, which the check does not see; a word that only joins says nothing.
_OPENER = re.compile(r"^(?:(?:yes|no|not quite|in short|in brief|also|however|besides|moreover|in addition|so|then|and|but)(?:, (?:not (?:quite|really)|partly|it does|it is|they do|that is right))?\s*[,:;.\u2013\u2014-]+\s+)+", re.IGNORECASE)  # fmt: skip
_MARKS = re.compile(r"\*\*|__|`|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)")
# The end of a sentence: a mark with its citations, then a space; at the end of what has come so far only when the sentence cites already.
_END = re.compile(r"[.!?…:][\"'”’)]*(?:\s*[\[【]\d[\d,;&\s-]*[\]】])*(?=\s+[^\s\[【])|\n")
_CITES_AND_ENDS = re.compile(r"[\]】]\s*[.!?:…]\s*$|[.!?…][\"'”’]*(?:\s*[\[【]\d[\d,;&\s-]*[\]】])+\s*$")
_ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|etc|vs|mr|mrs|ms|dr|st|no|approx|inc|ltd)|\b[A-Z]|^\s*\d{1,2})\.$", re.IGNORECASE)


def sentences_of(pieces: Iterator[str]) -> Iterator[str]:
    """The sentences of a text that comes in pieces, each as soon as it is whole; what breaks off without an end is left out."""
    held = ""
    for piece in pieces:
        held += piece
        while cut := _first_end(held):
            whole, held = held[:cut].strip(), held[cut:].lstrip(" ")
            if whole:
                yield whole
        if _CITES_AND_ENDS.search(held):
            yield held.strip()
            held = ""
        if len(held) > MAX_LENGTH:
            return
    if held.strip().endswith((".", "!", "?", "…", "]", '"', "”")):
        yield held.strip()


def _first_end(text: str) -> int:
    """Where the first whole sentence of a text ends, 0 when none does."""
    for found in _END.finditer(text):
        before = text[: found.start() + 1]
        if _ABBREVIATION.search(before) or (found[0].startswith(":") and voice_of(before.strip()) is not Voice.LINK):
            continue
        return found.end()
    return 0


def tidy(sentence: str) -> tuple[str, tuple[int, ...]]:
    """A sentence without bullets, marks, citations and a bare "yes" or "so" at its beginning, and the numbers that it cites."""
    numbers = tuple(int(n) for found in _CITED.findall(sentence) for n in re.findall(r"\d+", found))
    text = _MARKS.sub("", _BULLET.sub("", _CITED.sub("", sentence)))
    text = _OPENER.sub("", re.sub(r"\s+([.,;:!?])", r"\1", " ".join(text.split())))
    return text[:1].upper() + text[1:], tuple(dict.fromkeys(numbers))
