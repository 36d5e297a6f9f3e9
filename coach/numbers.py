"""Numbers of a text with their units, in digits and in words, and whether two of them say the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

NUMBER_WORDS = {
    name: float(value)
    for value, name in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty".split()
    )
} | {"thirty": 30.0, "forty": 40.0, "fifty": 50.0, "sixty": 60.0, "seventy": 70.0, "eighty": 80.0, "ninety": 90.0, "hundred": 100.0,
     "dozen": 12.0, "twice": 2.0, "double": 2.0, "triple": 3.0, "both": 2.0}  # fmt: skip
_SCALE = {"hundred": 1e2, "k": 1e3, "thousand": 1e3, "m": 1e6, "mn": 1e6, "million": 1e6, "bn": 1e9, "billion": 1e9}
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
_SCALE_WORD = re.compile(r"[ -](hundred|thousand|million|billion)\b")
_AND_MORE = re.compile(r"[ -](?:and )?([a-z]+)(?:-([a-z]+))?\b")  # "two hundred and sixty-five"
_HALF = re.compile(r"(?<!and a )\bhalf[ -](?:an?[ -])?(?P<of>dozen|hour|year)\b")
_HALVES = {"dozen": (6.0, ""), "hour": (30.0, "minute"), "year": (6.0, "month")}
_AND_A_PART = re.compile(r" and an? (half|quarter)\b")
_UNIT_WORD = re.compile(
    r"[\s-]*(?:(?:or more|plus|\+|full|working|business|calendar|whole|consecutive|unpaid|paid|extra|additional|more|euro|us|swiss)\s+)?([a-z%$€£]+)"
)
_ADVERBS = {"daily": "day", "annual": "year", "annually": "year", "yearly": "year"}
ORDINALS = {
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


@dataclass(frozen=True, slots=True)
class Number:
    """A number with its unit's name, "" where it has none that is known."""

    value: float
    unit: str
    text: str


def numbers(text: str) -> tuple[Number, ...]:
    """The numbers of a text in their order, in digits and in words."""
    lower = text.lower()
    shares = [(m.span(), _share(m)) for m in _SHARE.finditer(lower)]
    shares += [(m.span(), Number(*_HALVES[m["of"]], m[0])) for m in _HALF.finditer(lower)]
    taken = {n for (start, end), _ in shares for n in range(start, end)}
    found = sorted(
        [*shares, *_digits(lower), *(n for n in _words_for_numbers(lower) if n[0][0] not in taken)], key=lambda n: n[0]
    )
    out = [number for _, number in found]
    # "18 to 20 weeks": the unit of the second number is the first one's too.
    for n in range(len(out) - 1, 0, -1):
        between = lower[found[n - 1][0][1] : found[n][0][0]].strip()
        if not out[n - 1].unit and out[n].unit and between in ("-", "\u2013", "to", "or", "and"):
            out[n - 1] = replace(out[n - 1], unit=out[n].unit)
    return tuple(out)


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
        if m[0] in ORDINALS:
            yield m.span(), Number(ORDINALS[m[0]], "", m[0])
        elif head in NUMBER_WORDS and (tail == "" or tail in NUMBER_WORDS or tail in _UNITS):
            value = NUMBER_WORDS[head] + (NUMBER_WORDS.get(tail, 0.0) if _is_ten(head) else 0.0)
            while scale := _SCALE_WORD.match(lower, end):
                value, end = value * _SCALE[scale[1]], scale.end()
            more = _AND_MORE.match(lower, end) if value >= 100 else None
            if more and not _SCALE_WORD.match(lower, more.end()) and (rest := _below_hundred(*more.groups(""))):
                value, end = value + rest, more.end()
            if part := _AND_A_PART.match(lower, end):
                value, end = value + _SHARES[part[1]] / 100, part.end()
            unit = _UNITS.get(tail, "") or _unit_after(lower, end)
            # "one of them", "both roles" count nothing
            if unit or value >= 100 or head not in ("one", "both", "double", "twice", "triple"):
                yield (m.start(), end), Number(value, unit, lower[m.start() : end])


def _below_hundred(head: str, tail: str) -> float:
    """The value of a number word below a hundred, 0 for any other word."""
    value = NUMBER_WORDS.get(head, 0.0) if head not in ("dozen", "twice", "double", "triple", "both") else 0.0
    if value and tail:
        value = value + NUMBER_WORDS.get(tail, 0.0) if _is_ten(head) and tail in NUMBER_WORDS else 0.0
    return value if value < 100 else 0.0


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


def periods(text: str) -> frozenset[str]:
    """How often: the units of "a week", "monthly"."""
    found = _PERIOD.finditer(text.lower())
    return frozenset(m["name"] or _ADVERBS.get(m["adverb"]) or m["adverb"].removesuffix("ly") for m in found)


def _is_ten(word: str) -> bool:
    """Whether a number word may have a digit behind its hyphen ("twenty-five")."""
    return NUMBER_WORDS[word] >= 20 and NUMBER_WORDS[word] % 10 == 0


def _unit_after(lower: str, place: int) -> str:
    found = _UNIT_WORD.match(lower, place)
    return _UNITS.get(found[1], "") if found else ""
