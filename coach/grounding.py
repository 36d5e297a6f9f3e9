"""(sentence, evidence texts) -> supported or not, and why. On this machine, in milliseconds, without a language model.

The sentence is laid beside the evidence sentences that come nearest to it; what it adds, turns round or leaves out there (numbers and
units, roles and names, negation, modality, quantifiers, words without a counterpart) are the features of a logistic model, fitted by
`python -m eval.fit_grounding` on labelled claims. Each reason is something that a reader can look up in the two texts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from pathlib import Path

import numpy as np

from coach.claims import Number, Statement, opposites, read
from coach.encoder import Encoder, Matrix
from coach.index import stem
from coach.logistic import probability
from coach.vocabulary import ROLE_NAMES

WEIGHTS = Path(__file__).with_name("grounding.json")
ALIGNED = 3  # evidence sentences that a claim is laid beside
GAIN = 0.12  # share of the claim's words that a further one must add
KIN = 0.62  # cosine from which two single words count as saying the same
_SENTENCE = re.compile(r"(?<=[.!?])[\"'”’)]*\s+(?=[\"'“‘(]?[A-Z0-9])|\n+")


@dataclass(frozen=True, slots=True)
class Support:
    """What the check says of one sentence."""

    text: str
    supported: bool
    score: float
    """The probability that the evidence supports it."""
    reasons: tuple[str, ...]
    """Why not, or what is odd; the gravest first."""


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """Evidence, read once for many sentences: its own sentences, their unit vectors, and the unit vectors of their words."""

    statements: tuple[Statement, ...]
    vectors: Matrix
    words: tuple[str, ...]
    word_vectors: Matrix


class Checker:
    """The check with one encoder and the fitted model. Safe to share between threads."""

    def __init__(self, encoder: Encoder, weights: Mapping[str, float], threshold: float) -> None:
        self._encoder = encoder
        self._weights = weights
        self._threshold = threshold
        self._word_vectors: dict[str, Matrix] = {}

    @classmethod
    def load(cls, encoder: Encoder) -> Checker:
        """With the weights from their reviewed text file."""
        data = json.loads(WEIGHTS.read_text(encoding="utf-8"))
        return cls(encoder, data["weights"], data["threshold"])

    def read(self, evidence: Sequence[str]) -> Read:
        """The evidence texts, encoded."""
        sentences = [s for text in evidence for s in split(text)] or [""]
        statements = tuple(read(s) for s in sentences)
        words = tuple(dict.fromkeys(w for s in statements for w in s.content))
        vectors = self._encoder.encode(sentences)
        self._learn(words)
        return Read(statements, vectors, words, np.stack([self._word_vectors[w] for w in words]) if words else vectors[:0])

    def check(self, sentence: str, evidence: Read) -> Support:
        """Whether the evidence supports a sentence."""
        claim = read(sentence)
        values, notes = self.features(claim, evidence)
        score = probability(self._weights, values)
        return Support(sentence, score >= self._threshold, round(score, 4), tuple(notes))

    def verify(self, claim: str, evidence: Sequence[str]) -> tuple[Support, ...]:
        """Each sentence of a claim."""
        seen = self.read(evidence)
        return tuple(self.check(s, seen) for s in split(claim))

    def features(self, claim: Statement, evidence: Read) -> tuple[dict[str, float], list[str]]:
        """What the model sees, most values between 0 and 1, and what a reader should know."""
        unknown = [w for w in claim.content if stem(w) not in _stems(evidence) and w not in evidence.words]
        fresh = [w for w in unknown if w not in self._word_vectors]
        encoded = self._encoder.encode([claim.text, *fresh])
        self._word_vectors.update(zip(fresh, encoded[1:], strict=True))
        cosines = evidence.vectors @ encoded[0]
        kin = self._kin(claim, evidence)
        beside = _aligned(claim, evidence, cosines, kin)
        near = [evidence.statements[n] for n in beside]
        best = near[0]
        held = frozenset[str]().union(*(s.stems for s in near))
        values: dict[str, float] = {}
        notes: list[str] = []
        # Words
        novel = {}
        for word in claim.content:
            if all(stem(p) in held for p in word.split("-")) or stem(word) in held:
                continue
            mates = [(c, w) for c, w in kin.get(word, []) if any(w in s.content for s in near)]
            novel[word] = 1.0 - max((c for c, _ in mates), default=0.0)
        count = max(len(claim.content), 1)
        far = [w for w, n in novel.items() if n > 1 - KIN]
        elsewhere = frozenset[str]().union(*(s.stems for s in evidence.statements))
        values["novel_max"] = max(novel.values(), default=0.0)
        values["novel_sum"] = min(sum(novel.values()), 5.0)
        values["novel_share"] = sum(novel.values()) / count
        values["novel_far"] = min(len(far), 4) / 4
        values["absent"] = min(sum(stem(w) not in elsewhere for w in far), 4) / 4
        values["covered"] = 1 - len(novel) / count
        # Likeness
        top = np.sort(cosines)[::-1]
        values["cosine"] = float(top[0])
        values["cosine2"] = float(top[:2].mean())
        together = evidence.vectors[beside].sum(axis=0)
        values["cosine_near"] = float(together @ encoded[0] / np.linalg.norm(together))
        values |= _edits(claim, near, kin)
        values["near"] = (len(near) - 1) / 2
        values["sentences"] = min(len(evidence.statements), 30) / 30
        values["long"] = min(count, 30) / 30
        for part in (_numbers(claim, near, evidence), _actors(claim, near, evidence), _logic(claim, near, best)):
            values |= part[0]
            notes += part[1]
        pairs = [(w, o) for w in novel for o in opposites(w) if o in {t for s in near for t in s.tokens}]
        values["opposite"] = float(bool(pairs))
        notes += [f'says "{w}"; the source says "{o}"' for w, o in pairs[:1]]
        if far:
            worst = sorted(far, key=lambda w: -novel[w])[:3]
            notes.append("the source has nothing on " + ", ".join(f'"{w}"' for w in worst))
        values["verbatim_slip"] = values["alike"] * min(1.0, values["novel_far"] * 4 + values["opposite"])
        return values, notes

    def _learn(self, words: Sequence[str]) -> None:
        fresh = [w for w in words if w not in self._word_vectors]
        if fresh:
            self._word_vectors.update(zip(fresh, self._encoder.encode(fresh), strict=True))

    def _kin(self, claim: Statement, evidence: Read) -> dict[str, list[tuple[float, str]]]:
        """For each word of the claim that the evidence lacks, its nearest words there."""
        out: dict[str, list[tuple[float, str]]] = {}
        stems = _stems(evidence)
        for word in claim.content:
            if stem(word) in stems or not len(evidence.words) or word not in self._word_vectors:
                continue
            cosines = evidence.word_vectors @ self._word_vectors[word]
            order = np.argsort(-cosines)[:5]
            out[word] = [(float(cosines[i]), evidence.words[i]) for i in order]
        return out


def split(text: str) -> list[str]:
    """The sentences of a text."""
    return [s.strip() for s in _SENTENCE.split(text) if s and s.strip()]


@lru_cache(maxsize=256)
def _stems(evidence: Read) -> frozenset[str]:
    return frozenset[str]().union(*(s.stems for s in evidence.statements))


def _aligned(claim: Statement, evidence: Read, cosines: Matrix, kin: Mapping[str, list[tuple[float, str]]]) -> list[int]:
    """The evidence sentences that the claim is laid beside: the best one, then those that add words of the claim."""
    wanted = {stem(w) for w in claim.content}
    size = max(len(wanted), 1)
    mates = {stem(m): stem(w) for w, found in kin.items() for c, m in found if c >= KIN}

    def holds(n: int) -> frozenset[str]:
        stems = evidence.statements[n].stems
        return frozenset((wanted & stems) | {mates[s] for s in stems & mates.keys()})

    held = [holds(n) for n in range(len(evidence.statements))]
    chosen = [max(range(len(held)), key=lambda n: len(held[n]) / size + float(cosines[n]))]
    while len(chosen) < ALIGNED:
        have = frozenset[str]().union(*(held[n] for n in chosen))
        rest = [n for n in range(len(held)) if n not in chosen]
        if not rest:
            break
        best = max(rest, key=lambda n: len(held[n] - have) / size + 0.05 * float(cosines[n]))
        if len(held[best] - have) < max(1.0, GAIN * size):
            break
        chosen.append(best)
    return chosen


def _edits(claim: Statement, near: Sequence[Statement], kin: Mapping[str, list[tuple[float, str]]]) -> dict[str, float]:
    """How the claim's words differ from those of the nearest sentence when it is nearly a copy."""
    best = max(near, key=lambda s: SequenceMatcher(None, claim.tokens, s.tokens, autojunk=False).ratio())
    matcher = SequenceMatcher(None, claim.tokens, best.tokens, autojunk=False)
    ours, theirs, swapped = 0, 0, 0
    for tag, a, b, c, d in matcher.get_opcodes():
        added = [w for w in claim.tokens[a:b] if w in claim.content]
        gone = [w for w in best.tokens[c:d] if w in best.content]
        if tag != "equal":
            ours += len(added)
            theirs += len(gone)
            swapped += bool(added) and bool(gone) and len(added) <= 3 and len(gone) <= 3
    matched = sum(block.size for block in matcher.get_matching_blocks())
    alike = matched / max(len(claim.tokens), 1)
    moved = _moved(claim.tokens, best.tokens)
    return {
        "alike": alike**3,
        "verbatim": float(matched == len(claim.tokens)),
        "alike_added": alike**3 * min(ours, 4) / 4,
        "alike_gone": alike**3 * min(theirs, 4) / 4,
        "alike_swapped": alike**3 * min(swapped, 2) / 2,
        "alike_moved": moved,
    }


