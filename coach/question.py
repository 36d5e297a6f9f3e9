"""What a question asks: repaired spelling, the roles it names, its content words, its form. Knows nothing of passages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from coach.index import STOP_WORDS, stem, terms, words
from coach.vocabulary import CHAT_SPELLING, ROLE_NAMES, SYNONYMS, name_roles, other_roles, roles_in

_LONG = 40  # words; in a longer message the question proper is looked for
_TOKEN = re.compile(r"[A-Za-z][A-Za-z'’]*")
_HOW_TO = re.compile(
    r"\bhow (?:do|can|could|should|would|might|to|shall)\b|\bwhat (?:should|can|could|do) (?:i|we|you) do\b|\bsteps?\b|\bhelp me\b",
    re.IGNORECASE,
)
_DIFFERS = re.compile(r"\b(differ\w*|vs\.?|versus|compar\w+|contrast\w*|distinguish\w*|set\w* apart)\b", re.IGNORECASE)
_FIGURE = re.compile(
    r"\bhow (?:many|much|long|often|old|big|large|high|tall|far|fast|soon)\b|%|\b(?:percent\w*|percentage|share of|what number|number of|average|mean|median|typical \w+ (?:size|rate)|"
    r"ratio|rate of|benchmark\w*|what year|which year|when (?:was|did)|since when|salary|pay|paid|earn\w*|cost|price|budget|figures?|statistics?|what age|"
    r"how (?:good|bad|healthy) is|good (?:score|rate|number|ratio|value)|minimum|maximum|at least|at most)\b",
    re.IGNORECASE,
)
_ROLE_WORDS = tuple(sorted({w for name in ROLE_NAMES.values() for w in words(name) if len(w) >= 4}))
_INSIDE = re.compile(r"[a-z0-9,;:)] $")
_YES_NO = re.compile(
    r"^(?:so |and |but |ok |hey |hi |wait |well |um |just |quick question |actually )*"
    r"(?:is|are|was|do|does|did|can|could|should|will|would|has|have|must|may|isn't|aren't|don't|doesn't|can't|shouldn't|won't)\b"
    r"|\b(?:right|correct|true|isn't it|isn't that|yes|no|don't they|doesn't it|aren't they|or not|yeah)\s*\?*$",
    re.IGNORECASE,
)
_PREMISE = re.compile(
    r"^(?:so |well |ok |and |but )*(?:as|since|because|given(?: that)?|now that|considering(?: that)?|seeing (?:as|that)|with|assuming(?: that)?|knowing(?: that)?)\s+"
    r"(?P<premise>[^,?]{8,160}?)(?:,|\s-\s|;)\s*(?=\S)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Question:
    """One standalone question, understood."""

    text: str
    """The message with its spelling repaired."""
    focus: str
    """What is embedded: the question proper, roles under their full names."""
    story: str
    """The whole of a long message, embedded too; "" for a short one."""
    roles: tuple[str, ...]
    other_roles: tuple[str, ...]
    terms: tuple[str, ...]
    """Stems of the content words of the whole message."""
    synonyms: Mapping[str, tuple[str, ...]]
    """For each term the stems that mean the same."""
    differs: bool
    """Whether it asks how things differ."""
    claims: bool
    """Whether it states something to be checked: a yes-or-no question or a premise. Then roles must not steer: the true owner may be another."""
    how_to: bool
    figure: bool
    """Whether a number is asked for."""
    premise: str
    """What the question takes for granted, "" when nothing."""

    @property
    def synonym_terms(self) -> tuple[str, ...]:
        """The stems beside `terms` that mean the same, for lexical search."""
        return tuple(dict.fromkeys(s for t in self.terms for s in self.synonyms.get(t, ()) if s not in self.terms))


def clean(message: str) -> str:
    """The message without control and invisible characters, white space folded."""
    kept = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in unicodedata.normalize("NFKC", message))
    return re.sub(r"\s+", " ", kept).strip()


def understand(message: str, is_word: Callable[[str], bool], corpus_words: Mapping[str, int]) -> Question:
    """Read a standalone question; `corpus_words` maps the corpus's own lower-case words to their counts."""
    text = repair(clean(message), is_word, corpus_words)
    proper = question_proper(text)
    named = name_roles(proper)
    whole = name_roles(text)
    found = tuple(dict.fromkeys(terms(whole)))  # of a story too: its question alone often lacks the subject
    premise = _premise(named)
    return Question(
        text=text,
        focus=named,
        story=whole if proper != text else "",
        roles=roles_in(proper) or roles_in(text),
        other_roles=other_roles(text),
        terms=found,
        synonyms={t: s for t in found if (s := synonyms_of(t, whole))},
        differs=bool(_DIFFERS.search(proper)),
        claims=bool(premise or _YES_NO.search(proper)),
        how_to=bool(_HOW_TO.search(proper)),
        figure=bool(_FIGURE.search(proper)),
        premise=premise,
    )


