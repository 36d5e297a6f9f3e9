"""Fit the model that chooses sentences on eval/fit and write coach/composing.json: `python -m eval.fit_composing`.

A logistic model over the features of `coach.composing.candidates`: does this sentence answer this question? The labels are in
eval/fit/sentences.jsonl (for each question the sentences of the corpus that state the fact which answers it) and in the corpus itself
(for a wording the sentences of its passage that answer it), of which some are drawn.
"""

from __future__ import annotations

import json
import os
import random
import sys
from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from coach.composing import WEIGHTS, Candidate, candidates, choose
from coach.corpus import Corpus, plain, read_corpus
from coach.encoder import load_encoder
from coach.retrieval import Found
from coach.settings import Settings
from eval.fit_gate import raw_weights
from eval.folds import rows, searched

STRENGTH = 0.1
WORDINGS = 2_000  # of the corpus that are drawn


def main() -> None:
    """Fit, report how often an answer holds a labelled sentence, write the weights."""
    settings = Settings.from_mapping(os.environ)
    encoder = load_encoder(settings.encoder, settings.cache, 2)
    labelled = {row["id"]: frozenset(row["sentences"]) for row in rows("sentences.jsonl")}
    asked = [*rows("answerable.jsonl"), *wordings(read_corpus(settings.corpus))]
    questions: list[tuple[Found, frozenset[str]]] = []
    wording: list[bool] = []
    table: list[tuple[int, Candidate, bool]] = []
    for _, row, found, index in searched(settings, encoder, asked):
        right = labelled[row["id"]] if "id" in row else row["sentences"]
        table += [(len(questions), c, c.text in right) for c in candidates(found, index)]
        questions.append((found, right))
        wording.append("id" not in row)
    drawn = np.array(wording)
    names = list(table[0][1].features)
    values = np.array([[c.features[f] for f in names] for _, c, _ in table])
    labels, groups = np.array([int(hit) for _, _, hit in table]), np.array([n for n, _, _ in table])
    model = make_pipeline(StandardScaler(), LogisticRegression(C=STRENGTH, max_iter=5000))
    unseen = cross_val_predict(model, values, labels, groups=groups, cv=GroupKFold(10), method="predict_proba")[:, 1]
    by_question: list[list[Candidate]] = [[] for _ in questions]
    for (n, candidate, _), score in zip(table, unseen, strict=True):
        by_question[n].append(replace(candidate, score=float(score)))
    report = {
        name: _report([questions[n] for n in which], [by_question[n] for n in which])
        for name, which in (("questions", np.flatnonzero(~drawn)), ("wordings", np.flatnonzero(drawn)))
    }
    print(report, file=sys.stderr)
    weights = raw_weights(model, names, values, labels)
    fitted = {"fitted_by": "python -m eval.fit_composing", "report": report, "weights": weights}
    WEIGHTS.write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")


def wordings(corpus: Corpus) -> list[dict[str, Any]]:
    """Some wordings of the corpus with the sentences that answer them."""
    answers: dict[str, set[str]] = {}
    for passage in corpus.passages:
        for question, numbers in zip(passage.asked, passage.answers, strict=True):
            if numbers:
                answers.setdefault(question, set()).update(plain(passage.quote(n)) for n in numbers)
    drawn = random.Random(0).sample(sorted(answers), min(WORDINGS, len(answers)))
    return [{"question": q, "sentences": frozenset(answers[q])} for q in drawn]


def _report(questions: list[tuple[Found, frozenset[str]]], scored: list[list[Candidate]]) -> dict[str, float]:
    """How often the first sentence, and any sentence, of an answer is a labelled one; sentences per answer."""
    first, held, sizes = [], [], []
    for (found, right), candidates_ in zip(questions, scored, strict=True):
        chosen, _ = choose(found.question, sorted(candidates_, key=lambda c: -c.score))
        first.append(chosen[0].text in right)
        held.append(any(c.text in right for c in chosen))
        sizes.append(len(chosen))
    return {name: round(float(np.mean(v)), 4) for name, v in (("first", first), ("held", held), ("sentences", sizes))}


if __name__ == "__main__":
    main()
