"""Fit the grounding check's weights and threshold and write coach/grounding.json: `python -m eval.fit_grounding [FILE]` (3 minutes on 2 cores).

A logistic model over what the check finds (`coach.grounding.features` and the model's log-odds), on claims that the model has not seen. What is found
wrong may only speak against a claim: weights of the other sign are held at zero, so that no chance of the labelled data makes an invented number a
recommendation. The threshold lets CONTROLS_LOST of the true claims go. FILE holds third-party rows; what is held out is only reported on.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold
from tqdm import tqdm

from coach.entailment import load_entailment
from coach.grounding import WEIGHTS, features, laid_beside, log_odds, split
from coach.settings import Settings
from coach.statement import read
from eval.claim_pairs import Pair, pairs, reported
from eval.kills import labelled

CONTROLS_LOST = 0.05
RIDGE = 1e-3
FREE = {"intercept"}  # of either sign
FOR = {"verbatim", "model"}  # what speaks for a claim


def main(also: Path | None) -> None:
    """Fit, report by operator, write the weights."""
    settings = Settings.from_mapping(os.environ)
    known = [p for p in pairs(settings.corpus, also) if p.kept]
    held_out = {
        "held out": [Pair(c.text, c.evidence, c.supported, c.kind) for c in labelled()],
        **({"third party": reported(also)} if also else {}),
    }
    table = tabulate(settings, known)
    names = [*table[0], "intercept"]
    values, labels = matrix(names, table), np.array([p.supported for p in known])
    groups = np.unique([p.evidence[0] for p in known], return_inverse=True)[1]
    counts = np.array([p.weight for p in known])
    unseen = np.zeros(len(known))
    for train, test in GroupKFold(5).split(values, labels, groups):
        unseen[test] = values[test] @ fit(names, values[train], labels[train], counts[train])
    by_hand = np.array([p.made == "hand" for p in known])
    threshold = float(np.quantile(unseen[by_hand & labels], CONTROLS_LOST))
    weights = fit(names, values, labels, counts)
    report = {"fitted on": described(unseen[by_hand], [p for p in known if p.made == "hand"], threshold)}
    for name, rows in held_out.items():
        scores = matrix(names, tabulate(settings, rows)) @ weights
        for source in dict.fromkeys(p.made for p in rows):
            own = [n for n, p in enumerate(rows) if p.made == source]
            report[name if name == "held out" else source] = described(scores[own], [rows[n] for n in own], threshold)
    print(json.dumps(report, indent=1), file=sys.stderr)
    fitted = {
        "fitted_by": "python -m eval.fit_grounding",
        "threshold": round(1 / (1 + float(np.exp(-threshold))), 4),
        "report": report,
        "weights": {name: round(float(w), 4) for name, w in zip(names, weights, strict=True) if abs(w) >= 1e-3},
    }
    WEIGHTS.write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")


def tabulate(settings: Settings, rows: Sequence[Pair]) -> list[dict[str, float]]:
    """The features of each pair."""
    model = load_entailment(settings.cache, os.cpu_count() or 1)
    sources = [[s for text in p.evidence for s in split(text)] for p in rows]
    beside = [laid_beside(p.claim, s) for p, s in zip(rows, sources, strict=True)]
    out = []
    for at in tqdm(range(0, len(rows), 256), desc="Claims", unit="batch"):
        chunk = range(at, min(at + 256, len(rows)))
        likely = model.probabilities([(rows[n].claim, " ".join(beside[n])) for n in chunk])[:, 0]
        for n, probability in zip(chunk, likely, strict=True):
            found = features(read(rows[n].claim), [read(s) for s in beside[n]], [read(s) for s in sources[n]])[0]
            out.append(found | {"model": log_odds(float(probability))})
    return out


def matrix(names: Sequence[str], table: Sequence[dict[str, float]]) -> NDArray[np.float64]:
    """Features as numbers, shape (rows, names)."""
    return np.array([[1.0 if name == "intercept" else row[name] for name in names] for row in table])


def fit(
    names: list[str], values: NDArray[np.float64], labels: NDArray[np.bool_], counts: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Weights of a logistic model, each of the sign that its feature may have."""
    scale = values.std(axis=0) + 1e-9
    scale[names.index("intercept")] = 1.0
    scaled, signs = values / scale, 2.0 * labels - 1.0
    ridge = np.array([0.0 if name == "intercept" else RIDGE for name in names])
    bounds = [(None, None) if n in FREE else (0, None) if n in FOR else (None, 0) for n in names]

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margin = signs * (scaled @ weights)
        share = counts * signs / (1 + np.exp(margin)) / counts.sum()
        value = (counts * np.logaddexp(0, -margin)).sum() / counts.sum() + (ridge * weights**2).sum()
        return float(value), 2 * ridge * weights - scaled.T @ share

    found = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 800})
    return np.asarray(found.x / scale)


def described(scores: NDArray[np.float64], rows: Sequence[Pair], threshold: float) -> dict[str, Any]:
    """Claims, how well the scores tell them apart, the share of true ones lost, and by operator how many false ones are caught."""
    labels, kinds = np.array([p.supported for p in rows]), np.array([p.kind for p in rows])
    caught = scores < threshold
    return {
        "claims": len(rows),
        "area_under_curve": round(float(roc_auc_score(labels, scores)), 3),
        "balanced_accuracy": round(float((caught[~labels].mean() + (~caught[labels]).mean()) / 2), 3),
        "controls_lost": round(float(caught[labels].mean()), 3),
        "caught": {str(k) or "any": round(float(caught[(kinds == k) & ~labels].mean()), 3) for k in np.unique(kinds[~labels])},
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