def _premise(text: str) -> str:
    """The claim that a question rests on: an opening clause ("since VPs groom the backlog, ...") or a statement before a short question."""
    if clause := _PREMISE.match(text):
        return clause["premise"]
    statement, _, rest = text.partition(". ")
    return statement if rest.rstrip().endswith("?") and 4 <= len(statement.split()) <= 20 and "?" not in statement else ""


def repair(text: str, is_word: Callable[[str], bool], corpus_words: Mapping[str, int]) -> str:
    """Chat spelling written out and misspelt words replaced by the nearest word of the corpus; known words stay as they are.

    A capital inside a sentence makes a name, which may only be a misspelt role: no company becomes the word that it resembles.
    """

    def mend(match: re.Match[str]) -> str:
        word = match[0].lower().replace("’", "'")
        is_name = match[0][0].isupper() and bool(_INSIDE.search(text[: match.start()]))
        if word in CHAT_SPELLING and not match[0].isupper():
            return CHAT_SPELLING[word]
        bare = word[:-2] if word.endswith("'s") else word
        if len(bare) < 4 or bare in corpus_words or bare in STOP_WORDS or is_word(bare) or "'" in bare:
            return match[0]
        candidates = [w for w in _ROLE_WORDS if w[0] == bare[0]] if is_name else _buckets(corpus_words).get(bare[0], [])
        return _nearest(bare, candidates, corpus_words) or match[0]

    return " ".join(_TOKEN.sub(mend, text).split())


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


def question_proper(text: str) -> str:
    """The asking part of a long message: its sentences with a question mark, else its last two."""
    if len(text.split()) <= _LONG:
        return text
    parts = re.split(r"(?<=[.!?…])\s+", text)
    asking = [p for p in parts if p.endswith("?")]
    chosen = asking[-2:] if asking else parts[-2:]
    return " ".join(chosen)[-600:]


@lru_cache(maxsize=1)
def _synonym_table() -> tuple[dict[str, tuple[str, ...]], list[tuple[str, tuple[str, ...]]]]:
    """Single words by their stem, and phrases as they stand, each with all stems of its group."""
    single: dict[str, tuple[str, ...]] = {}
    phrases: list[tuple[str, tuple[str, ...]]] = []
    for group in SYNONYMS:
        stems = tuple(dict.fromkeys(s for member in group for s in terms(member)))
        for member in group:
            if " " in member or "-" in member:
                phrases.append((member, stems))
            else:
                key = stem(member)
                single[key] = tuple(dict.fromkeys([*single.get(key, ()), *stems]))
    return single, phrases


def synonyms_of(term: str, text: str) -> tuple[str, ...]:
    """Stems that mean the same as `term` in a text (a phrase counts where the text holds it)."""
    single, phrases = _synonym_table()
    lower = " ".join(words(text))
    found = [s for s in single.get(term, ()) if s != term]
    for phrase, stems in phrases:
        if phrase in lower and term in terms(phrase):
            found.extend(s for s in stems if s != term)
    return tuple(dict.fromkeys(found))
