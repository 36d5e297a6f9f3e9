"""Metrics as pure functions; rates are shares between 0 and 1."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence


def has_key_facts(text: str, key: Sequence[Sequence[str]], wrong: Sequence[str] = ()) -> bool:
    """Whether a text holds one alternative of every group and none of the wrong words, letter case aside."""
    lower = text.lower()
    return all(any(a.lower() in lower for a in group) for group in key) and not any(w.lower() in lower for w in wrong)


def share(hits: Iterable[bool]) -> float:
    """The share of true values, 0 for none."""
    values = list(hits)
    return sum(values) / len(values) if values else 0.0


def wilson(hits: int, total: int, z: float = 1.96) -> tuple[float, float]:
    """Wilson's 95 % interval of a rate; (0, 1) for no observations."""
    if total == 0:
        return 0.0, 1.0
    rate = hits / total
    centre = (rate + z * z / (2 * total)) / (1 + z * z / total)
    half = z * math.sqrt(rate * (1 - rate) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return max(0.0, centre - half), min(1.0, centre + half)


def percentile(values: Sequence[float], rank: float) -> float:
    """The value below which the share `rank` of the values lies (nearest rank), 0 for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, math.ceil(rank * len(ordered)) - 1)] if ordered else 0.0