def _moved(ours: Sequence[str], theirs: Sequence[str]) -> float:
    """Whether the same words stand in another order, as when two actors change places."""
    same = sorted(ours) == sorted(theirs)
    return float(same and list(ours) != list(theirs))


def _numbers(claim: Statement, near: Sequence[Statement], evidence: Read) -> tuple[dict[str, float], list[str]]:
    close = [n for s in near for n in s.numbers]
    everywhere = [n for s in evidence.statements for n in s.numbers]
    values = {"number_absent": 0.0, "number_far": 0.0, "unit": 0.0, "numbers": min(len(claim.numbers), 3) / 3}
    notes: list[str] = []
    for number in claim.numbers:
        if not any(_same(number, n) for n in everywhere):
            values["number_absent"] += 1.0
            notes.append(f"the number {number.text} is not in the source")
        elif not any(_same(number, n) for n in close):
            values["number_far"] += 1.0
            notes.append(f"the number {number.text} stands elsewhere in the source")
        elif number.unit and not any(_same(number, n) and n.unit in ("", number.unit) for n in close):
            values["unit"] += 1.0
            other = next(n.unit for n in close if _same(number, n))
            notes.append(f"says {number.text} in {number.unit}; the source counts in {other}")
    return {k: min(v, 2.0) for k, v in values.items()}, notes


