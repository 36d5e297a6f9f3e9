"""Edits of a true sentence by rule: mutations that make it false, one operator each, and controls that leave its meaning alone.

Each function takes a sentence, a random source and a pool of other sentences, and gives the edited sentence, or None where it finds no hold.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

from coach.vocabulary import ROLE_NAMES, role_mentions

Edit = Callable[[str, random.Random, Sequence[str]], str | None]

_UNITS = (("day", "week", "month", "quarter", "year"), ("hour", "minute"), ("dollars", "euros", "pounds"))
_NUMBER = re.compile(r"(?<![\w.,])\d+(?:\.\d+)?(?![\w.,]*\d)(?!\))")
_LIST = re.compile(r"(?P<a>[\w' -]{3,40}), (?P<b>[\w' -]{3,40}),? (?:and|or) (?P<c>[\w' -]{3,40})(?=[,.;]|$)")
_AUX = re.compile(r"\b(is|are|was|were|can|should|may|must|will|does|do|has|have)\b(?! not)", re.IGNORECASE)
_VERB = re.compile(r"\b(?P<who>PMs?|VPs?(?: of Product)?|directors?|managers?|CPOs?|GPMs?|it|they|you) (?P<verb>[a-z]{3,}s?)\b")
_NO_VERB = frozenset("who and that is are was has does can may must should will might".split())
_NAMED = re.compile(r"\b(?:[A-Z][a-z]+ [A-Z][a-z]+|GitLab|PostHog|Sourcegraph|LaunchNotes|DORA|18F|Exponent|ProductPlan)\b")
_SWAPS = {
    "modality": (("must", "may"), ("should", "must"), ("can", "must"), ("may", "will"), ("might", "will"), ("will", "may"), ("has to", "may"), ("needs to", "can")),
    "quantifier": (
        ("all", "some"), ("most", "few"), ("some", "all"), ("every", "some"), ("usually", "always"), ("often", "always"), ("sometimes", "always"), ("generally", "always"), ("typically", "never"),
        ("at least", "at most"), ("up to", "at least"), ("more than", "less than"), ("both", "neither"), ("only", "also"), ("always", "sometimes"), ("several", "no"), ("rarely", "often"), ("many", "few"),
    ),
    "opposite": (
        ("before", "after"), ("after", "before"), ("more", "less"), ("above", "below"), ("high", "low"), ("higher", "lower"), ("long", "short"), ("large", "small"), ("increase", "decrease"), ("first", "last"),
        ("inside", "outside"), ("internal", "external"), ("early", "late"), ("harder", "easier"), ("wide", "narrow"), ("with", "without"), ("senior", "junior"), ("accepts", "rejects"), ("include", "exclude"), ("strong", "weak"),
    ),
}  # fmt: skip
_SAME = (
    ("because", "since"), ("about", "roughly"), ("says", "states"), ("writes", "says"), ("argues", "holds"), ("advises", "recommends"), ("tells", "advises"), ("a VP of Product", "a product VP"), ("A VP of Product", "A product VP"),
    ("product manager (PM)", "PM"), ("a PM", "a product manager"), ("A PM", "A product manager"), ("PMs", "product managers"), ("GPM", "group product manager"), ("chief product officer (CPO)", "CPO"), ("customers", "clients"),
    ("such as", "like"), ("in order to", "to"), ("do not", "don't"), ("does not", "doesn't"), ("is not", "isn't"), ("usually", "normally"), ("often", "frequently"), ("often", "commonly"), ("while", "whereas"),
    ("company", "firm"), ("companies", "firms"), ("begin", "start"), ("shows", "demonstrates"), ("choose", "pick"), ("big", "large"), ("job", "role"), ("2", "two"), ("3", "three"), ("4", "four"), ("5", "five"),
    ("6", "six"), ("two", "2"), ("three", "3"), ("and not", "rather than"), ("goals", "objectives"), ("gives", "provides"), ("explain", "spell out"),
)  # fmt: skip


def _replace(text: str, old: str, new: str) -> str | None:
    """The text with one whole-word occurrence replaced, None when there is none."""
    found = re.search(rf"(?<![\w-]){re.escape(old)}(?![\w-])", text)
    return f"{text[: found.start()]}{new}{text[found.end() :]}" if found else None


def role(text: str, dice: random.Random, pool: Sequence[str]) -> str | None:
    """Another role in the place of one."""
    mentions = role_mentions(text)
    if not mentions:
        return None
    mention = dice.choice(mentions)
    there = {m.role for m in mentions}
    new = dice.choice([name for key, name in ROLE_NAMES.items() if key not in there])
    plural = "s" if text[mention.span[0] : mention.span[1]].lower().endswith("s") and not new.endswith("roduct") else ""
    before = re.sub(r"\b([Aa])n? $", lambda m: f"{m[1]}{'n' if new[0] in 'aeiou' else ''} ", text[: mention.span[0]])
    return f"{before}{new}{plural}{text[mention.span[1] :]}"


def actor(text: str, dice: random.Random, pool: Sequence[str]) -> str | None:
    """Two roles change places, or a named source gives way to another."""
    mentions = role_mentions(text)
    pairs = [(a, b) for a in mentions for b in mentions if a.span[0] < b.span[0] and a.role != b.role]
    if pairs and dice.random() < 0.7:
        a, b = dice.choice(pairs)
        one, two = text[slice(*a.span)], text[slice(*b.span)]
        return f"{text[: a.span[0]]}{two}{text[a.span[1] : b.span[0]]}{one}{text[b.span[1] :]}"
    named = _NAMED.search(text)
    others = [n for s in dice.sample(list(pool), min(40, len(pool))) for n in _NAMED.findall(s) if n not in text]
    return f"{text[: named.start()]}{dice.choice(others)}{text[named.end() :]}" if named and others else None


def number(text: str, dice: random.Random, pool: Sequence[str]) -> str | None:
    """Another number."""
    found = list(_NUMBER.finditer(text))
    if not found:
        return None
    m = dice.choice(found)
    value = float(m[0])
    new = dice.choice([value + 1, value + 2, value * 2, max(1.0, value - 1) if value > 1 else 3.0, round(value * 1.5) + 1])
    said = f"{new:g}"
    return None if said == m[0] else f"{text[: m.start()]}{said}{text[m.end() :]}"


def unit(text: str, dice: random.Random, pool: Sequence[str]) -> str | None:
    """Another unit of the same kind."""
    for group in _UNITS:
        for name in dice.sample(group, len(group)):
            if found := re.search(rf"(?<=\d )\b{name}(s?)\b|\b(?<=one ){name}(s?)\b", text):
                other = dice.choice([u for u in group if u != name])
                return f"{text[: found.start()]}{other}{found[1] or found[2] or ''}{text[found.end() :]}"
    return _replace(text, "%", " points") if re.search(r"\d%", text) and dice.random() < 0.5 else None


def negation(text: str, dice: random.Random, pool: Sequence[str]) -> str | None:
    """A "not" more or less, or an opposite."""
    if re.search(r"\bnot\b", text) and "and not" not in text:
        return re.sub(r"\b(?:(?:does|do) not (?=[a-z])| ?not\b)", "", text, count=1)
    choice = dice.random()
    if choice < 0.5 and (found := _AUX.search(text)):
        return f"{text[: found.end()]} not{text[found.end() :]}"
    if choice < 0.75 and (found := _VERB.search(text)) and found["verb"] not in _NO_VERB:
        verb = found["verb"]
        base, aux = (verb[:-1], "does not") if verb.endswith("s") and not verb.endswith("ss") else (verb, "do not")
        return f"{text[: found.start('verb')]}{aux} {base}{text[found.end('verb') :]}"
    return _swap(text, dice, "opposite")


def _swap(text: str, dice: random.Random, kind: str) -> str | None:
    for old, new in dice.sample(_SWAPS[kind], len(_SWAPS[kind])):
        if edited := _replace(text, old, new):
            return edited
    return None


def modality(text: str, dice: random.Random, pool: Sequence[str]) -> str | None:
    """Another strength of must, should, may, will."""
    if edited := _swap(text, dice, "modality"):
        return edited
    found = _VERB.search(text)
    if not found or found["verb"] in _NO_VERB:
        return None
    verb = found["verb"][:-1] if found["verb"].endswith("s") and not found["verb"].endswith("ss") else found["verb"]
    return f"{text[: found.start('verb')]}{dice.choice(('must', 'may', 'might'))} {verb}{text[found.end('verb') :]}"


def quantifier(text: str, dice: random.Random, pool: Sequence[str]) -> str | None:
    """Another amount or share."""
    return _swap(text, dice, "quantifier")


def item(text: str, dice: random.Random, pool: Sequence[str]) -> str | None:
    """A list item gives way to one of another list, or the list grows by one."""
    found = _LIST.search(text)
    others = [m[name].strip() for s in dice.sample(list(pool), min(40, len(pool))) if (m := _LIST.search(s)) for name in "abc"]
    others = [o for o in others if o not in text and len(o.split()) <= 4]
    if not found or not others:
        return None
    new = dice.choice(others)
    if dice.random() < 0.4:
        return f"{text[: found.end('b')]}, {new}{text[found.end('b') :]}"
    place = dice.choice("bc")
    return f"{text[: found.start(place)]}{new}{text[found.end(place) :]}"


def invented(text: str, dice: random.Random, pool: Sequence[str]) -> str | None:
    """A piece of another sentence is added."""
    for other in dice.sample(list(pool), min(20, len(pool))):
        tail = re.search(r", (?:and|because|while|so|which|since|with|after|when) [^,]{15,80}[.]$", other)
        if tail and tail[0] not in text:
            return text.rstrip(".") + tail[0]
    return None


def condition(text: str, dice: random.Random, pool: Sequence[str]) -> str | None:
    """A condition is dropped."""
    found = re.search(
        r",? (?:if|unless|only when|when|only if|provided that|as long as|where|until|once) [^,.]{8,}(?=[,.])", text
    )
    return f"{text[: found.start()]}{text[found.end() :]}" if found and found.start() > 25 else None


MUTATIONS: dict[str, Edit] = {
    f.__name__: f for f in (role, actor, number, unit, negation, modality, quantifier, item, invented, condition)
}


def synonym(text: str, dice: random.Random, pool: Sequence[str]) -> str | None:
    """One to three words give way to words that mean the same."""
    edited, count = text, 0
    for old, new in dice.sample(_SAME, len(_SAME)):
        if count < 3 and (changed := _replace(edited, old, new)):
            edited, count = changed, count + 1
    return edited if count else None


def undated(text: str, dice: random.Random, pool: Sequence[str]) -> str | None:
    """Without what stands in brackets."""
    edited = re.sub(r" \([^()]*\)", "", text)
    return edited if edited != text else None


def order(text: str, dice: random.Random, pool: Sequence[str]) -> str | None:
    """The items of a list, or two halves of a sentence, in another order."""
    if found := _LIST.search(text):
        a, b = found["a"].split()[-1], found["b"].strip()
        if " " not in b:  # the first item's extent is unknown but for its last word
            return f"{text[: found.start('a')]}{found['a'][: -len(a)]}{b}, {a}{text[found.end('b') :]}"
    if found := re.fullmatch(r"(?P<body>[A-Z].{30,}), (?:says|writes|argues|suggests|advises|notes) (?P<who>[^,]{3,60})\.", text):
        body = found["body"]
        return f"According to {found['who']}, {body[0].lower() if body[1:2].islower() else body[0]}{body[1:]}."
    if found := re.fullmatch(r"(?P<first>(?:When|If|While|As|After|Before) [^,]{8,80}), (?P<then>[^,]{15,})\.", text):
        return f"{found['then'][0].upper()}{found['then'][1:]} {found['first'][0].lower()}{found['first'][1:]}."
    return None


CONTROLS: dict[str, Edit] = {f.__name__: f for f in (synonym, undated, order)}
