"""What a sentence states, read off its words: who, how many, how sure, and what is denied. Pure look-ups; knows nothing of evidence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from coach.index import STOP_WORDS, stem
from coach.vocabulary import role_mentions

_ACTOR = re.compile(
    r"\b(?P<name>c[eftoim]o|chro|chief \w+ officer|board(?: of directors)?|founder|engineer(?:ing)?|developer|designer|recruiter|recruiting|sales|marketing|support|finance|legal|"
    r"customer success|hr|human resources|people team|business partner|talent|customer|user|client|mentor|sponsor|coach|peer|colleague|stakeholder|executive|leadership team|"
    r"committee|panel|team lead|team leader|manager|analyst|employee|candidate|new hire|applicant|intern|contractor|investor|scrum master|product owner|product operations|"
    r"researcher|facilitator|interviewer|line manager|supervisor|employer|government|union|vendor|supplier|department|direct report)(?:s|es)?\b",
    re.IGNORECASE,
)

NUMBER_WORDS = {
    name: float(value)
    for value, name in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty".split()
    )
} | {"thirty": 30.0, "forty": 40.0, "fifty": 50.0, "sixty": 60.0, "seventy": 70.0, "eighty": 80.0, "ninety": 90.0, "hundred": 100.0,
     "dozen": 12.0, "twice": 2.0, "double": 2.0, "triple": 3.0, "both": 2.0}  # fmt: skip
_SCALE = {"k": 1e3, "thousand": 1e3, "m": 1e6, "mn": 1e6, "million": 1e6, "bn": 1e9, "billion": 1e9}
_PERIODS = "minute hour day week month quarter year decade".split()
_UNITS = (
    {name: name for name in _PERIODS}
    | {f"{name}s": name for name in _PERIODS}
    | {"yr": "year", "yrs": "year", "hr": "hour", "hrs": "hour", "wk": "week", "wks": "week", "min": "minute", "mins": "minute"}
    | {"%": "percent", "percent": "percent", "percentage": "percent", "per": "", "times": "time", "x": "time", "fold": "time"}
    | {name: unit for unit, names in {
        "dollar": "$ dollar dollars usd", "euro": "€ euro euros eur", "pound": "£ pound pounds gbp", "franc": "franc francs chf", "pence": "pence p",
        "cent": "cent cents", "crown": "crown crowns kronor kroner", "rupee": "rupee rupees inr", "yen": "yen jpy", "point": "point points",
        "metre": "metre metres meter meters m", "kilometre": "kilometre kilometres kilometer kilometers km", "mile": "mile miles", "foot": "foot feet ft",
        "kilo": "kg kilo kilos kilogram kilograms", "tonne": "tonne tonnes ton tons", "hectare": "hectare hectares", "acre": "acre acres",
        "degree": "degree degrees", "sprint": "sprint sprints", "shift": "shift shifts", "people": "people persons employees staff",
        "night": "night nights", "season": "season seasons", "term": "term terms", "semester": "semester semesters", "page": "page pages",
        "session": "session sessions", "litre": "litre litres liter liters",
    }.items() for name in names.split()}
)  # fmt: skip
_DAYS = {
    "minute": 1 / 1440,
    "hour": 1 / 24,
    "day": 1.0,
    "week": 7.0,
    "month": 30.4,
    "quarter": 91.25,
    "year": 365.0,
    "decade": 3650.0,
}
_SMALL_MONEY = {"pence": "pound", "cent": "euro"}
_PERIOD = re.compile(
    r"\b(?:a|an|per|each|every|any)\s+(?P<name>minute|hour|day|week|month|quarter|year)\b|\b(?P<adverb>hourly|daily|weekly|monthly|quarterly|yearly|annual(?:ly)?)\b",
    re.IGNORECASE,
)
_NUMBER_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*")
_SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9}
_SCALE_WORD = re.compile(r"[ -](hundred|thousand|million|billion)\b")
_AND_A_PART = re.compile(r" and an? (half|quarter)\b")
_UNIT_WORD = re.compile(
    r"[\s-]*(?:(?:or more|plus|\+|full|working|business|calendar|whole|consecutive|unpaid|paid|extra|additional|more|euro|us|swiss)\s+)?([a-z%$€£]+)"
)
_ADVERBS = {"daily": "day", "annual": "year", "annually": "year", "yearly": "year"}
_ORDINALS = {
    name: float(value)
    for value, name in enumerate("third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(), 3)
}
_SHARES = {"half": 50.0, "third": 100 / 3, "quarter": 25.0, "fifth": 20.0, "sixth": 100 / 6, "eighth": 12.5, "tenth": 10.0}
_SHARE = re.compile(
    r"\b(?P<count>a|an|one|two|three|four|five|seven|nine)[ -](?P<part>half|third|quarter|fifth|sixth|eighth|tenth)s?\b(?! of the year| year)(?= of\b| the\b|-)|"
    r"\bhalf(?= of\b| the\b)"
)
_NUMBER = re.compile(
    r"(?P<currency>[$€£])?(?<![\w.])(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?:(?:st|nd|rd|th)\b)?"
    r"(?P<scale>\s?(?:k|mn?|bn|million|billion|thousand)\b)?(?P<unit>\s?(?:%|x\b))?",
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
        numbers=_numbers(text.lower()),
        periods=_periods(text),
        rates=tuple(Number(1.0, unit, f"a {unit}") for unit in sorted(_periods(text))),
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


def _numbers(lower: str) -> tuple[Number, ...]:
    shares = [(m.span(), _share(m)) for m in _SHARE.finditer(lower)]
    taken = {n for (start, end), _ in shares for n in range(start, end)}
    found = sorted(
        [*shares, *_digits(lower), *(n for n in _words_for_numbers(lower) if n[0][0] not in taken)], key=lambda n: n[0]
    )
    numbers = [number for _, number in found]
    # "18 to 20 weeks": the unit of the second number is the first one's too.
    for n in range(len(numbers) - 1, 0, -1):
        between = lower[found[n - 1][0][1] : found[n][0][0]].strip()
        if not numbers[n - 1].unit and numbers[n].unit and between in ("-", "\u2013", "to", "or", "and"):
            numbers[n - 1] = replace(numbers[n - 1], unit=numbers[n].unit)
    return tuple(numbers)


Place = tuple[tuple[int, int], Number]
"""A number and where it stands."""


def _share(m: re.Match[str]) -> Number:
    return Number(NUMBER_WORDS.get(m["count"] or "", 1.0) * _SHARES[m["part"] or "half"], "percent", m[0])


def _digits(lower: str) -> Iterator[Place]:
    for m in _NUMBER.finditer(lower):
        scale = m["scale"] or ""
        metres = scale == " m" and not m["currency"]  # "5m" is five million, "5 m" are metres
        value = float(m["digits"].replace(",", "")) * (1.0 if metres else _SCALE.get(scale.strip(), 1.0))
        unit = _UNITS.get((m["unit"] or m["currency"] or "").strip(), "") or _unit_after(lower, m.end())
        yield m.span(), Number(value, "metre" if metres else unit, m[0].strip())


def _words_for_numbers(lower: str) -> Iterator[Place]:
    end = 0
    for m in _NUMBER_WORD.finditer(lower):
        head, _, tail = m[0].partition("-")
        if m.start() < end:
            continue
        end = m.end()
        if m[0] in _ORDINALS:
            yield m.span(), Number(_ORDINALS[m[0]], "", m[0])
        elif head in NUMBER_WORDS and (tail == "" or tail in NUMBER_WORDS or tail in _UNITS):
            value = NUMBER_WORDS[head] + (NUMBER_WORDS.get(tail, 0.0) if _is_ten(head) else 0.0)
            while scale := _SCALE_WORD.match(lower, end):
                value, end = value * _SCALES[scale[1]], scale.end()
            if part := _AND_A_PART.match(lower, end):
                value, end = value + _SHARES[part[1]] / 100, part.end()
            unit = _UNITS.get(tail, "") or _unit_after(lower, end)
            if unit or head not in ("one", "both", "double", "twice", "triple"):  # "one of them", "both roles" count nothing
                yield (m.start(), end), Number(value, unit, lower[m.start() : end])


def same_amount(one: Number, other: Number) -> bool:
    """Whether two numbers are equal, or say the same length of time or sum in two units."""
    if abs(one.value - other.value) < 1e-6 * max(1.0, abs(one.value)):
        return True
    if one.unit != other.unit and one.unit in _DAYS and other.unit in _DAYS:
        first, second = one.value * _DAYS[one.unit], other.value * _DAYS[other.unit]
        return abs(first - second) <= 0.02 * max(first, second)
    if _SMALL_MONEY.get(one.unit, one.unit) == _SMALL_MONEY.get(other.unit, other.unit) and one.unit != other.unit:
        first, second = (n.value / 100 if n.unit in _SMALL_MONEY else n.value for n in (one, other))
        return abs(first - second) < 1e-6
    return False


def same_unit(one: Number, other: Number) -> bool:
    """Whether two equal amounts count the same thing, as far as their units are known."""
    if one.value != other.value or "" in (one.unit, other.unit):
        return True
    return one.unit == other.unit or _SMALL_MONEY.get(one.unit) == other.unit or _SMALL_MONEY.get(other.unit) == one.unit


def _periods(text: str) -> frozenset[str]:
    """How often: the units of "a week", "monthly"."""
    found = _PERIOD.finditer(text.lower())
    return frozenset(m["name"] or _ADVERBS.get(m["adverb"]) or m["adverb"].removesuffix("ly") for m in found)


def _is_ten(word: str) -> bool:
    """Whether a number word may have a digit behind its hyphen ("twenty-five")."""
    return NUMBER_WORDS[word] >= 20 and NUMBER_WORDS[word] % 10 == 0


def _unit_after(lower: str, place: int) -> str:
    found = _UNIT_WORD.match(lower, place)
    return _UNITS.get(found[1], "") if found else ""


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
