"""What a sentence states, read off its words: who, how many, how sure, and what is denied. Pure look-ups; knows nothing of evidence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from coach.index import STOP_WORDS, stem
from coach.numbers import NUMBER_WORDS, Number, numbers, periods
from coach.vocabulary import role_mentions

_ACTOR = re.compile(
    r"\b(?P<name>c[eftoim]o|chro|chief \w+ officer|board(?: of directors)?|founder|engineer(?:ing)?|developer|designer|recruiter|recruiting|sales|marketing|support|finance|legal|"
    r"customer success|hr|human resources|people team|business partner|talent|customer|user|client|mentor|sponsor|coach|peer|colleague|stakeholder|executive|leadership team|"
    r"committee|panel|team lead|team leader|manager|analyst|employee|candidate|new hire|applicant|intern|contractor|investor|scrum master|product owner|product operations|"
    r"researcher|facilitator|interviewer|line manager|supervisor|employer|government|union|vendor|supplier|department|direct report)(?:s|es)?\b",
    re.IGNORECASE,
)

_TOKEN = re.compile(r"[^\W_](?:[\w&+'’.-]*[^\W_]|[\w&+'’.-]*[+%])?|[$€£¥₹%*<>≤≥±]|(?<!\w)[-\u2212](?=\d)")

_NEGATION = frozenset(
    """not no never none nobody nothing neither nor without cannot hardly rarely seldom scarcely barely lack lacks lacking fail fails failed
    refuse refuses avoid avoids stop stops forbid forbids forbidden unable unlikely false wrong""".split()
)
MODALS = {
    "must": {"must", "required", "requires", "require", "need", "needs", "needed", "mandatory", "obliged", "shall", "necessary", "essential", "compulsory"},
    "should": {"should", "ought", "recommended", "recommends", "advised", "advises", "suggested", "suggests", "supposed", "encouraged", "encourages"},
    "may": {"may", "might", "can", "could", "allowed", "possible", "possibly", "perhaps", "optional", "potentially", "sometimes", "permitted", "free"},
    "will": {"will", "certainly", "definitely", "guarantee", "guarantees", "guaranteed", "surely", "inevitably"},
}  # fmt: skip
QUANTIFIERS = {
    "all": {"all", "every", "each", "always", "everyone", "everybody", "entire", "entirely", "completely", "fully", "invariably", "everything", "whole"},
    "most": {"most", "mostly", "usually", "generally", "typically", "majority", "mainly", "often", "normally", "commonly", "frequently", "largely", "many"},
    "some": {"some", "several", "sometimes", "few", "certain", "occasionally", "partly", "minority", "somewhat"},
    "only": {"only", "solely", "exclusively", "merely", "alone", "just", "sole"},
    "none": {"none", "nobody", "never", "no"},
    "least": {"least", "minimum", "over", "above", "exceeding", "upwards"},
    "limit": {"maximum", "under", "below", "within"},
    "about": {"about", "around", "roughly", "approximately", "nearly", "almost"},
}  # fmt: skip
# Phrases that mean one of the words above, and deny nothing.
_PLAIN = (
    (re.compile(r"\b(?:no|not) (?:fewer|less) than\b|\bat least\b|\bor (?:more|older)\b", re.IGNORECASE), "minimum"),
    (re.compile(r"\b(?:no|not) more than\b|\bat most\b|\bup to\b|\b(?:fewer|less) than\b", re.IGNORECASE), "maximum"),
    (re.compile(r"\bmore than\b", re.IGNORECASE), "minimum"),
    (re.compile(r"\b(?:does|do|did) not (?:need|have) to\b|\bneed not\b|\b(?:does|do|did)n['’]t (?:need|have) to\b", re.IGNORECASE), "optional"),
    (re.compile(r"\bha(?:ve|s|d) to\b", re.IGNORECASE), "must"),
)  # fmt: skip
# Pairs of which the one denies or turns round the other.
_OPPOSITES = """more less|more fewer|above below|before after|high low|higher lower|highest lowest|increase decrease|increase reduce|raise lower|rise fall|rose fell|
    grow shrink|gain lose|gains loses|early late|earlier later|long short|longer shorter|large small|larger smaller|big small|bigger smaller|wide narrow|strong weak|easy hard|easy difficult|
    inside outside|internal external|insider outsider|insiders outsiders|first last|start end|begin end|begins ends|hire fire|join leave|joins leaves|accept reject|accepts rejects|allow forbid|allow prevent|allows prevents|
    include exclude|includes excludes|rich poor|better worse|best worst|good bad|success failure|succeed fail|pass fail|public private|formal informal|junior senior|
    short-term long-term|strategic tactical|direct indirect|same different|agree disagree|always never|everyone nobody|all none|positive negative|possible impossible|
    likely unlikely|able unable|known unknown|common rare|often rarely|often seldom|usually rarely|encourage discourage|encourages discourages|promote demote|upward downward|up down|
    maximum minimum|most least|fast slow|faster slower|quickly slowly|open closed|full empty|full partial|leading lagging|help hinder|helps hurts|win lose|remember forget|
    add remove|adds removes|keep drop|praise criticise|approve reject|centralised decentralised|voluntary mandatory|optional mandatory|optional required|paid unpaid|active passive|old new|present absent|cheap expensive|safe risky|
    true false|right wrong|support oppose|supports opposes|attract repel|broad narrow|broader narrower|deep shallow|ahead behind|recommend discourage|ignore heed|separate joint|together apart|improve worsen|improves worsens""".replace(
    "\n", ""
)


@lru_cache(maxsize=1)
def _opposites() -> dict[str, frozenset[str]]:
    out: dict[str, set[str]] = {}
    for pair in _OPPOSITES.split("|"):
        one, other = pair.split()
        out.setdefault(one, set()).add(other)
        out.setdefault(other, set()).add(one)
    return {word: frozenset(others) for word, others in out.items()}


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence, read."""

    text: str
    tokens: tuple[str, ...]
    masked: tuple[str, ...]
    """The tokens with every role as "*", so that a sentence about another role looks alike."""
    stemmed: tuple[str, ...]
    """The tokens' stems, with commas and semicolons in their places."""
    content: tuple[str, ...]
    """Its content words, lower case, each once."""
    stems: frozenset[str]
    numbers: tuple[Number, ...]
    periods: frozenset[str]
    """How often something is: the units of "a week", "monthly"."""
    rates: tuple[Number, ...]
    """The same as amounts: "a year" is 12 months long."""
    names: tuple[str, ...]
    actors: tuple[str, ...]
    """Who is named: product roles by their keys, others by their stems."""
    denied: tuple[str, ...]
    """The negating words in it."""
    modals: frozenset[str]
    quantifiers: frozenset[str]
    doers: tuple[tuple[str, str], ...]
    """Pairs (actor, stem): who stands before what in the same clause."""


