"""Labelled claims and their evidence to fit the grounding check on: claims by hand, and edits by rule of them and of the corpus.

One evidence text by hand in PARTS is kept from the model that reads both together, so that what weighs its verdict meets claims that the model has
not seen. Of third-party texts two parts are fitted on, one is kept, and the other half is only reported on.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from coach.corpus import plain, read_corpus
from coach.grounding import split
from eval.folds import FIT
from eval.mutations import CONTROLS, MUTATIONS, synonym
from eval.rows import read_rows

PARTS = 6
BY_RULE = 0.5  # how much a claim made by rule counts against one written by hand
REWORDED = 0.4  # share of the false edits that are reworded too, or a rewording alone would tell true from false


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence with its evidence and whether that supports it."""

    text: str
    evidence: tuple[str, ...]
    supported: bool
    kind: str
    """How it was made, or what is wrong with it; "" where that is not known."""
    made: str = "hand"
    """By whom: "hand", "rule", or the third party's name."""
    weight: float = 1.0
    kept: bool = False
    """Whether it is kept from the model that reads claim and evidence together."""


def part(text: str) -> int:
    """The part of a text, 0 to PARTS - 1, the same in every run."""
    return int(hashlib.sha256(text[:200].encode()).hexdigest(), 16) % PARTS


def is_kept(evidence: Sequence[str]) -> bool:
    """Whether evidence by hand is kept from the model that reads claim and evidence together."""
    return part(evidence[0]) == 0


def claims(corpus: Path, also: Path | None = None, seed: int = 1) -> list[Claim]:
    """All of them; `also` is a file of third-party rows `{"context", "claim", "label", "source"}`, of which half is used."""
    dice = random.Random(seed)
    return [*_by_hand(dice), *_of_corpus(corpus, dice), *(_third_party(also) if also else ())]


def _by_hand(dice: random.Random) -> Iterator[Claim]:
    labelled = read_rows(FIT / "claims.jsonl")
    true = [c["claim"] for row in labelled for c in row["claims"] if c["supported"]]
    sentences = [s for row in labelled for text in row["evidence"] for s in split(text)]
    for number, row in enumerate(labelled):
        evidence = tuple(row["evidence"])
        kept = is_kept(evidence)
        for c in row["claims"]:
            yield Claim(c["claim"], evidence, c["supported"], c["kind"], kept=kept)
        own = [s for text in evidence for s in split(text)]
        for sentence in dice.sample(own, min(2, len(own))):
            yield Claim(sentence, evidence, True, "supported", "rule", BY_RULE, kept)
            harmless = [e for edit in CONTROLS.values() if (e := edit(sentence, dice, sentences))]
            if harmless:
                yield Claim(dice.choice(harmless), evidence, True, "supported", "rule", BY_RULE, kept)
        bases = [c["claim"] for c in row["claims"] if c["supported"]] + own[:2]
        for text, kind in _false(bases, 2, dice, true):
            yield Claim(text, evidence, False, kind, "rule", BY_RULE, kept)
        other = labelled[dice.randrange(len(labelled))]
        if number % 2 == 0 and other is not row:
            claim = dice.choice([c["claim"] for c in other["claims"] if c["supported"]])
            yield Claim(claim, evidence, False, "citation", "rule", BY_RULE, kept)


def _of_corpus(folder: Path, dice: random.Random) -> Iterator[Claim]:
    passages = [[plain(p.quote(n)) for n in range(len(p.sentences))] for p in read_corpus(folder).passages]
    pool = [s for sentences in passages for s in sentences]
    for sentences in passages:
        evidence = (" ".join(sentences),)
        for sentence in dice.sample(sentences, min(3, len(sentences))):
            yield Claim(sentence, evidence, True, "supported", "rule", BY_RULE)
            for edit in CONTROLS.values():
                if edited := edit(sentence, dice, pool):
                    yield Claim(edited, evidence, True, "supported", "rule", BY_RULE)
            for text, kind in _false([sentence], 3, dice, pool):
                yield Claim(text, evidence, False, kind, "rule", BY_RULE)
        elsewhere = dice.choice(passages[dice.randrange(len(passages))])
        if elsewhere not in sentences:
            yield Claim(elsewhere, evidence, False, "citation", "rule", BY_RULE)


def _false(bases: Sequence[str], count: int, dice: random.Random, pool: Sequence[str]) -> Iterator[tuple[str, str]]:
    """False edits of true claims, each by another operator."""
    for kind, edit in dice.sample(list(MUTATIONS.items()), len(MUTATIONS)):
        base = dice.choice(bases)
        edited = edit(base, dice, pool)
        if edited and edited != base:
            yield ((dice.random() < REWORDED and synonym(edited, dice, pool)) or edited), kind
            count -= 1
        if not count:
            return


def _third_party(path: Path, parts: tuple[int, ...] = (0, 1, 2)) -> Iterator[Claim]:
    for row in read_rows(path):
        number, supported = part(row["context"]), row["label"] == "supported"
        if number in parts:
            kind = "supported" if supported else ""
            yield Claim(row["claim"], (row["context"],), supported, kind, row["source"], kept=number == 2)


def reported(path: Path) -> list[Claim]:
    """The third-party rows that nothing is fitted on."""
    return list(_third_party(path, (3, 4, 5)))
