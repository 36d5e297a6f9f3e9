"""Fit the gate on eval/fit and write coach/gate.json: `python -m eval.fit_gate`.

Two logistic models over `coach.gate.features`, each with a threshold:
- "bordered", for a corpus with a declined list and asked questions, fitted on the starter corpus as it is;
- "plain", for a corpus without them, fitted on the starter corpus stripped of both.
Each threshold refuses at most MAX_REFUSED of the answerable questions in ten-fold cross-validation.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from coach.encoder import Encoder, load_encoder
from coach.gate import WEIGHTS, features
from coach.index import Index, open_index
from coach.retrieval import Retriever
from coach.settings import Settings
from coach.sync import sync

FIT = Path(__file__).parent / "fit"
MAX_REFUSED = 0.03
STRENGTH = 0.1
BORDER = ("declined", "declined5", "declined20", "border")
_FACTS = re.compile(r"<!--\s*facts:(.*?)-->", re.DOTALL)


def rows(name: str) -> list[dict[str, Any]]:
    """The rows of one labelled file."""
    return [json.loads(line) for line in (FIT / name).read_text(encoding="utf-8").splitlines() if line.strip()]


def main() -> None:
    """Fit both models, report error rates and retrieval quality, write the weights."""
    import os

    settings = Settings.from_mapping(os.environ)
    encoder = load_encoder(settings.encoder, settings.cache, 2)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        sync(settings.corpus, settings.index, encoder)
        sync(_stripped(settings.corpus, work / "corpus"), work / "index", encoder)
        fitted = {
            "fitted_by": "python -m eval.fit_gate",
            "bordered": _fit("bordered", open_index(settings.index, encoder), encoder, leave_out=()),
            "plain": _fit("plain", open_index(work / "index", encoder), encoder, leave_out=BORDER),
        }
    WEIGHTS.write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")


def _stripped(corpus: Path, target: Path) -> Path:
    """A copy of the corpus without asked questions and declined list."""
    shutil.copytree(corpus, target)
    (target / "declined.yaml").unlink(missing_ok=True)
    for page in target.glob("*.md"):
        page.write_text(re.sub(r"<!--\s*asked:.*?-->\n", "", page.read_text(encoding="utf-8"), flags=re.DOTALL), encoding="utf-8")
    return target


def _passage_facts(index: Index) -> list[set[str]]:
    """The fact ids that each passage's section names."""
    facts = []
    for p in index.passages:
        text = index.documents[p.document_id].text
        named = _FACTS.search(text, text.rfind("\n## ", 0, p.start), p.start)
        facts.append(set(re.split(r"[,\s]+", named[1].strip())) if named else set())
    return facts


def _fit(name: str, index: Index, encoder: Encoder, leave_out: Iterable[str]) -> dict[str, Any]:
    retriever = Retriever(index, encoder)
    held = _passage_facts(index)
    table: list[dict[str, float]] = []
    kinds: list[str] = []
    ranks: list[float] = []
    for row in [*rows("answerable.jsonl"), *rows("refusals.jsonl")]:
        found = retriever.search(row["question"])
        table.append(features(found, index))
        kinds.append(row.get("kind", "answerable"))
        if "facts" in row:
            ranks.append(next((1 / n for n, number in enumerate(found.numbers, 1) if held[number] & set(row["facts"])), 0.0))
    names = [f for f in table[0] if f not in leave_out]
    values = np.array([[t[f] for f in names] for t in table])
    kind = np.array(kinds)
    covered = (kind == "answerable").astype(int)
    model = make_pipeline(StandardScaler(), LogisticRegression(C=STRENGTH, max_iter=5000))
    folds = StratifiedKFold(10, shuffle=True, random_state=0)
    score = cross_val_predict(model, values, covered, cv=folds, method="predict_proba")[:, 1]
    threshold = float(np.quantile(score[covered == 1], MAX_REFUSED))
    report = {
        "mean_reciprocal_rank": round(float(np.mean(ranks)), 4),
        "answerable_refused": _share(score[covered == 1] < threshold),
        "near_refused": _share(score[kind == "near"] < threshold),
        "off_refused": _share(score[kind == "off"] < threshold),
    }
    in_field = (kind != "off").astype(int)
    field_score = cross_val_predict(model, values, in_field, cv=folds, method="predict_proba")[:, 1]
    near_off = kind != "answerable"
    cuts = np.linspace(0.05, 0.95, 91)
    right = [((field_score[near_off] >= c) == in_field[near_off]).mean() for c in cuts]
    field_threshold = float(cuts[int(np.argmax(right))])
    report["near_and_off_told_apart"] = round(float(max(right)), 4)
    print(f"{name}: threshold {threshold:.4f} {report}", file=sys.stderr)
    return {
        "threshold": round(threshold, 4),
        "field_threshold": round(field_threshold, 4),
        "report": report,
        "typical": {f: round(float(v), 4) for f, v in zip(names, values[covered == 1].mean(axis=0), strict=True)},
        "covered": raw_weights(model, names, values, covered),
        "field": raw_weights(model, names, values, in_field),
    }


def _share(hits: NDArray[np.bool_]) -> float:
    return round(float(hits.mean()), 4)


def raw_weights(model: Any, names: list[str], values: NDArray[np.float64], labels: NDArray[np.int_]) -> dict[str, float]:  # noqa: ANN401
    """The fitted model's weights for the raw features."""
    model.fit(values, labels)
    scaler, logistic = model[0], model[1]
    weights = logistic.coef_[0] / scaler.scale_
    intercept = float(logistic.intercept_[0] - weights @ scaler.mean_)
    return {"intercept": round(intercept, 4)} | {f: round(float(w), 4) for f, w in zip(names, weights, strict=True)}


if __name__ == "__main__":
    main()
