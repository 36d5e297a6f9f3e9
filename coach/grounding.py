"""(sentence, evidence texts) -> supported or not, a score, and reasons that a reader can look up. On this machine, without a language model.

Two readers look at a sentence beside the evidence sentences that share most of its words: a small model that reads both together
(`coach.entailment`), and look-ups that compare numbers and units, roles and names, negation, modality and quantifiers (`coach.statement`).
What they find are the features of a logistic model, fitted by `python -m eval.fit_grounding`, its weights in grounding.json.
"""

from __future__ import annotations

import json
import math
import re
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from pathlib import Path

from coach.corpus import plain
from coach.entailment import KINDS, Entailment, load_entailment
from coach.index import STOP_WORDS, stem
from coach.logistic import probability
from coach.statement import (
    MODALS,
    QUANTIFIERS,
    Statement,
    denials,
    kinds_of,
    opposites,
    read,
    same_amount,
    same_unit,
)
from coach.types import Sentence, Support
from coach.vocabulary import ROLE_NAMES

WEIGHTS = Path(__file__).with_name("grounding.json")
# Words of evidence that a claim is laid beside: so many at least, or so many for each word of the claim.
LEAST, PER_WORD = 60, 2.5
COUNTED = 4  # words for small numbers, up to this one, may count what the source only lists
LIMIT = 6.0  # of the model's log-odds, so that it can be overruled
_SENTENCE = re.compile(r"(?<=[.!?])[\"'\u201d\u2019)]*\s+(?=[\"'\u201c\u2018(]?[A-Z0-9])|\n+")
_WORD = re.compile(r"[a-z0-9]+")
# What the model's verdicts mean to a reader.
_SAYS = {
    "role": "the source says it of another role",
    "item": "the source does not name all of this",
    "number": "the source gives another number",
    "unit": "the source counts in another unit",
    "actor": "the source says it of somebody else, or the other way round",
    "negation": "the source says the opposite of a part of this",
    "modality": "the source says it with another strength",
    "quantifier": "the source speaks of another amount",
    "invented": "a part of this is not in the source",
    "condition": "the source ties this to something else, or to a condition",
    "citation": "the source is about something else",
}


class Checker:
    """The check with its fitted model. Safe to share between threads."""

    def __init__(self, load: Callable[[], Entailment], weights: Mapping[str, float], threshold: float) -> None:
        self._load = load
        self._lock = threading.Lock()
        self._entailment: Entailment | None = None
        self._weights = weights
        self._threshold = threshold

    @classmethod
    def load(cls, cache: Path, threads: int = 1) -> Checker:
        """With the weights from their reviewed text file. The model itself is loaded when a sentence first needs it, which may raise EncoderError."""
        data = json.loads(WEIGHTS.read_text(encoding="utf-8"))
        return cls(lambda: load_entailment(cache, threads), data["weights"], data["threshold"])

    def check(self, sentence: str, evidence: Sequence[str]) -> Support:
        """Whether the evidence texts together support a sentence."""
        if any(plain(sentence) == plain(text) for text in evidence) and sentence.strip():
            return Support(True, 1.0)  # word for word
        claim = read(sentence)
        sources = [s for text in evidence for s in split(plain(text))]
        if not claim.tokens or not sources:
            return Support(False, 0.0, ("there is nothing in the evidence" if claim.tokens else "there is no sentence",))
        if any(claim.tokens == read(s).tokens for s in sources):
            return Support(True, 1.0)
        beside = laid_beside(sentence, sources)
        kinds = self._model().probabilities([(sentence, " ".join(beside))])[0]
        values, notes = features(claim, [read(s) for s in beside], [read(s) for s in sources])
        score = probability(self._weights, values | {"model": log_odds(float(kinds[0]))})
        supported = score >= self._threshold
        if not supported and not notes:
            notes = [_SAYS[max(zip(kinds[1:], KINDS[1:], strict=True))[1]]]
        return Support(supported, round(score, 4), tuple(notes))

    def verify(self, claim: str, evidence: Sequence[str]) -> tuple[Sentence, ...]:
        """Each sentence of a claim, checked."""
        checked = ((s, self.check(s, evidence)) for s in split(claim))
        return tuple(Sentence(s, (), c.supported, c.score, c.reasons) for s, c in checked)

    def _model(self) -> Entailment:
        with self._lock:
            if self._entailment is None:
                self._entailment = self._load()
            return self._entailment


def log_odds(probability: float) -> float:
    """Within LIMIT."""
    bounded = min(max(probability, 1e-6), 1 - 1e-6)
    return max(-LIMIT, min(LIMIT, math.log(bounded / (1 - bounded))))


def split(text: str) -> list[str]:
    """The sentences of a text."""
    return [s.strip() for s in _SENTENCE.split(text) if s and s.strip()]


@lru_cache(maxsize=20_000)
def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(w) for w in _WORD.findall(text.lower()) if w not in STOP_WORDS)


def laid_beside(claim: str, sources: Sequence[str]) -> list[str]:
    """The evidence sentences that share most of a claim's rarer words, in their order; all of a short evidence."""
    room = max(LEAST, int(PER_WORD * len(claim.split())))
    if sum(len(s.split()) for s in sources) <= room:
        return list(sources)
    wanted, held = _stems(claim), [_stems(s) for s in sources]
    known = Counter(w for words in held for w in words)
    chosen: list[int] = []
    have: set[str] = set()
    while len(chosen) < len(sources):
        gains = {}
        for n in range(len(sources)):
            if n not in chosen:
                new, old = (sum(1 / known[w] for w in held[n] & wanted & side) for side in (wanted - have, wanted))
                gains[n] = new + 0.3 * old - 0.004 * len(sources[n].split())
        best = max(gains, key=lambda n: gains[n])
        room -= len(sources[best].split())
        if chosen and room < 0:
            break
        chosen.append(best)
        have |= held[best] & wanted
    return [sources[n] for n in sorted(chosen)]


