"""What is wrong with a claim beside its evidence, as far as look-ups tell: numbers and units, who, negation, strength, amount, exchanged parts.

Each finding is a feature of the grounding check's model, and where a reader can look it up, a reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from coach.index import STOP_WORDS, stem
from coach.numbers import ORDINALS, Number, same_amount, same_unit
from coach.statement import MODALS, QUANTIFIERS, Statement, denials, kinds_of, opposites, word_for
from coach.vocabulary import ROLE_NAMES

LINKS = frozenset({",", ";", "and", "or"})
ARTICLES = frozenset({"a", "an", "the"})
PARTIES = frozenset({"you", "i", "we", "they", "he", "she", "him", "her", "them", "us", "me"})
PASSED_OVER = (STOP_WORDS - PARTIES) | LINKS  # by who looks for exchanged parts
# Between two things: what is true of one is not of the other.
PREFERS = frozenset({"not", "rather", "instead", "than", "unlike", "without"})
FOLLOWS = 0.55  # share of a claim's words that stand in one sentence in their order, from which it follows that sentence
SPELT = 12  # words for larger numbers are as sharp as digits
COUNTED = 4  # words for small numbers, up to this one, may count what the source only lists


def features(claim: Statement, near: Sequence[Statement], sources: Sequence[Statement]) -> tuple[dict[str, float], list[str]]:
    """What look-ups find, most values between 0 and 1, and what a reader should know; `near` are the sentences of the sources beside the claim."""
    values: dict[str, float] = {}
    notes: list[str] = []
    whole = sum(len(s.tokens) for s in sources)
    values["unread"] = 1 - sum(len(s.tokens) for s in near) / max(whole, 1)
    for found in (
        _numbers(claim, near, sources),
        _actors(claim, near, sources),
        _logic(claim, near),
        _words(claim, near, sources),
        _copied(claim, near),
    ):
        values |= found[0]
        notes += found[1]
    return values, notes


Found = tuple[dict[str, float], list[str]]


def _words(claim: Statement, near: Sequence[Statement], sources: Sequence[Statement]) -> Found:
    """How much of the claim the evidence holds word for word, and words that it holds turned round."""
    held = frozenset[str]().union(*(s.stems for s in near))
    said = {t for s in near for t in s.tokens}
    novel = [w for w in claim.content if stem(w) not in held]
    pairs = [(w, o) for w in novel for o in opposites(w) if o in said]
    text = f" {' '.join(claim.tokens)} "
    known = 1 - len(novel) / max(len(claim.content), 1)
    turned = [s for s in near if exchanged(claim.stemmed, s.stemmed)]
    values = {
        "opposite": float(bool(pairs)),
        "verbatim": float(any(text in f" {' '.join(s.tokens)} " for s in near)),
        "exchanged": known**12 * float(bool(turned)),
        "replaced": float(_replaced(claim.stemmed, [s.stemmed for s in near], frozenset(w for s in sources for w in s.stemmed))),
        "exchanged_only": float(any(_only_exchanged(claim.stemmed, s.stemmed) for s in near)),
    }
    return values, [f'says "{w}"; the source says "{o}"' for w, o in pairs[:1]]


def _copied(claim: Statement, near: Sequence[Statement]) -> Found:
    """In what is nearly a copy of a sentence one changed word is no accident: what was changed, each times how much of a copy it is."""
    matchers = [SequenceMatcher(None, s.masked, claim.masked, autojunk=False) for s in near]
    best = max(range(len(near)), key=lambda n: matchers[n].ratio())
    source, blocks = near[best], [b for b in matchers[best].get_matching_blocks() if b.size]
    start, end = (blocks[0].a, blocks[-1].a + blocks[-1].size) if blocks else (0, 0)  # a claim may be a part of a sentence
    kept_a = {n for b in blocks for n in range(b.a, b.a + b.size)}
    kept_b = {n for b in blocks for n in range(b.b, b.b + b.size)}
    gone = [w for n, w in enumerate(source.masked) if start <= n < end and n not in kept_a]
    new = [w for n, w in enumerate(claim.masked) if n not in kept_b]
    copy = (sum(b.size for b in blocks) / len(claim.masked)) ** 3
    order = [a for a in claim.actors if a in source.actors]
    turned = order != [a for a in source.actors if a in claim.actors] or not set(claim.actors) <= set(source.actors)
    names = {w.lower() for w in claim.names}
    values = {
        "copy": copy,
        "copy_named": copy * float(any(w in names for w in new)),
        "copy_denial": copy * (denials(new) % 2 != denials(gone) % 2),
        "copy_amount": copy * float(kinds_of(new, QUANTIFIERS) != kinds_of(gone, QUANTIFIERS)),
        "copy_actor": copy * float(not set(claim.actors) <= set(source.actors)),
        "copy_swapped": float(not gone and not new and turned),
    }
    notes = []
    if values["copy_swapped"] and claim.actors != source.actors:
        ours, theirs = (" and ".join(_called(a, s) for a in s.actors) for s in (claim, source))
        notes.append(f'says it of "{ours}"; the source of "{theirs}"')
    return values, notes


def _replaced(claim: Sequence[str], near: Sequence[Sequence[str]], known: frozenset[str]) -> bool:
    """Whether a claim follows one sentence of the source but for one part, in whose place it has words from elsewhere in the source."""
    said, *beside = ([w for w in words if w not in ARTICLES and w != ","] for words in (claim, *near))
    alike = [[b for b in SequenceMatcher(None, w, said, autojunk=False).get_matching_blocks() if b.size] for w in beside]
    best = max(range(len(near)), key=lambda n: sum(b.size for b in alike[n]))
    held, blocks = beside[best], alike[best]
    if sum(b.size for b in blocks) < FOLLOWS * len(said):
        return False
    edges = [(b.a, b.b, b.a + b.size, b.b + b.size) for b in blocks]
    gaps = [(a[2], a[3], b[0], b[1]) for a, b in zip([(0, 0, 0, 0), *edges], [*edges, (len(held), len(said), 0, 0)], strict=True)]
    changed = [gap for gap in gaps if gap[1] < gap[3]]
    if len(changed) != 1:
        return False
    first, start, last, end = changed[0]
    room = max(end - start + 1, 3)  # a claim may be a stretch of the sentence: what stood in its place stands next to it
    old = held[first:last][-room:] if start == 0 else held[first:last][:room]
    new_words, old_words = ({w for w in words if w not in PASSED_OVER} for words in (said[start:end], old))
    return bool(new_words and old_words) and not new_words & old_words and new_words <= known


def _only_exchanged(claim: Sequence[str], source: Sequence[str]) -> bool:
    """Whether a claim is a stretch of the source with two parts exchanged and nothing else done, articles aside."""
    said, held = ([w for w in words if w not in ARTICLES] for words in (claim, source))
    same = sorted(said)
    stretches = (held[n : n + len(said)] for n in range(len(held) - len(said) + 1))
    return any(sorted(stretch) == same and exchanged(said, stretch) for stretch in stretches)


def exchanged(claim: Sequence[str], source: Sequence[str]) -> bool:
    """Whether two parts of a sentence changed places around a third, as when "A teaches B" becomes "B teaches A".

    Of words that stand once on each side: X M Y in the source, Y M X in the claim; a denial alone may stand for M ("A, not B"). Neither the
    passive voice ("by") nor the items of a list (nothing but commas and "and" beside M) are an exchange.
    """
    places = {w: n for n, w in enumerate(source) if w not in PASSED_OVER and source.count(w) == 1 == claim.count(w)}
    order = [places[w] for w in claim if w in places]
    if ("by" in claim) is not ("by" in source):
        return False
    rising = sorted(order)
    moved = [n for n, (a, b) in enumerate(zip(order, rising, strict=True)) if a != b]
    if not moved:
        return False
    window, ideal = order[moved[0] : moved[-1] + 1], rising[moved[0] : moved[-1] + 1]
    for first in range(1, len(window)):
        if window[first:] + window[:first] == ideal and set(source[window[-1] + 1 : window[0]]) & PREFERS:
            return True
    for last in range(1, len(window) - 1):  # words of X, which the claim has last
        for first in range(1, len(window) - last):  # words of Y
            middle = window[first:-last]
            if window[-last:] + middle + window[:first] == ideal:
                gaps = (source[window[-1] + 1 : middle[0]], source[middle[-1] + 1 : window[0]])
                return not all(set(gap) & LINKS for gap in gaps)
    return False


def _numbers(claim: Statement, near: Sequence[Statement], sources: Sequence[Statement]) -> Found:
    close = [n for s in near for n in (*s.numbers, *s.rates)]
    everywhere = [n for s in sources for n in (*s.numbers, *s.rates)]
    values = {"digits_absent": 0.0, "words_absent": 0.0, "part_absent": 0.0, "unit": 0.0}
    notes: list[str] = []
    for number in claim.numbers:
        same = [n for n in close if same_amount(number, n)] or [n for n in everywhere if same_amount(number, n)]
        in_words = number.text[0].isalpha()
        if not same:
            # "Two teams" often counts what the source only lists.
            if not (in_words and number.value <= COUNTED and not number.unit):
                values[_absence(number) if in_words else "digits_absent"] = 1.0
                notes.append(f"the number {number.text} is not in the source")
        elif not any(same_unit(number, n) for n in same):
            values["unit"] = 1.0
            notes.append(f'the unit of {number.text} is "{number.unit}"; in the source it is "{same[0].unit}"')
    known = frozenset[str]().union(*(s.periods for s in near))
    values["period"] = float(bool(known and claim.periods - known))
    return values, notes


def _absence(number: Number) -> str:
    """The finding for a number in words that the source does not give."""
    if number.value <= COUNTED or number.unit == "percent" or number.text in ORDINALS:
        return "part_absent"
    return "words_absent" if number.value <= SPELT else "digits_absent"


def _actors(claim: Statement, near: Sequence[Statement], sources: Sequence[Statement]) -> Found:
    everywhere = {a for s in sources for a in s.actors}
    foreign = [a for a in claim.actors if a not in everywhere] if everywhere else []
    roles = [a for a in foreign if a in ROLE_NAMES]
    said = {t for s in sources for t in s.tokens}
    strange = [n for n in claim.names if n.lower() not in said]
    by: dict[str, set[str]] = {}
    for statement in near:
        for doer, what in statement.doers:
            by.setdefault(what, set()).add(doer)
    judged = [(doer, what) for doer, what in claim.doers if what in by]
    wrong = [(doer, what) for doer, what in judged if doer not in by[what]]
    values = {
        "role_absent": float(bool(roles)),
        "actor_absent": float(len(foreign) > len(roles)),
        "name_absent": min(len(strange), 2) / 2,
        "doer": len(wrong) / len(judged) if judged else 0.0,
    }
    notes = [f'the source does not speak of "{_called(a, claim)}"' for a in foreign]
    if wrong and not foreign and values["doer"] > 0.5:
        doer, what = wrong[0]
        notes.append(f'says it of "{_called(doer, claim)}"; the source says it of "{_called(min(by[what]), *near)}"')
    return values, notes + [f"the name {n} is not in the source" for n in strange]


def _called(actor: str, *where: Statement) -> str:
    """What a reader calls an actor: a role's name, or the word that a statement has for it."""
    words = (t for s in where for t in s.tokens)
    return ROLE_NAMES.get(actor) or next((w for w in words if w.startswith(actor.split()[0])), actor)


def _logic(claim: Statement, near: Sequence[Statement]) -> Found:
    best = max(near, key=lambda s: len(claim.stems & s.stems))
    notes: list[str] = []
    odd = (len(claim.denied) - len(best.denied)) % 2 == 1
    if len(claim.denied) > sum(len(s.denied) for s in near):
        notes.append(f'says "{claim.denied[0]}"; the source does not')
    elif odd and best.denied:
        notes.append(f'the source says "{best.denied[0]}"')
    values = {"denial": float(odd)}
    for name, kinds, own, mine, held in (
        ("modal", MODALS, claim.modals, best.modals, [s.modals for s in near]),
        ("quantity", QUANTIFIERS, claim.quantifiers, best.quantifiers, [s.quantifiers for s in near]),
    ):
        more = [k for k in kinds if k in own and not any(k in h for h in held)]
        less = [k for k in kinds if k in mine and k not in own]
        values |= {
            f"{name}_more": float(bool(more)),
            f"{name}_less": float(bool(less)),
            f"{name}_both": float(bool(more and less)),
        }
        if more and less:
            ours, theirs = word_for(claim.text, more[0], kinds), word_for(best.text, less[0], kinds)
            notes.append(f'says "{ours}"; the source says "{theirs}"')
    return values, notes
