"""Fit the care detector and write coach/care.json: `python -m eval.fit_care`.

A multinomial logistic model over the signs that coach.care reads from the words and over the encoder's vector; class 0 is an ordinary message.
Distress and its look-alikes come from eval/fit/care.jsonl and the other passes of eval/fit/care_check.jsonl; ordinary questions of the
corpus and of the gate's fitting sets teach what is ordinary. The threshold is the smallest at which at most MAX_FALSE_ALARMS
of the ordinary questions are taken for distress in ten-fold cross-validation. The lexicon was written with those messages in view, so that this flatters it: the UNSEEN passes of care_check.jsonl, written
after the lexicon and never fitted on, tell more. `python -m eval.fit_care --check` measures the written model on them.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from coach.care import KINDS, SIGNS, WEIGHTS, Care, Reading, read
from coach.corpus import read_corpus
from coach.encoder import Encoder, Matrix, load_encoder
from coach.settings import Settings

FIT = Path(__file__).parent / "fit"
MAX_FALSE_ALARMS = 0.006  # of ordinary questions: whoever asks about work and gets helplines does not come back
UNSEEN = (4, 6)  # the passes of care_check.jsonl that are only measured
STRENGTH = 0.3  # inverse of the penalty
# How much an everyday remark counts, or a message that only sounds like distress: there are few beside the questions.
LOOK_ALIKE = 3.0
LOOK_ALIKES = ("remark", "plain", "topic", "idiom")
VECTOR_SCALE = 4.0  # how much cheaper than a sign a dimension of the vector is for the penalty
Row = dict[str, Any]


def rows_of(name: str) -> list[Row]:
    """The rows of one labelled file."""
    return [json.loads(line) for line in (FIT / name).read_text(encoding="utf-8").splitlines() if line.strip()]


def ordinary(settings: Settings) -> tuple[list[Row], list[Row]]:
    """Messages that no distressed person wrote: questions of the gate's fitting sets with remarks of everyday life, and questions of the corpus (asked and declined)."""
    corpus = read_corpus(settings.corpus)
    asked = {q for p in corpus.passages for q in p.asked} | {e for d in corpus.declined for e in d.examples}
    gate = [r["question"] for name in ("answerable.jsonl", "refusals.jsonl") for r in rows_of(name) if not r.get("distress")]
    remarks = [r["message"] for r in rows_of("ordinary.jsonl")]
    questions, chat, corpus_questions = (
        [{"message": q, "care": False, "kind": kind} for q in qs]
        for qs, kind in ((gate, "question"), (remarks, "remark"), (sorted(asked), "asked"))
    )
    return questions + chat, corpus_questions


class Prepared:
    """Messages read and encoded once: labels, readings, vectors."""

    def __init__(self, rows: Sequence[Row], encoder: Encoder) -> None:
        self.rows = list(rows)
        self.labels = np.array([KINDS.index(r["kind"]) + 1 if r["care"] else 0 for r in rows])
        self.readings: list[Reading] = [read(r["message"]) for r in rows]
        self.vectors = encoder.encode([r["message"] for r in rows])

    def features(self, which: Sequence[int]) -> tuple[Matrix, Matrix, Matrix]:
        """What the model is fitted on, signs beside the scaled vector, the labels, and how much each counts; the cheap test's "no" teaches nothing."""
        kept = [i for i in which if self.readings[i].signs]
        values = [[*self.readings[i].signs, *(VECTOR_SCALE * self.vectors[i])] for i in kept]
        counts = [LOOK_ALIKE if self.rows[i]["kind"] in LOOK_ALIKES else 1.0 for i in kept]
        return np.array(values, dtype=np.float32), self.labels[kept], np.array(counts, dtype=np.float32)


def fit(data: Prepared, which: Sequence[int], digest: str, threshold: float = 0.5) -> Care:
    """The model fitted on some of the messages."""
    values, labels, counts = data.features(which)
    model = LogisticRegression(C=STRENGTH, max_iter=5000).fit(values, labels, sample_weight=counts)
    signs = np.round(model.coef_[:, : len(SIGNS)], 3).astype(np.float32)
    vector = np.round(VECTOR_SCALE * model.coef_[:, len(SIGNS) :], 2).astype(np.float32)
    return Care(digest, signs, vector, np.round(model.intercept_, 3).astype(np.float32), threshold)


def worry(care: Care, data: Prepared, i: int) -> float:
    """How far the detector takes a message for distress: 1 when certain, 0 when the cheap test drops it."""
    reading = data.readings[i]
    if reading.certain or not reading.matters:
        return float(bool(reading.certain))
    return 1.0 - float(care.shares(reading.signs, data.vectors[i : i + 1])[0, 0])


def cross_validated(data: Prepared, digest: str) -> Matrix:
    """The worry about each message from a model that was fitted without it (ten folds)."""
    out = np.zeros(len(data.rows), dtype=np.float32)
    kinds = [r["kind"] for r in data.rows]
    for train, test in StratifiedKFold(10, shuffle=True, random_state=0).split(kinds, kinds):
        care = fit(data, train.tolist(), digest)
        out[test] = [worry(care, data, int(i)) for i in test]
    return out