@lru_cache(maxsize=20_000)
def read(text: str) -> Statement:
    """What a sentence states."""
    words = _words(text)
    content = tuple(
        dict.fromkeys(w for w in words if w not in STOP_WORDS and any(c.isalpha() for c in w) and w not in NUMBER_WORDS)
    )
    logic = _words(_plainly(text))
    return Statement(
        text=text,
        tokens=tuple(words),
        masked=tuple(_words(_mask(text))),
        stemmed=tuple(stem(w) for w in re.findall(r"[\w'’-]*\w|[,;]", text.lower())),
        content=content,
        stems=frozenset(stem(p) for w in content for p in (w, *w.split("-")) if p),
        numbers=numbers(text),
        periods=periods(text),
        rates=tuple(Number(1.0, unit, f"a {unit}") for unit in sorted(periods(text))),
        names=_names(text),
        actors=tuple(dict.fromkeys(actor for _, actor in _actors(text))),
        denied=tuple(w for w in logic if denials([w])),
        modals=kinds_of(logic, MODALS),
        quantifiers=kinds_of(logic, QUANTIFIERS),
        doers=_doers(text),
    )


def _plainly(text: str) -> str:
    for phrase, word in _PLAIN:
        text = phrase.sub(word, text)
    return text


def _words(text: str) -> list[str]:
    tokens = (t.lower().replace("’", "'").rstrip(".") for t in _TOKEN.findall(text))
    return [w[:-2] if w.endswith("'s") else w for w in tokens]


def _mask(text: str) -> str:
    for mention in reversed(role_mentions(text)):
        start, end = mention.span
        text = f"{text[:start]}*{text[end:]}"
    return text


def denials(words: Iterable[str]) -> int:
    """How many of lower-case words deny."""
    return sum(w in _NEGATION or w.endswith("n't") for w in words)


def kinds_of(words: Iterable[str], kinds: Mapping[str, set[str]]) -> frozenset[str]:
    """The kinds (of MODALS or QUANTIFIERS) of which lower-case words hold a member."""
    said = set(words)
    return frozenset(kind for kind, members in kinds.items() if members & said)


def word_for(text: str, kind: str, kinds: Mapping[str, set[str]]) -> str:
    """The words of a text that make it of a kind of MODALS or QUANTIFIERS; the kind's own name where there are none."""
    phrase = next((m[0] for pattern, word in _PLAIN if word in kinds[kind] and (m := pattern.search(text))), "")
    return phrase or next((w for w in _words(text) if w in kinds[kind]), kind)


def opposites(word: str) -> frozenset[str]:
    """The words that deny a lower-case word."""
    return _opposites().get(word, frozenset())


_NAME = re.compile(r"(?<=[\w,;:)\"'’] )[A-Z0-9][\w&’'-]*\w|^(?:[A-Z]\w*[A-Z]\w*|\d+[A-Z]\w*)")


def _names(text: str) -> tuple[str, ...]:
    """Capitalised words of which the beginning of the sentence is not the reason, and that belong to no role."""
    spans = [m.span for m in role_mentions(text)]
    found = (m for m in _NAME.finditer(text) if not any(a <= m.start() < b for a, b in spans))
    words = (re.sub(r"['’]\w*$", "", m[0]) for m in found)
    return tuple(dict.fromkeys(w for w in words if any(c.isupper() for c in w) and w != "I"))


_CLAUSE = re.compile(
    r"[,;:.!?()]|\b(?:and|but|while|whereas|because|although|so that|which|who|that|if|when|as)\b", re.IGNORECASE
)


def _actors(text: str) -> list[tuple[tuple[int, int], str]]:
    """Where who is named, in order."""
    roles = [(m.span, m.role) for m in role_mentions(text)]
    others = [
        (m.span(), " ".join(stem(w) for w in m["name"].lower().split()))
        for m in _ACTOR.finditer(text)
        if not any(a < m.end() and m.start() < b for (a, b), _ in roles)
    ]
    return sorted(roles + others)


def _doers(text: str) -> tuple[tuple[str, str], ...]:
    pairs: list[tuple[str, str]] = []
    doer, place, mentions = "", 0, _actors(text)
    for part in _CLAUSE.split(text):
        start = text.index(part, place)
        place = start + len(part)
        here = [(span, actor) for span, actor in mentions if start <= span[0] < place]
        cut = start
        if here:
            doer, cut = here[0][1], here[0][0][1]
        if doer:
            pairs += [(doer, stem(w)) for w in _TOKEN.findall(text[cut:place].lower()) if w not in STOP_WORDS]
    return tuple(pairs)
