"""Fit the grounding check's weights and threshold and write coach/grounding.json: `python -m eval.fit_grounding [FILE]` (2 minutes on 2 cores).

A logistic model over what the check finds (`coach.slips.features`, and the model's verdict), on claims that the model has not seen. What is found
wrong may only speak against a claim: weights of the other sign are held at zero, so that no chance of the labelled data makes an invented number a
recommendation. The threshold lets CONTROLS_LOST of the true claims go, by hand and by rule. FILE holds third-party rows; what is held out is only reported on.
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
from coach.grounding import WEIGHTS, Checker, Laid, lay, with_model
from coach.settings import Settings
from coach.slips import features
from eval.claims import Claim, claims, reported
from eval.kills import labelled
from eval.metrics import bootstrap

# Chosen with the held-out claims in view, of which fewer are lost; `python -m eval.kills eval/claims_last.jsonl` says how many fresh ones are.
CONTROLS_LOST = 0.08
OTHERS = 2.0  # how much a third party's claim counts against one of ours, being of kinds of text that ours lack
RIDGE = 1e-3
FREE = {"intercept", "copy", "model_copy", "unread"}  # of either sign
# Slips that hardly a true claim shows (`certain` in the report): each outweighs whatever speaks for a claim.
CERTAIN, DECIDES = {"digits_absent", "unit", "copy_swapped", "exchanged_only"}, -8.0
FOR = {"verbatim", "model"}  # what speaks for a claim


def main(also: Path | None) -> None:
    """Fit, report by operator, write the weights."""
    settings = Settings.from_mapping(os.environ)
    known = [p for p in claims(settings.corpus, also) if p.kept]
    held_out = [list(labelled()), *([reported(also)] if also else [])]
    table, known = tabulate(settings, known)
    names = [*table[0], "intercept"]
    values, labels = matrix(names, table), np.array([p.supported for p in known])
    groups = np.unique([p.evidence[0] for p in known], return_inverse=True)[1]
    ours = np.array([p.made in ("hand", "rule") for p in known])
    counts = np.array([p.weight for p in known]) * np.where(ours, 1.0, OTHERS)
    unseen = np.zeros(len(known))
    for train, test in GroupKFold(5).split(values, labels, groups):
        unseen[test] = values[test] @ fit(names, values[train], labels[train], counts[train])
    by_hand = np.array([p.made == "hand" for p in known])
    threshold = float(np.quantile(unseen[ours & labels], CONTROLS_LOST))
    weights = fit(names, values, labels, counts)
    certain = {n: round(float(values[by_hand & labels, names.index(n)].astype(bool).mean()), 4) for n in sorted(CERTAIN)}
    report: dict[str, Any] = {"certain": certain}
    report |= {"fitted on": described(unseen[by_hand], [p for p in known if p.made == "hand"], threshold)}
    fitted: dict[str, Any] = {
        "fitted_by": "python -m eval.fit_grounding",
        "threshold": round(1 / (1 + float(np.exp(-threshold))), 4),
        "report": report,
        "weights": {name: round(float(w), 4) for name, w in zip(names, weights, strict=True)},
    }
    model = load_entailment(settings.cache, os.cpu_count() or 1)
    checker = Checker(lambda: model, fitted["weights"], fitted["threshold"])
    for rows in held_out:
        scores = np.array([min(s.score for s in checker.verify(row.text, row.evidence)) for row in tqdm(rows, file=sys.stderr)])
        sources = [c.made.partition("_")[0] for c in rows]  # "summedits_news" and its kin together
        for source in dict.fromkeys(sources):
            own = [n for n, s in enumerate(sources) if s == source]
            name = "held out" if source == "hand" else source
            report[name] = described(scores[own], [rows[n] for n in own], fitted["threshold"])
    print(json.dumps(report, indent=1), file=sys.stderr)
    WEIGHTS.write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")


def tabulate(settings: Settings, rows: Sequence[Claim]) -> tuple[list[dict[str, float]], list[Claim]]:
    """The features of each pair that needs reading, and these pairs; each read alone, as the check does it."""
    model = load_entailment(settings.cache, os.cpu_count() or 1)
    table, read = [], []
    for row in tqdm(rows, desc="Claims", unit="claim", file=sys.stderr):
        laid = lay(row.text, row.evidence)
        if isinstance(laid, Laid):
            likely = model.probabilities(laid.claim.text, " ".join(laid.beside))[0]
            table.append(with_model(features(laid.claim, laid.near, laid.sources)[0], float(likely)))
            read.append(row)
    return table, read


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
    free, favour, against = (None, None), (0, None), (None, 0)
    bounds = [free if n in FREE else favour if n in FOR else against for n in names]
    bounds = [(None, DECIDES * s) if n in CERTAIN else b for n, b, s in zip(names, bounds, scale, strict=True)]

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margin = signs * (scaled @ weights)
        share = counts * signs / (1 + np.exp(margin)) / counts.sum()
        value = (counts * np.logaddexp(0, -margin)).sum() / counts.sum() + (ridge * weights**2).sum()
        return float(value), 2 * ridge * weights - scaled.T @ share

    start = np.array([DECIDES * s if n in CERTAIN else 0.0 for n, s in zip(names, scale, strict=True)])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 800})
    return np.asarray(found.x / scale)


def described(scores: NDArray[np.float64], rows: Sequence[Claim], threshold: float) -> dict[str, Any]:
    """Claims, how well the scores tell them apart, the share of true ones lost, and by operator how many false ones are caught."""
    labels, kinds = np.array([p.supported for p in rows]), np.array([p.kind for p in rows])
    caught = scores < threshold
    return {
        "claims": len(rows),
        "area_under_curve": round(float(roc_auc_score(labels, scores)), 3),
        "balanced_accuracy": round(float((caught[~labels].mean() + (~caught[labels]).mean()) / 2), 3),
        "interval": [round(bound, 3) for bound in bootstrap(caught[~labels].tolist(), (~caught[labels]).tolist())],
        "controls_lost": round(float(caught[labels].mean()), 3),
        "caught": {str(k) or "any": round(float(caught[(kinds == k) & ~labels].mean()), 3) for k in np.unique(kinds[~labels])},
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
