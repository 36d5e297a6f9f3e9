"""What a chat model writes -> sentences, each as soon as it is whole, without Markdown and with the numbers that it cites."""

from __future__ import annotations

import re
from collections.abc import Iterator

from coach.own_words import voice_of
from coach.types import Voice

MAX_LENGTH = 600  # characters of a sentence; more without an end is none

_ONE = r"[\[【(]\s*(?:statements?\s*)?\d{1,3}(?:\s*(?:[,;&\u2013-]|and)\s*\d{1,3})*\s*[\]】)]"
_CITED = re.compile(rf"\s*{_ONE}(?:\s*(?:[,;&]|and)?\s*{_ONE})*", re.IGNORECASE)
_NUMBER = re.compile(r"(\d+)(?:\s*[\u2013-]\s*(\d+))?")
_BULLET = re.compile(r"^\s*(?:[-*\u2022\u2013\u2014#>]+\s+|\d{1,2}[.)](?:\s+|$))+")
# A "yes" or "no" answers the question, which the check does not see; a word that only joins says nothing.
_OPENER = re.compile(r"^(?:(?:yes|no|not quite|in short|in brief|also|however|besides|moreover|in addition|so|then|and|but)(?:, (?:not (?:quite|really)|partly|it does|it is|they do|that is right))?\s*[,:;.\u2013\u2014-]+\s+)+", re.IGNORECASE)  # fmt: skip
_MARKS = re.compile(r"\*\*|__|`|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)")
_CLOSING = "[\"'”’)*_`]*"
_NUMBERS = r"(?:\s*[\[【]\d[\d,;&\s\u2013-]*[\]】])"
# The end of a sentence: a mark with its citations, then a space; at the end of what has come so far only when the sentence cites already.
_END = re.compile(rf"[.!?…:]{_CLOSING}{_NUMBERS}*(?=\s+[^\s\[【])|\n")
_CITES_AND_ENDS = re.compile(rf"(?:[\]】]\s*[.!?…]|[.!?…]{_CLOSING}{_NUMBERS}+)\s*$")
_ENDS = re.compile(rf"(?:[.!?…]{_CLOSING}|[\]】\"”])\s*$")
_LEFT = " .!?…”’)"  # what is left of the end of a sentence that was taken before all of it had come
_ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|etc|vs|mr|mrs|ms|dr|st|no|approx|inc|ltd)|\b[A-Z]|^\W*\d{1,2})\.\Z", re.IGNORECASE)


def sentences_of(pieces: Iterator[str]) -> Iterator[str]:
    """The sentences of a text that comes in pieces, each as soon as it is whole; what breaks off without an end is left out.

    An empty piece is handed on: whoever listens may want to leave.

    Whatever the pieces, the sentences are the same but for what follows the first citation of one that ends: further citations may come before the
    next sentence, and closing marks may get lost.
    """
    held = ""
    for piece in pieces:
        if not piece:
            yield ""
        held = (held + piece).lstrip(_LEFT)
        while cut := _first_end(held):
            whole, held = held[:cut].strip(), held[cut:].lstrip(_LEFT)
            if whole:
                yield whole
        if len(held) > MAX_LENGTH:
            return
        if (found := _CITES_AND_ENDS.search(held)) and not _goes_on(held, found):
            yield held.strip()
            held = ""
    if _ENDS.search(held):
        yield held.strip()


def _first_end(text: str) -> int:
    """Where the first whole sentence of a text ends, 0 when none does within the length that is allowed."""
    return next((found.end() for found in _END.finditer(text, 0, MAX_LENGTH) if not _goes_on(text, found)), 0)


def _goes_on(text: str, end: re.Match[str]) -> bool:
    """Whether what looks like the end of a sentence is in the middle of one: behind an abbreviation, or a colon that no joining line ends with."""
    before = text[: end.start() + 1]
    if end[0].startswith(":"):
        return ":" in before[:-1] or voice_of(tidy(before)[0]) is not Voice.LINK
    return bool(_ABBREVIATION.search(before))


def tidy(sentence: str) -> tuple[str, tuple[int, ...]]:
    """A sentence without bullets, marks, citations and a bare "yes" or "so" at its beginning, and the numbers that it cites."""
    numbers = [
        n
        for found in _CITED.finditer(sentence)
        for first, last in _NUMBER.findall(found[0])
        for n in range(int(first), int(last or first) + 1)
    ]
    text = _BULLET.sub("", _MARKS.sub("", _CITED.sub("", sentence)))
    text = _OPENER.sub("", re.sub(r"\s+([.,;:!?])", r"\1", " ".join(text.split())))
    return text[:1].upper() + text[1:], tuple(dict.fromkeys(numbers))