def features(claim: Statement, near: Sequence[Statement], sources: Sequence[Statement]) -> tuple[dict[str, float], list[str]]:
    """What look-ups find wrong, most values between 0 and 1, and what a reader should know; `near` are the sentences beside the claim, of all `sources`."""
    values: dict[str, float] = {}
    notes: list[str] = []
    for found in (
        _numbers(claim, near, sources),
        _actors(claim, near, sources),
        _logic(claim, near),
        _words(claim, near),
        _copied(claim, near),
    ):
        values |= found[0]
        notes += found[1]
    return values, notes


Found = tuple[dict[str, float], list[str]]


def _words(claim: Statement, near: Sequence[Statement]) -> Found:
    """How much of the claim the evidence holds word for word, and words that it holds turned round."""
    held = frozenset[str]().union(*(s.stems for s in near))
    said = {t for s in near for t in s.tokens}
    novel = [w for w in claim.content if stem(w) not in held]
    pairs = [(w, o) for w in novel for o in opposites(w) if o in said]
    text = f" {' '.join(claim.tokens)} "
    values = {
        "novel": len(novel) / max(len(claim.content), 1),
        "opposite": float(bool(pairs)),
        "verbatim": float(any(text in f" {' '.join(s.tokens)} " for s in near)),
        "moved": float(any(sorted(claim.tokens) == sorted(s.tokens) and claim.tokens != s.tokens for s in near)),
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
    turned = order != [a for a in source.actors if a in claim.actors] or set(claim.actors) != set(source.actors) & set(
        claim.actors
    )
    names = {w.lower() for w in claim.names}
    values = {
        "copy": copy,
        "copy_named": copy * float(any(w in names for w in new)),
        "copy_denial": copy * (denials(new) % 2 != denials(gone) % 2),
        "copy_strength": copy * float(kinds_of(new, MODALS) != kinds_of(gone, MODALS)),
        "copy_amount": copy * float(kinds_of(new, QUANTIFIERS) != kinds_of(gone, QUANTIFIERS)),
        "copy_added": copy * min(sum(w in claim.content for w in new), 4) / 4,
        "copy_swapped": float(copy > 0.6 and not gone and not new and turned),
    }
    notes = []
    if values["copy_swapped"] and claim.actors != source.actors:
        notes.append(
            f"says it of {' and '.join(map(_called, claim.actors))}; the source of {' and '.join(map(_called, source.actors))}"
        )
    return values, notes


def _numbers(claim: Statement, near: Sequence[Statement], sources: Sequence[Statement]) -> Found:
    close, everywhere = [n for s in near for n in s.numbers], [n for s in sources for n in s.numbers]
    values = {"number_absent": 0.0, "count_absent": 0.0, "unit": 0.0}
    notes: list[str] = []
    for number in claim.numbers:
        same = [n for n in close if same_amount(number, n)] or [n for n in everywhere if same_amount(number, n)]
        if not same:
            # "Two teams" often counts what the source only lists.
            counted = number.value <= COUNTED and not number.unit and number.text.isalpha()
            values["count_absent" if counted else "number_absent"] = 1.0
            notes += [] if counted else [f"the number {number.text} is not in the source"]
        elif not any(same_unit(number, n) for n in same):
            values["unit"] = 1.0
            notes.append(f"counts {number.text} in {number.unit}s; the source in {same[0].unit}s")
    known = frozenset[str]().union(*(s.periods for s in near))
    values["period"] = float(bool(known and claim.periods - known))
    return values, notes


def _actors(claim: Statement, near: Sequence[Statement], sources: Sequence[Statement]) -> Found:
    everywhere = {a for s in sources for a in s.actors}
    foreign = [a for a in claim.actors if a not in everywhere] if everywhere else []
    roles = [a for a in foreign if a in ROLE_NAMES]
    text = " ".join(s.text for s in sources).lower()
    strange = [n for n in claim.names if n.lower() not in text]
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
    notes = [f"the source does not speak of a {_called(a)}" for a in foreign]
    if wrong and not foreign and values["doer"] > 0.5:
        doer, what = wrong[0]
        notes.append(f"says it of the {_called(doer)}; the source says it of the {_called(min(by[what]))}")
    return values, notes + [f"the name {n} is not in the source" for n in strange]


def _called(actor: str) -> str:
    return ROLE_NAMES.get(actor, actor)


def _logic(claim: Statement, near: Sequence[Statement]) -> Found:
    best = max(near, key=lambda s: len(claim.stems & s.stems))
    notes: list[str] = []
    odd = (len(claim.denied) - len(best.denied)) % 2 == 1
    if len(claim.denied) > sum(len(s.denied) for s in near):
        notes.append(f'says "{claim.denied[0]}"; the source does not')
    elif odd and best.denied:
        notes.append(f'the source says "{best.denied[0]}"')
    values = {"denial": float(odd)}
    for name, kinds, ours, mine, theirs in (
        ("modal", MODALS, claim.modals, best.modals, [s.modals for s in near]),
        ("quantity", QUANTIFIERS, claim.quantifiers, best.quantifiers, [s.quantifiers for s in near]),
    ):
        more = [k for k in kinds if k in ours and not any(k in held for held in theirs)]
        less = [k for k in kinds if k in mine and k not in ours]
        values |= {
            f"{name}_more": float(bool(more)),
            f"{name}_less": float(bool(less)),
            f"{name}_both": float(bool(more and less)),
        }
        if more and less:
            notes.append(f'says "{more[0]}"; the source says "{less[0]}"')
    return values, notes
