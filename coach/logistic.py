"""A logistic model as reviewed text: weights by the feature's name, `intercept` among them."""

from __future__ import annotations

import math
from collections.abc import Mapping


def probability(weights: Mapping[str, float], values: Mapping[str, float]) -> float:
    """The probability, 0 to 1; a feature that is missing counts as 0."""
    total = sum(weight * (1.0 if name == "intercept" else values.get(name, 0.0)) for name, weight in weights.items())
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))