def _same(one: Number, other: Number) -> bool:
    return abs(one.value - other.value) < 1e-6 * max(1.0, abs(one.value))


def _actors(claim: Statement, near: Sequence[Statement], evidence: Read) -> tuple[dict[str, float], list[str]]:
    close = {r for s in near for r in s.roles}
    everywhere = {r for s in evidence.statements for r in s.roles}
    foreign = [r for r in claim.roles if r not in everywhere]
    off = [r for r in claim.roles if r in everywhere and r not in close]
    text = " ".join(s.text for s in evidence.statements).lower()
    near_text = " ".join(s.text for s in near).lower()
    strange = [n for n in claim.names if n.lower() not in text]
    away = [n for n in claim.names if n.lower() in text and n.lower() not in near_text]
    said = {(doer, what) for s in near for doer, what in s.doers}
    by: dict[str, set[str]] = {}
    for doer, what in said:
        by.setdefault(what, set()).add(doer)
    judged = [(doer, what) for doer, what in claim.doers if what in by]
    wrong = [(doer, what) for doer, what in judged if doer not in by[what]]
    values = {
        "role_absent": min(len(foreign), 2) / 2 if everywhere else 0.0,
        "role_far": min(len(off), 2) / 2,
        "role_new": float(bool(claim.roles) and not everywhere),
        "name_absent": min(len(strange), 2) / 2,
        "name_far": min(len(away), 2) / 2,
        "doer": len(wrong) / len(judged) if judged else 0.0,
        "doer_all": float(bool(judged) and len(wrong) == len(judged)),
    }
    notes = [f"the source does not speak of a {ROLE_NAMES[r]}" for r in (foreign if everywhere else ())]
    if wrong and not foreign:
        doer, what = wrong[0]
        other = sorted(by[what])[0]
        notes.append(f"says it of the {ROLE_NAMES[doer]}; the source says it of the {ROLE_NAMES[other]}")
    notes += [f"the name {n} is not in the source" for n in strange]
    return values, notes


