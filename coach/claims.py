"""What a sentence claims, read off its words: who, how many, how sure, and what is denied. Pure look-ups; knows nothing of evidence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from coach.index import STOP_WORDS, stem
from coach.vocabulary import role_mentions

_NUMBER_WORDS = {
    name: float(value)
    for value, name in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty".split()
    )
} | {"thirty": 30.0, "forty": 40.0, "fifty": 50.0, "sixty": 60.0, "seventy": 70.0, "eighty": 80.0, "ninety": 90.0, "hundred": 100.0,
     "dozen": 12.0, "twice": 2.0, "double": 2.0, "triple": 3.0, "both": 2.0}  # fmt: skip
_SCALE = {"k": 1e3, "thousand": 1e3, "m": 1e6, "mn": 1e6, "million": 1e6, "bn": 1e9, "billion": 1e9}
_UNITS = {
    "day": "day", "days": "day", "week": "week", "weeks": "week", "month": "month", "months": "month", "quarter": "quarter", "quarters": "quarter",
    "year": "year", "years": "year", "yr": "year", "hour": "hour", "hours": "hour", "minute": "minute", "minutes": "minute", "decade": "decade",
    "decades": "decade", "sprint": "sprint", "sprints": "sprint", "weekly": "week", "monthly": "month", "quarterly": "quarter", "yearly": "year",
    "annual": "year", "annually": "year", "daily": "day", "day-long": "day",
    "%": "percent", "percent": "percent", "percentage": "percent", "points": "point", "point": "point",
    "$": "dollar", "dollar": "dollar", "dollars": "dollar", "usd": "dollar", "€": "euro", "euro": "euro", "euros": "euro", "eur": "euro",
    "£": "pound", "pound": "pound", "pounds": "pound", "times": "time", "x": "time", "fold": "time",
}  # fmt: skip
_NUMBER = re.compile(
    r"(?P<currency>[$€£])?(?<![\w.])(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?P<scale>\s?(?:k|mn?|bn|million|billion|thousand)\b)?(?P<unit>\s?(?:%|x\b))?",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"[a-z0-9][a-z0-9&+'’.-]*[a-z0-9+%]|[a-z0-9]|[$€£%]", re.IGNORECASE)

_NEGATION = frozenset(
    """not no never none nobody nothing neither nor without cannot hardly rarely seldom scarcely barely lack lacks lacking fail fails failed
    refuse refuses avoid avoids stop stops forbid forbids forbidden unable unlikely false wrong""".split()
)
_MODALS = {
    "must": {"must", "required", "requires", "require", "need", "needs", "needed", "mandatory", "obliged", "shall", "necessary", "essential", "compulsory"},
    "should": {"should", "ought", "recommended", "recommends", "advised", "advises", "suggested", "suggests", "supposed", "encouraged", "encourages"},
    "may": {"may", "might", "can", "could", "allowed", "possible", "possibly", "perhaps", "optional", "potentially", "sometimes", "permitted", "free"},
    "will": {"will", "certainly", "definitely", "guarantee", "guarantees", "guaranteed", "surely", "inevitably"},
}  # fmt: skip
_QUANTIFIERS = {
    "all": {"all", "every", "each", "always", "everyone", "everybody", "entire", "entirely", "completely", "fully", "invariably", "everything", "whole"},
    "most": {"most", "mostly", "usually", "generally", "typically", "majority", "mainly", "often", "normally", "commonly", "frequently", "largely", "many"},
    "some": {"some", "several", "sometimes", "few", "certain", "occasionally", "partly", "minority", "somewhat"},
    "only": {"only", "solely", "exclusively", "merely", "alone", "just", "sole"},
    "none": {"none", "nobody", "never", "no"},
    "least": {"least", "minimum", "over", "above", "exceeding", "upwards"},
    "limit": {"maximum", "under", "below", "within"},
    "about": {"about", "around", "roughly", "approximately", "nearly", "almost"},
}  # fmt: skip
_PHRASES = (
    (re.compile(r"\bup to\b|\bat most\b|\bno more than\b|\bfewer than\b|\bless than\b", re.IGNORECASE), "limit"),
    (re.compile(r"\bmore than\b|\bat least\b|\bno (?:fewer|less) than\b|\bor more\b|\bor older\b", re.IGNORECASE), "least"),
    (re.compile(r"\bhave to\b|\bhas to\b|\bhad to\b", re.IGNORECASE), "must"),
    (re.compile(r"\b(?:does|do|did|need|have|has) not (?:need|have|require)|\bneed not\b", re.IGNORECASE), "may"),
)
_CONDITION = re.compile(
    r"\b(?:if|unless|when|whenever|only|provided|as long as|until|once|because|since|where|in case|depending|except|after|before|while)\b",
    re.IGNORECASE,
)
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
class Number:
    """A number with its unit's name, "" where it has none that is known."""

    value: float
    unit: str
    text: str


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence, read."""

    text: str
    tokens: tuple[str, ...]
    content: tuple[str, ...]
    """Its content words, lower case, each once."""
    stems: frozenset[str]
    numbers: tuple[Number, ...]
    names: tuple[str, ...]
    roles: tuple[str, ...]
    denied: tuple[str, ...]
    """The negating words in it."""
    modals: frozenset[str]
    quantifiers: frozenset[str]
    conditions: int
    doers: tuple[tuple[str, str], ...]
    """Pairs (role or name, stem): who stands before what in the same clause."""


@lru_cache(maxsize=20_000)
def read(text: str) -> Statement:
    """What a sentence claims."""
    tokens = tuple(t.lower().replace("’", "'").rstrip(".") for t in _TOKEN.findall(text))
    words = [w[:-2] if w.endswith("'s") else w for w in tokens]
    content = tuple(
        dict.fromkeys(w for w in words if w not in STOP_WORDS and any(c.isalpha() for c in w) and w not in _NUMBER_WORDS)
    )
    phrases = {kind for pattern, kind in _PHRASES if pattern.search(text)}
    said = set(words)
    return Statement(
        text=text,
        tokens=tuple(words),
        content=content,
        stems=frozenset(stem(p) for w in content for p in (w, *w.split("-")) if p),
        numbers=_numbers(text),
        names=_names(text),
        roles=tuple(dict.fromkeys(m.role for m in role_mentions(text))),
        denied=tuple(w for w in words if w in _NEGATION or w.endswith("n't")),
        modals=frozenset(kind for kind, members in _MODALS.items() if members & said or kind in phrases),
        quantifiers=frozenset(kind for kind, members in _QUANTIFIERS.items() if members & said or kind in phrases),
        conditions=len(_CONDITION.findall(text)),
        doers=_doers(text),
    )


def opposites(word: str) -> frozenset[str]:
    """The words that deny a lower-case word."""
    return _opposites().get(word, frozenset())


def _numbers(text: str) -> tuple[Number, ...]:
    lower = text.lower()
    found: list[tuple[int, Number]] = []
    for m in _NUMBER.finditer(lower):
        value = float(m["digits"].replace(",", "")) * _SCALE.get((m["scale"] or "").strip(), 1.0)
        unit = _UNITS.get((m["unit"] or m["currency"] or "").strip(), "") or _unit_after(lower[m.end() :])
        found.append((m.start(), Number(value, unit, m[0].strip())))
    for m in re.finditer(r"[a-z]+(?:-[a-z]+)*", lower):
        head, _, tail = m[0].partition("-")
        if head in _NUMBER_WORDS and (tail == "" or tail in _NUMBER_WORDS or tail in _UNITS):
            value = _NUMBER_WORDS[head] + (_NUMBER_WORDS.get(tail, 0.0) if value_is_ten(head) else 0.0)
            unit = _UNITS.get(tail, "") or _unit_after(lower[m.end() :])
            if head in ("one", "both", "double", "twice", "triple") and not unit:
                continue  # "one of them", "both roles" count nothing
            found.append((m.start(), Number(value, unit, m[0])))
    numbers = [n for _, n in sorted(found, key=lambda pair: pair[0])]
    # "18 to 20 weeks": the unit of the second number is the first one's too.
    for n in range(len(numbers) - 1, 0, -1):
        if (
            not numbers[n - 1].unit
            and numbers[n].unit
            and re.search(rf"{re.escape(numbers[n - 1].text)}\s*(?:-|–|to|or|and)\s*{re.escape(numbers[n].text)}", lower)
        ):
            numbers[n - 1] = Number(numbers[n - 1].value, numbers[n].unit, numbers[n - 1].text)
    return tuple(numbers)


def value_is_ten(word: str) -> bool:
    """Whether a number word may have a digit behind its hyphen ("twenty-five")."""
    return _NUMBER_WORDS[word] >= 20 and _NUMBER_WORDS[word] % 10 == 0


def _unit_after(rest: str) -> str:
    found = re.match(r"[\s-]*(?:(?:or more|plus|\+|full|working|business|calendar|whole|consecutive|per)\s+)?([a-z%$€£]+)", rest)
    return _UNITS.get(found[1], "") if found else ""


def _names(text: str) -> tuple[str, ...]:
    """Capitalised words that do not begin the sentence and belong to no role."""
    spans = [m.span for m in role_mentions(text)]
    return tuple(
        dict.fromkeys(
            m[0]
            for m in re.finditer(r"(?<=[\w,;:)\"'’] )[A-Z][\w&’'-]*\w", text)
            if not any(a <= m.start() < b for a, b in spans)
        )
    )


_CLAUSE = re.compile(
    r"[,;:.!?()]|\b(?:and|but|while|whereas|because|although|so that|which|who|that|if|when|as)\b", re.IGNORECASE
)


def _doers(text: str) -> tuple[tuple[str, str], ...]:
    pairs: list[tuple[str, str]] = []
    doer = ""
    mentions = [(m.span, m.role) for m in role_mentions(text)]
    place = 0
    for part in _CLAUSE.split(text):
        start = text.index(part, place)
        place = start + len(part)
        here = [(span, role) for span, role in mentions if start <= span[0] < place]
        cut = place
        if here:
            doer, cut = here[0][1], here[0][0][1]
        elif not doer:
            continue
        else:
            cut = start
        for word in _TOKEN.findall(text[cut:place].lower()):
            if word not in STOP_WORDS:
                pairs.append((doer, stem(word)))
    return tuple(pairs)
