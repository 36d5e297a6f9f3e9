"""Metrics as pure functions, under the names that the field uses; rates are shares between 0 and 1."""

from __future__ import annotations

import math
import random
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from coach.index import stem

Entails = Callable[[str, Sequence[str]], bool]
"""Whether texts together support a sentence."""
ROUNDS = 2000  # of a bootstrap


def has_key_facts(text: str, key: Sequence[Sequence[str]], wrong: Sequence[str] = ()) -> bool:
    """Whether a text holds one alternative of every group and none of the wrong words."""
    return not missing_key_facts(text, key) and not any(holds(text, w) for w in wrong)


def key_fact_recall(text: str, key: Sequence[Sequence[str]]) -> float:
    """The share of the groups of which a text holds an alternative, 1 for no groups."""
    return 1 - len(missing_key_facts(text, key)) / len(key) if key else 1.0


def missing_key_facts(text: str, key: Sequence[Sequence[str]]) -> list[Sequence[str]]:
    """The groups of which a text holds no alternative."""
    return [group for group in key if not any(holds(text, a) for a in group)]


def holds(text: str, words: str) -> bool:
    """Whether a text holds words, letter case and endings aside: "report" is in "reporting", "speaking up" in "speaks up"."""
    if re.search(rf"(?<![^\W_]){re.escape(words.strip())}", text, re.IGNORECASE):
        return True
    sought, said = ([stem(w) for w in re.findall(r"\w+", t.lower())] for t in (words, text))
    return bool(sought) and any(said[n : n + len(sought)] == sought for n in range(len(said)))


def token_f1(text: str, reference: str) -> float:
    """The harmonic mean of precision and recall over the words of two texts, letter case aside; a word counts as often as it stands there."""
    said, expected = (Counter(re.findall(r"\w+", t.lower())) for t in (text, reference))
    shared = (said & expected).total()
    return 2 * shared / (said.total() + expected.total()) if shared else 0.0


def share(hits: Iterable[bool]) -> float:
    """The share of true values, 0 for none."""
    values = list(hits)
    return sum(values) / len(values) if values else 0.0


def mean(values: Sequence[float]) -> float:
    """The arithmetic mean, 0 for none."""
    return math.fsum(values) / len(values) if values else 0.0


def recall_at(k: int, ranked: Sequence[str], relevant: Collection[str]) -> float:
    """The relevant ids among the first k, as a share of those that k places can hold (capped recall); 0 when nothing is relevant."""
    return len(set(ranked[:k]) & set(relevant)) / min(k, len(set(relevant))) if relevant else 0.0


def reciprocal_rank(ranked: Sequence[str], relevant: Collection[str]) -> float:
    """1 / the rank of the first relevant id, 0 when there is none."""
    return next((1 / n for n, name in enumerate(ranked, 1) if name in relevant), 0.0)


def ndcg_at(k: int, ranked: Sequence[str], gains: Mapping[str, float]) -> float:
    """Normalised discounted cumulative gain of the first k, with linear gains as in trec_eval; 0 when nothing is relevant."""
    found = math.fsum(gains.get(name, 0.0) / math.log2(n + 1) for n, name in enumerate(ranked[:k], 1))
    ideal = math.fsum(gain / math.log2(n + 1) for n, gain in enumerate(sorted(gains.values(), reverse=True)[:k], 1))
    return found / ideal if ideal > 0 else 0.0


def citation_recall(statement: str, cited: Sequence[str], entails: Entails) -> bool:
    """ALCE (Gao et al. 2023): whether a statement has citations and they support it together."""
    return bool(cited) and entails(statement, cited)


def citation_precision(statement: str, cited: Sequence[str], entails: Entails) -> list[bool]:
    """ALCE: for each citation of a statement whether it is needed: all together support the statement, and this one does so alone or the others do not without it."""
    if not citation_recall(statement, cited, entails):
        return [False] * len(cited)
    others = [[*cited[:n], *cited[n + 1 :]] for n in range(len(cited))]
    return [entails(statement, [one]) or not (rest and entails(statement, rest)) for one, rest in zip(cited, others, strict=True)]


def balanced_accuracy(pairs: Iterable[tuple[bool, bool]]) -> float:
    """The mean of the shares of true and of false labels that were told right, from pairs (label, told); 0.5 where one kind is missing."""
    told = {True: [0, 0], False: [0, 0]}
    for label, said in pairs:
        told[label][0] += said is label
        told[label][1] += 1
    return math.fsum(right / total if total else 0.5 for right, total in told.values()) / 2


def wilson(hits: int, total: int, z: float = 1.96) -> tuple[float, float]:
    """Wilson's 95 % interval of a rate; (0, 1) for no observations."""
    if total == 0:
        return 0.0, 1.0
    rate = hits / total
    centre = (rate + z * z / (2 * total)) / (1 + z * z / total)
    half = z * math.sqrt(rate * (1 - rate) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return max(0.0, centre - half), min(1.0, centre + half)


def bootstrap(*groups: Sequence[float], seed: int = 0) -> tuple[float, float]:
    """The 95 % interval of a mean, or of the mean of several groups' means, by resampling each group (percentiles).

    (0, 0) for no values. The same seed gives the same interval.
    """
    if not groups or not all(groups):
        return 0.0, 0.0
    dice = random.Random(seed)
    means = sorted(mean([mean(dice.choices(g, k=len(g))) for g in groups]) for _ in range(ROUNDS))
    return means[int(0.025 * ROUNDS)], means[int(0.975 * ROUNDS) - 1]


def paired_difference(before: Sequence[float], after: Sequence[float], seed: int = 0) -> tuple[float, float, float]:
    """How much the mean over the same rows changed, and its 95 % interval by a paired bootstrap. Raises ValueError for unequal lengths."""
    changes = [b - a for a, b in zip(before, after, strict=True)]
    return mean(changes), *bootstrap(changes, seed=seed)


def smallest_detectable(rate: float, total: int) -> float:
    """The least drop of a rate that so many rows show at 5 % significance with 80 % power, rows taken as independent; 1 for no rows."""
    return min(1.0, (1.96 + 0.84) * math.sqrt(2 * max(rate * (1 - rate), 1 / (4 * total)) / total)) if total else 1.0


def percentile(values: Sequence[float], rank: float) -> float:
    """The value below which the share `rank` of the values lies (nearest rank), 0 for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, math.ceil(rank * len(ordered)) - 1)] if ordered else 0.0