def report(rows: Sequence[Row], flagged: Sequence[bool], what: str) -> None:
    """Error rates for each kind of message and overall."""
    cry = np.array([r["care"] for r in rows])
    wrong = np.array(flagged) != cry
    print(what)
    for side, name in ((cry, "misses"), (~cry, "false alarms")):
        if not side.any():
            continue
        of_kind = {k: np.array([r["kind"] == k for r in rows]) & side for k in dict.fromkeys(r["kind"] for r in rows)}
        shown = ", ".join(f"{k} {int(wrong[at].sum())}/{int(at.sum())}" for k, at in of_kind.items() if at.any())
        print(f"  {name} {int(wrong[side].sum())}/{int(side.sum())} = {float(wrong[side].mean()):.3f}: {shown}")


def check(encoder: Encoder, settings: Settings, show: bool) -> None:
    """Measure the written model, as the coach uses it, on messages that it was not fitted on, and its cost on ordinary questions."""
    care = Care.load()
    fresh, (gate, asked) = [r for r in rows_of("care_check.jsonl") if r["pass"] in UNSEEN], ordinary(settings)
    for rows, what in (
        (fresh, f"care_check.jsonl, passes {UNSEEN} (not fitted on)"),
        (gate, "questions of the gate's sets (fitted on)"),
        (asked, "asked and declined (fitted on)"),
    ):
        kinds = [care.kind(r["message"], encoder) for r in rows]
        report(rows, [bool(k) for k in kinds], what)
        if show:
            print(
                *(
                    f"    {r['kind']} -> {k or '-'}: {r['message']}"
                    for r, k in zip(rows, kinds, strict=True)
                    if bool(k) != r["care"]
                ),
                sep="\n",
            )
    right = [care.kind(r["message"], encoder) == "crisis" for r in fresh if r["kind"] == "crisis"]
    print(f"crisis answered as crisis: {sum(right)}/{len(right)}")
    costs = []
    for row in gate + asked:
        start = time.process_time()
        care.kind(row["message"], encoder)
        costs.append(1000 * (time.process_time() - start))
    print(
        f"processor ms an ordinary question: median {np.median(costs):.3f}, mean {np.mean(costs):.3f}, 95th percentile {np.quantile(costs, 0.95):.3f}"
    )


def main() -> None:
    """Fit, report error rates, write the weights; or check what was written."""
    settings = Settings.from_mapping(os.environ)
    encoder = load_encoder(settings.encoder, settings.cache, 2)
    if "--check" in sys.argv:
        check(encoder, settings, "--show" in sys.argv)
        return
    gate, asked = ordinary(settings)
    labelled = [*rows_of("care.jsonl"), *(r for r in rows_of("care_check.jsonl") if r["pass"] not in UNSEEN)]
    data = Prepared([*labelled, *gate, *asked], encoder)
    found = cross_validated(data, encoder.digest)
    threshold = round(float(np.quantile(found[len(labelled) :], 1 - MAX_FALSE_ALARMS, method="higher")) + 0.0005, 3)
    flagged = found >= threshold
    report(data.rows, flagged.tolist(), f"ten-fold cross-validation, threshold {threshold}")
    if "--show" in sys.argv:
        print(
            *(f"  {found[i]:.3f} {r['kind']}: {r['message']}" for i, r in enumerate(data.rows) if flagged[i] != r["care"]),
            sep="\n",
        )
    care = fit(data, range(len(data.rows)), encoder.digest, threshold)
    write(
        care,
        {
            "misses": float(np.mean(~flagged[data.labels > 0])),
            "look_alikes_flagged": float(np.mean(flagged[: len(labelled)][data.labels[: len(labelled)] == 0])),
            "false_alarms": float(np.mean(flagged[len(labelled) :])),
        },
    )


def write(care: Care, rates: dict[str, float]) -> None:
    """The model as text: a line for each sign, then for each kind its weights over the encoder's dimensions."""
    kinds = ("ordinary", *KINDS)
    head = {
        "fitted_by": "python -m eval.fit_care",
        "encoder_digest": care.digest,
        **{k: round(v, 4) for k, v in rates.items()},
        "threshold": care.threshold,
    }
    lines = [f" {json.dumps(k)}: {json.dumps(v)}" for k, v in head.items()]
    lines.append(' "intercepts": ' + json.dumps({k: round(float(v), 3) for k, v in zip(kinds, care.intercepts, strict=True)}))
    signs = [
        f"  {json.dumps(name)}: {json.dumps([round(float(v), 3) for v in column])}"
        for name, column in zip(SIGNS, care.signs.T, strict=True)
    ]
    vector = [
        f"  {json.dumps(k)}: {json.dumps([round(float(v), 2) for v in row])}" for k, row in zip(kinds, care.vector, strict=True)
    ]
    lines += [' "signs": {\n' + ",\n".join(signs) + "\n }", ' "vector": {\n' + ",\n".join(vector) + "\n }"]
    WEIGHTS.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
