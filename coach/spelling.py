"""Spelling of a message: chat spelling written out, slips mended with the corpus's own words. Knows nothing of questions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from coach.index import STOP_WORDS, words
from coach.vocabulary import CHAT_SPELLING, ROLE_NAMES

_TOKEN = re.compile(r"[^\W\d_][^\W\d_'’]*(?:['’][^\W\d_]+)*")
_ROLE_WORDS = tuple(sorted({w for name in ROLE_NAMES.values() for w in words(name) if len(w) >= 4}))
_INSIDE = re.compile(r"[a-z0-9,;:)] $")
_IN_ROLE = re.compile(r"\bprod\w* $", re.IGNORECASE)


def repair(text: str, is_word: Callable[[str], bool], corpus_words: Mapping[str, int]) -> str:
    """Chat spelling written out and misspelt words replaced by the nearest word of the corpus; known words stay as they are.

    A capital inside a sentence makes a name, which may only be a misspelt role: no company becomes the word that it resembles.
    Behind "product" a word may be a misspelt role too, whatever else it means ("product manger").
    """

    def mend(match: re.Match[str]) -> str:
        word = match[0].lower().replace("’", "'")
        before = text[: match.start()]
        is_name = match[0][0].isupper() and bool(_INSIDE.search(before))
        hyphened = before.endswith("-") or text[match.end() :].startswith("-")
        if word in CHAT_SPELLING and not match[0].isupper() and not hyphened:
            return CHAT_SPELLING[word]
        bare = word[:-2] if word.endswith("'s") else word
        if len(bare) < 4 or bare in corpus_words or bare in STOP_WORDS or is_word(bare) or "'" in bare or not bare.isascii():
            return match[0]
        if is_name or _IN_ROLE.search(before):
            role = _nearest(bare, [w for w in _ROLE_WORDS if w[0] == bare[0]], corpus_words)
            if role or is_name:
                return role or match[0]
        if bare in _english():
            return match[0]
        return _nearest(bare, _buckets(corpus_words).get(bare[0], []), corpus_words) or match[0]

    return " ".join(_TOKEN.sub(mend, text).split())


@lru_cache(maxsize=1)
def _english() -> frozenset[str]:
    """The words of the English dictionary that pyspellchecker ships; read when the first unknown word turns up."""
    from spellchecker import SpellChecker

    return frozenset(SpellChecker(language="en").word_frequency.words())


class _Buckets:
    """A corpus's words of four letters and more by their first letter; they hold on to the words, so that no other corpus passes for it."""

    def __init__(self, corpus_words: Mapping[str, int]) -> None:
        self.corpus_words = corpus_words
        self.by_letter: dict[str, list[str]] = {}
        for known in corpus_words:
            if len(known) >= 4 and known.isalpha():
                self.by_letter.setdefault(known[0], []).append(known)


_last_buckets = _Buckets({})


def _buckets(corpus_words: Mapping[str, int]) -> dict[str, list[str]]:
    """The buckets of a corpus, made once as long as no other corpus is asked for."""
    global _last_buckets
    buckets = _last_buckets  # another thread may replace it
    if buckets.corpus_words is not corpus_words:
        buckets = _last_buckets = _Buckets(corpus_words)
    return buckets.by_letter


def _nearest(word: str, candidates: Sequence[str], corpus_words: Mapping[str, int]) -> str | None:
    """The nearest candidate within one edit (two from seven letters up), the most frequent in the corpus among equals."""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    allowed = 1 if len(word) < 7 else 2
    near = process.extract(word, candidates, scorer=OSA.distance, score_cutoff=allowed, limit=8)
    if not near:
        return None
    # A dropped letter is the commonest slip: with equal distance the more frequent word wins.
    return min(near, key=lambda hit: (hit[1], -corpus_words.get(hit[0], 0)))[0]
