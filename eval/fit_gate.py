"""Fit the gate on eval/fit and write coach/gate.json: `python -m eval.fit_gate`.

Two logistic models over `coach.gate.features`, each with a threshold:
- "bordered", for a corpus with a declined list and asked questions, fitted on the starter corpus, each question judged by an index
  that does not hold it;
- "plain", for a corpus without them, fitted on many small corpora drawn from the starter corpus's passages, down to a single one:
  what a passage that was not drawn would have answered is a question that such a corpus does not cover.
Each threshold refuses at most MAX_REFUSED of the answerable questions in ten-fold cross-validation.
"""

from __future__ import annotations

import json
import os
import random
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import LeaveOneGroupOut, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from tqdm import tqdm

from coach.composing import candidates
from coach.encoder import Encoder, load_encoder
from coach.gate import WEIGHTS, features
from coach.index import Index, open_index
from coach.retrieval import Found, Retriever
from coach.settings import Settings
from coach.sync import sync
from coach.types import Document, Passage
from eval.folds import FOLDS, rows, searched

# Of answerable questions. Visitors' questions lie further from the starter corpus's wordings than the labelled ones, hence a third of what
# they may meet; a plain corpus has no border to hold the others back.
MAX_REFUSED = {"bordered": 0.01, "plain": 0.05}
STRENGTH = 0.1
BORDER = ("declined", "declined5", "declined20", "border")
SIZED = (
    "asked5",
    "asked20",
    "agreement",
    "said3",
    "said8",
    "passage5",
    "lexical",
    "lexical_first",
)  # grow with the corpus itself
SIZES = (1, 2, 3, 5, 8, 13, 21, 34, 55, 89)  # passages of the small corpora, drawn DRAWS times each
DRAWS = 6
ASKED = 24  # questions of each kind that a small corpus is asked at most
NEAREST = 10  # passages of the whole corpus that may answer a question in part
_FACTS = re.compile(r"<!--\s*facts:(.*?)-->", re.DOTALL)


def main() -> None:
    """Fit both models, report error rates and retrieval quality, write the weights."""
    settings = Settings.from_mapping(os.environ)
    encoder = load_encoder(settings.encoder, settings.cache, 2)
    labelled = [*rows("answerable.jsonl"), *rows("refusals.jsonl")]
    bordered = [_seen(fold, row, found, index) for fold, row, found, index in searched(settings, encoder, labelled)]
    plain = list(_small_corpora(settings, encoder, labelled))
    fitted = {
        "fitted_by": "python -m eval.fit_gate",
        "bordered": _fit("bordered", bordered, leave_out=()),
        "plain": _fit("plain", plain, leave_out=(*BORDER, *SIZED)),
    }
    WEIGHTS.write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")


def _small_corpora(settings: Settings, encoder: Encoder, labelled: Sequence[dict[str, Any]]) -> Iterator[Seen]:
    """Labelled questions as small corpora see them: SIZES passages as plain pages, every other corpus without headings."""
    dice = random.Random(0)
    whole = Retriever(open_index(settings.index, encoder), encoder)
    facts = {p.id: facts_of(p, whole.index.documents[p.document_id]) for p in whole.index.passages}
    nearest = [{e.passage.id for e in whole.search(row["question"], NEAREST).evidence} for row in labelled]
    for turn, size in enumerate(tqdm(SIZES * DRAWS, desc="Small corpora", unit="corpus")):
        drawn = {p.id: p for p in dice.sample(whole.index.passages, size)}
        held = set().union(*(facts[i] for i in drawn))
        kinds: dict[str, list[int]] = {"answerable": [], "near": [], "off": []}
        for n, row in enumerate(labelled):
            near_by, answered = not nearest[n].isdisjoint(drawn), not held.isdisjoint(row.get("facts", ()))
            if answered and near_by:
                kinds["answerable"].append(n)
            elif not answered and not near_by:
                kinds[row.get("kind", "near")].append(n)
        with tempfile.TemporaryDirectory() as folder:
            pages, root = Path(folder) / "corpus", Path(folder) / "index"
            pages.mkdir()
            for number, passage in enumerate(drawn.values()):
                heading = f"## {passage.heading}\n\n" if turn % 2 else ""
                body = " ".join(passage.quote(n) for n in range(len(passage.sentences)))
                (pages / f"{passage.document_id}-{number}.md").write_text(f"{heading}{body}\n", encoding="utf-8")
            sync(pages, root, encoder)
            retriever = Retriever(open_index(root, encoder), encoder)
            for kind, numbers in kinds.items():
                for n in dice.sample(numbers, min(len(numbers), ASKED)):
                    row = {"question": labelled[n]["question"], "kind": kind}
                    yield _seen(n % FOLDS, row, retriever.search(row["question"]), retriever.index)
            retriever.index.close()
    whole.index.close()


@dataclass(frozen=True, slots=True)
class Seen:
    """One labelled question as the gate sees it: its fold, its kind, the features, and the reciprocal rank of the first passage that answers it."""

    fold: int
    kind: str
    features: dict[str, float]
    rank: float | None


def _seen(fold: int, row: dict[str, Any], found: Found, index: Index) -> Seen:
    rank = None
    if "facts" in row:
        rank = next(
            (
                1 / n
                for n, e in enumerate(found.evidence, 1)
                if facts_of(e.passage, index.documents[e.passage.document_id]) & set(row["facts"])
            ),
            0.0,
        )
    return Seen(fold, row.get("kind", "answerable"), features(found, candidates(found, index), index), rank)


def facts_of(passage: Passage, document: Document) -> set[str]:
    """The fact ids that a passage's section names."""
    named = _FACTS.search(document.text, document.text.rfind("\n## ", 0, passage.start), passage.start)
    return set(re.split(r"[,\s]+", named[1].strip())) if named else set()


def _fit(name: str, seen: Sequence[Seen], leave_out: Iterable[str]) -> dict[str, Any]:
    names = [f for f in seen[0].features if f not in leave_out]
    values = np.array([[s.features[f] for f in names] for s in seen])
    kind, folds = np.array([s.kind for s in seen]), np.array([s.fold for s in seen])
    ranks = [s.rank for s in seen if s.rank is not None]
    covered = (kind == "answerable").astype(int)
    model = make_pipeline(StandardScaler(), LogisticRegression(C=STRENGTH, max_iter=5000))

    def unseen(labels: NDArray[np.int_]) -> NDArray[np.float64]:
        scores = cross_val_predict(model, values, labels, groups=folds, cv=LeaveOneGroupOut(), method="predict_proba")
        return np.asarray(scores[:, 1])

    score = unseen(covered)
    threshold = float(np.quantile(score[covered == 1], MAX_REFUSED[name]))
    report = {
        "mean_reciprocal_rank": round(float(np.mean(ranks)), 4) if ranks else None,
        "answerable_refused": _share(score[covered == 1] < threshold),
        "near_refused": _share(score[kind == "near"] < threshold),
        "off_refused": _share(score[kind == "off"] < threshold),
    }
    in_field = (kind != "off").astype(int)
    field_score = unseen(in_field)
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
