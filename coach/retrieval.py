"""Question -> evidence: dense and lexical candidates, fused by normalised score and steered by the roles that are asked about."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coach.encoder import Encoder, Matrix
from coach.index import Index
from coach.question import Question, understand
from coach.types import Evidence, Passage

CANDIDATES = 40  # from each of Chroma and BM25
# Shares of the score, by the best mean reciprocal rank on eval/fit (python -m eval.fit_gate prints it). The dense score's
# parts are the whole passage, its nearest sentence and its nearest question.
PASSAGE, SENTENCE, QUESTION = 0.28, 0.27, 0.45
LEXICAL = 0.3  # half of it for the question's own words, half for them and their synonyms
STORY = 0.8  # share of a long message's whole in its vector; the rest is its question proper
ROLE_BONUS = ROLE_PENALTY = 0.03


@dataclass(frozen=True, slots=True)
class Found:
    """A question, its vector and the evidence for it, best first."""

    question: Question
    vector: Matrix
    evidence: tuple[Evidence, ...]
    numbers: tuple[int, ...]
    """The passages' numbers in the index, in step with `evidence`."""


class Retriever:
    """Search in one generation of the index with one encoder."""

    def __init__(self, index: Index, encoder: Encoder) -> None:
        self.index = index
        self.encoder = encoder

    def search(self, text: str, limit: int = 10, within: Matrix | None = None) -> Found:
        """Evidence for a standalone question; none for an empty one. `within` is the vector of the question that it is a part of."""
        question = understand(text, self.encoder.is_word, self.index.words)
        if not question.focus:
            return Found(question, np.zeros((1, self.index.manifest["dimension"]), dtype=np.float32), (), ())
        vector = self._vector(question)
        if within is not None:
            vector = unit(vector + within)
        own = self.index.lexical(question.terms)
        lexical = own + self.index.lexical(question.synonym_terms)  # BM25 adds up over terms
        numbers = list(dict.fromkeys(self.index.dense(vector, CANDIDATES) + _top(lexical, CANDIDATES)))
        parts = (
            (PASSAGE, self.index.passage_vectors(numbers) @ vector[0]),
            (SENTENCE, self.index.best_sentence(numbers, vector[0])),
            (QUESTION, self.index.best_question(numbers, vector[0])),
        )
        dense_part = np.stack([share * normalise(scores) for share, scores in parts]).sum(axis=0)
        lexical_part = (normalise(lexical[numbers]) + normalise(own[numbers])) / 2
        steering = np.array([steer(question, self.index.passages[n]) for n in numbers], dtype=np.float32)
        scores = (1 - LEXICAL) * dense_part + LEXICAL * lexical_part + steering
        order = np.lexsort((numbers, -scores))[:limit]
        evidence = tuple(
            Evidence(
                self.index.passages[numbers[i]],
                *(round(float(part[i]), 4) for part in (scores, dense_part, lexical_part, steering, lexical[numbers])),
            )
            for i in order
        )
        return Found(question, vector, evidence, tuple(numbers[i] for i in order))

    def _vector(self, question: Question) -> Matrix:
        """The question's unit vector, shape (1, dimension); a story's question alone often lacks its subject, so its whole counts for more."""
        if not question.story:
            return self.encoder.encode([question.focus])
        focus, story = self.encoder.encode([question.focus, question.story])
        return unit(((1 - STORY) * focus + STORY * story)[np.newaxis])


def unit(vector: Matrix) -> Matrix:
    """The vector of length 1 in the same direction."""
    return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)


def _top(scores: Matrix, limit: int) -> list[int]:
    if not scores.any():
        return []
    best = np.argpartition(-scores, min(limit, len(scores) - 1))[:limit]
    return [int(i) for i in best if scores[i] > 0]


def normalise(scores: Matrix) -> NDArray[np.float32]:
    """Scores stretched to 0..1 over the candidates; all zeros when there is no difference and nothing above zero."""
    low, high = float(scores.min()), float(scores.max())
    if high - low < 1e-9:
        return np.full_like(scores, 1.0 if high > 0 else 0.0)
    return ((scores - low) / (high - low)).astype(np.float32)


def steer(question: Question, passage: Passage) -> float:
    """Bonus for a passage about the roles asked for, penalty for one about other roles only."""
    asked, about = set(question.roles), set(passage.about)
    if not asked or not about:
        return 0.0
    shared = asked & about
    if not shared:
        return 0.0 if question.claims else -ROLE_PENALTY
    return ROLE_BONUS * len(shared) / len(asked | about)