_STRENGTH = {"may": 0, "should": 1, "will": 2, "must": 3}


def _logic(claim: Statement, near: Sequence[Statement], best: Statement) -> tuple[dict[str, float], list[str]]:
    notes: list[str] = []
    denied = len(best.denied) if len(near) == 1 else sum(len(s.denied) for s in near)
    values = {
        "denial_added": float(len(claim.denied) > denied),
        "denial_gone": float(len(claim.denied) < len(best.denied)),
        "denial_odd": float((len(claim.denied) - len(best.denied)) % 2),
    }
    if values["denial_added"]:
        notes.append(f'says "{claim.denied[0]}"; the source does not')
    elif values["denial_odd"] and best.denied:
        notes.append(f'the source says "{best.denied[0]}"')
    theirs = frozenset[str]().union(*(s.modals for s in near))
    for kind in _STRENGTH:
        values[f"{kind}_added"] = float(kind in claim.modals and kind not in theirs)
        values[f"{kind}_gone"] = float(kind in best.modals and kind not in claim.modals)
    added = [k for k in _STRENGTH if values[f"{k}_added"]]
    gone = [k for k in _STRENGTH if values[f"{k}_gone"]]
    values["modal_swapped"] = float(bool(added and gone))
    if added and gone:
        notes.append(f'says "{added[0]}"; the source says "{gone[0]}"')
    quantities = frozenset[str]().union(*(s.quantifiers for s in near))
    kinds = ("all", "most", "some", "only", "none", "least", "limit", "about")
    for kind in kinds:
        values[f"{kind}_added"] = float(kind in claim.quantifiers and kind not in quantities)
        values[f"{kind}_gone"] = float(kind in best.quantifiers and kind not in claim.quantifiers)
    more = [k for k in kinds if values[f"{k}_added"]]
    less = [k for k in kinds if values[f"{k}_gone"]]
    values["quantity_swapped"] = float(bool(more and less))
    if more and less:
        notes.append(f'says "{more[0]}"; the source says "{less[0]}"')
    elif more:
        notes.append(f'says "{more[0]}"; the source does not')
    values["condition_gone"] = min(max(best.conditions - claim.conditions, 0), 2) / 2
    values["condition_added"] = min(max(claim.conditions - best.conditions, 0), 2) / 2
    return values, notes
