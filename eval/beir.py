"""The retriever on a folder in BEIR format, so that it can be compared with published numbers: `python -m eval.beir FOLDER`.

FOLDER holds corpus.jsonl (`_id`, `title`, `text`), queries.jsonl (`_id`, `text`) and qrels/test.tsv (query-id, corpus-id, score; one line of heading).
Documents have no sections, sentences apart or wordings, so each is one text: its vector and its BM25 by the index's own terms, both stretched to 0..1 over all
documents as the coach stretches them over its candidates, and added by half. As in BEIR's own evaluation a document with the query's id does not count.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bm25s
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from coach.encoder import Encoder, Matrix, load_encoder
from coach.errors import CasesError, CoachError
from coach.index import terms
from coach.retrieval import normalise
from coach.settings import Settings
from eval.metrics import mean, ndcg_at, reciprocal_rank
from eval.quiet import start_quietly
from eval.rows import read_rows

TOP = 100
BATCH = 256


@dataclass(frozen=True, slots=True)
class Task:
    """Documents, queries, and for each query the gains of the documents that answer it."""

    documents: Mapping[str, str]
    queries: Mapping[str, str]
    gains: Mapping[str, Mapping[str, float]]


def read_task(folder: Path, split: str = "test") -> Task:
    """Raises CasesError with the file and line that cannot be read."""
    try:
        documents = {
            r["_id"]: " ".join(filter(None, (r.get("title"), r["text"]))).strip() for r in read_rows(folder / "corpus.jsonl")
        }
        queries = {r["_id"]: r["text"] for r in read_rows(folder / "queries.jsonl")}
        gains: dict[str, dict[str, float]] = {}
        for line in (folder / "qrels" / f"{split}.tsv").read_text(encoding="utf-8").splitlines()[1:]:
            query, document, score = line.split("\t")
            if float(score) > 0 and query in queries and document in documents:
                gains.setdefault(query, {})[document] = float(score)
        if not gains:
            raise ValueError("no query has an answer among the documents")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CasesError(f"{folder} is no folder in BEIR format ({type(error).__name__}: {error}).") from error
    return Task(documents, queries, gains)


def encode(encoder: Encoder, texts: Sequence[str]) -> Matrix:
    """Unit vectors, with progress."""
    parts = range(0, len(texts), BATCH)
    return np.concatenate(
        [encoder.encode(texts[n : n + BATCH]) for n in tqdm(parts, desc="Encoding", unit="batch", file=sys.stderr)]
    )


def rank(task: Task, dense: Matrix, lexical: Matrix) -> dict[str, list[list[str]]]:
    """For each way of searching the ids found for each query, best first; both matrices have the shape (queries, documents)."""
    ids = list(task.documents)

    def best(query: str, scores: NDArray[np.floating[Any]]) -> list[str]:
        return [ids[n] for n in np.argsort(-scores, kind="stable")[: TOP + 1] if ids[n] != query][:TOP]

    rows = list(zip(task.gains, dense, lexical, strict=True))
    return {
        "dense": [best(q, d) for q, d, _ in rows],
        "lexical": [best(q, w) for q, _, w in rows],
        "hybrid": [best(q, (normalise(d) + normalise(w)) / 2) for q, d, w in rows],
    }


def scores(task: Task, encoder: Encoder) -> dict[str, dict[str, float]]:
    """nDCG@10, recall@100 and MRR@100 of dense, lexical and hybrid search over the queries that have an answer."""
    asked = [task.queries[q] for q in task.gains]
    texts = list(task.documents.values())
    dense = encode(encoder, asked) @ encode(encoder, texts).T
    index = bm25s.BM25()
    index.index([list(terms(t)) for t in texts], show_progress=False)
    lexical = np.array(
        [index.get_scores(found) if (found := list(terms(q))) else np.zeros(len(texts)) for q in asked], dtype=np.float32
    )
    out = {}
    for name, ranked in rank(task, dense, lexical).items():
        pairs = list(zip(ranked, task.gains.values(), strict=True))
        out[name] = {
            "nDCG@10": mean([ndcg_at(10, r, g) for r, g in pairs]),
            "recall@100": mean([len(set(r[:TOP]) & set(g)) / len(g) for r, g in pairs]),
            "MRR@100": mean([reciprocal_rank(r, g) for r, g in pairs]),
        }
    return out


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m eval.beir", description="The retriever on a folder in BEIR format.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--split", default="test")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args(argv)
    settings = Settings.from_mapping(os.environ)
    try:
        task = read_task(arguments.folder, arguments.split)
        found = scores(task, load_encoder(settings.encoder, settings.cache, settings.threads))
    except CoachError as error:
        print(f"eval: {error}", file=sys.stderr)
        return 1
    if arguments.json:
        print(json.dumps(found))
        return 0
    print(f"{len(task.documents):,} documents, {len(task.gains)} queries")
    for name, values in found.items():
        print(f"{name:<8} " + "  ".join(f"{metric} {value:.4f}" for metric, value in values.items()))
    return 0


if __name__ == "__main__":
    start_quietly("eval.beir")
    sys.exit(main())
