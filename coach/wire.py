"""Answers and evidence as the JSON that scripts rely on; names and shapes stay stable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from coach.types import Answer, Evidence, Sentence


def answer_json(answer: Answer, row_id: object = None, explain: bool = False) -> dict[str, Any]:
    """An answer as one JSON object; `id` only when the row had one, `explanation` only when asked for."""
    out: dict[str, Any] = {} if row_id is None else {"id": row_id}
    out |= {
        "question": answer.question,
        "standalone_question": answer.standalone_question,
        "outcome": answer.outcome.value,
        "text": answer.text,
        "layout": answer.layout.value,
        "sentences": [
            {
                "text": s.text,
                "citations": list(s.citations),
                "supported": s.supported,
                "score": s.score,
                "role": s.role,
                "voice": s.voice.value,
                "claim": s.stated,
            }
            for s in answer.sentences
        ],
        "citations": [asdict(c) for c in answer.citations],
        "follow_ups": list(answer.follow_ups),
        "nearest_topics": list(answer.nearest_topics),
        "making": asdict(answer.making),
        "timings_ms": dict(answer.timings_ms),
    }
    return out | {"explanation": dict(answer.explanation)} if explain else out


def evidence_json(evidence: Evidence) -> dict[str, Any]:
    """A search result with the parts of its score."""
    passage = evidence.passage
    return {
        "passage_id": passage.id,
        "document_id": passage.document_id,
        "score": evidence.score,
        "text": passage.text,
        "heading": passage.heading,
        "parts": {"dense": evidence.dense, "lexical": evidence.lexical, "steering": evidence.steering},
    }


def verified_json(sentences: Sequence[Sentence], row_id: object = None) -> dict[str, Any]:
    """The sentences of a claim, checked; the claim is supported if it has any and every one is, its score is the least of theirs."""
    out: dict[str, Any] = {} if row_id is None else {"id": row_id}
    return out | {
        "supported": bool(sentences) and all(s.supported for s in sentences),
        "score": min((s.score for s in sentences), default=0.0),
        "sentences": [
            {"text": s.text, "supported": s.supported, "score": s.score, "reasons": list(s.reasons)} for s in sentences
        ],
    }
