"""What a question asks: repaired spelling, the roles it names, its content words, its form. Knows nothing of passages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from coach.index import stem, terms, words
from coach.spelling import repair
from coach.vocabulary import SYNONYMS, name_roles, other_roles, role_mentions, roles_in

_LONG = 40  # words; in a longer message the question proper is looked for
_HOW_TO = re.compile(
    r"\bhow (?:do|can|could|should|would|might|to|shall)\b|\bwhat (?:should|can|could|do) (?:i|we|you) do\b|\bsteps?\b|\bhelp me\b|\b(?:give|make|build|need|want|draw up)\b[^.?!]*\bplan\b",
    re.IGNORECASE,
)
_DIFFERS = re.compile(r"\b(differ\w*|vs\.?|versus|compar\w+|contrast\w*|distinguish\w*|set\w* apart)\b", re.IGNORECASE)
_FIGURE = re.compile(
    r"\bhow (?:many|much|long|often|old|big|large|high|tall|far|fast|soon)\b|%|\b(?:percent\w*|percentage|share of|what number|number of|average|mean|median|typical \w+ (?:size|rate)|"
    r"ratio|rate of|benchmark\w*|what year|which year|when (?:was|did)|since when|salary|pay|paid|earn\w*|cost|price|budget|figures?|statistics?|what age|"
    r"how (?:good|bad|healthy) is|good (?:score|rate|number|ratio|value)|minimum|maximum|at least|at most)\b",
    re.IGNORECASE,
)
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
_BEHIND_WH = re.compile(
    r"\b(?:how|what|which|when|where|why)\b[^.?!,;]*?\b(?P<claim>(?:do|does|did|should|can|could|will|would|must)\s[^?!]+)",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"(?:^|[,;.]\s*)(?:as|since|because|when|if|once)\s+(?P<claim>[^,.;?]{12,160})", re.IGNORECASE)
# What follows a role that only says where or which it is: then nothing is claimed of the role.
_NO_CLAIM = re.compile(
    r"\s*(?:$|[,.;:()-]|(?:in|at|of|for|with|and|or|who|whose|that|to|we|here|myself|candidate|job|role|position|post|title)\b|i(?:'m| am| want| need| feel| hope| plan| keep| work| find)\b)",
    re.IGNORECASE,
)
_SENTENCES = re.compile(r"(?<=[.!?…])\s+")
# Where one thing asked ends and the next begins: behind a question mark, or at "and how ...", "or do they ...".
_NEXT_PART = re.compile(
    r"(?<=\?)\s+|[,;]?\s+(?:and|or|but)\s+(?:also\s+|then\s+)?"
    r"(?=(?:(?:to|by|in|on|of|for|at|from|with)\s+)?(?:who|whom|whose|what|what's|which|when|where|why|how)\b"
    r"|(?:am|is|are|was|were|do|does|did|can|could|should|will|would|has|have|had|may|must)\s+"
    r"(?:i|you|he|she|it|we|they|there|this|that|these|those|the|an?|my|your|our|their|his|her|its)\b)",
    re.IGNORECASE,
)
_PART = 3  # words at least; less is no question of its own


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
    asserted: bool
    """Whether the premise says something of a role that may be false."""
    parts: tuple[str, ...]
    """What it asks one after the other, () where it asks one thing: "what goes into a strategy, and how binding is it" asks two."""
    presumed: tuple[str, ...]
    """What it may take for granted of a role in passing: "how many hours does a VP need to groom the backlog" that a VP grooms it."""

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
        asserted=any(not _NO_CLAIM.match(premise[m.span[1] :]) for m in role_mentions(premise)),
        parts=_parts(named),
        presumed=_presumed(named),
    )


def _parts(text: str) -> tuple[str, ...]:
    found = [part.strip(" ,;") for part in _NEXT_PART.split(text)]
    asked = tuple(part for part in found if len(part.split()) >= _PART)
    return asked if len(asked) > 1 else ()


def _premise(text: str) -> str:
    """The claim that a question rests on: an opening clause ("since VPs groom the backlog, ...") or a statement before a short question."""
    if clause := _PREMISE.match(text):
        return clause["premise"]
    statement, _, rest = text.partition(". ")
    return statement if rest.rstrip().endswith("?") and 4 <= len(statement.split()) <= 20 and "?" not in statement else ""


def _presumed(text: str) -> tuple[str, ...]:
    """What is said of a role behind a question word, in a clause, or in a sentence of its own before the question."""
    claims = [m["claim"] for pattern in (_BEHIND_WH, _CLAUSE) for m in pattern.finditer(text)]
    claims += [s for s in _SENTENCES.split(text)[:-1] if not s.endswith("?")]
    return tuple(c for c in dict.fromkeys(claims) if c != text and roles_in(c))


def question_proper(text: str) -> str:
    """The asking part of a long message: its sentences with a question mark, else its last two."""
    if len(text.split()) <= _LONG:
        return text
    parts = _SENTENCES.split(text)
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
