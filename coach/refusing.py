"""What is said when there is nothing to quote: honest refusals that lead on, small talk, and topics that can be asked next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np

from coach.composing import candidates
from coach.gate import Gate, Verdict
from coach.index import Index
from coach.question import Question
from coach.quotable import why_not
from coach.retrieval import Found
from coach.types import Answer, Outcome

ALIKE = 0.5  # how much likeness to an example that is there already counts against another one
_NO_EVIDENCE = (
    "I do not have that in the material I answer from, and I would rather say so than guess. "
    "What comes nearest, and what I can answer, is listed below. {ask} {turn}"
)
_OUT_OF_SCOPE = (
    "That is outside what I know about. I answer questions on the way from Product Manager to VP of Product, and only from a library of sourced pages. "
    "Below are questions that I can answer. {turn}"
)
_TO_A_MENTOR = {
    "pay": 'A question to take to your manager or HR: "How is pay set for this level here, and who can walk me through it?"',
    "market": 'A question to take to your manager or HR: "How is pay set for this level here, and who can walk me through it?"',
    "promotion": 'A question to take to your manager: "What would you need to see from me before you would support the next level?"',
    "interviews": 'A question to take to a mentor: "Who do you know who hires for this role, and would you introduce me?"',
    "reporting": 'A question to take to your manager: "How are product roles and decisions split here, and where is it written down?"',
    "people": 'A question to take to your manager: "Where could I lead people on a small scale in the next quarter?"',
    "metrics": 'A question to take to your manager: "Which numbers is our leadership team judged on, and how does my work move them?"',
    "timeline": 'A question to take to a mentor: "Looking at my work, what would you say is missing for the next step, and how long might that take?"',
}
_TO_ANYONE = 'A question to take to your manager or a mentor: "Who here would know this best, and could you put us in touch?"'

_TALK = {
    "greeting": "Hello, and welcome. I am an AI coach for the way from Product Manager to VP of Product. Ask me anything about the two roles, the steps between them, or how to get there.",
    "thanks": "All right. You are welcome to ask more when the next question comes up.",
    "bye": "Goodbye, and good luck with your next step.",
    "who": "I am an AI assistant, not a person. I answer questions about moving from Product Manager to VP of Product from a library of sourced pages, and show the exact words behind every sentence. When the library does not cover something, I say so.",
    "what": "I can compare the roles of a Product Manager and a VP of Product, explain the steps between them, and help with promotion, the first 90 days, metrics, interviews and mentors. Every sentence comes with the words that prove it. Try one of these.",
    "no answer": "There is no answer yet that I could put differently. Ask me something first, for example one of these.",
    "empty": "I did not get a question yet. Type one in your own words, for example one of these.",
}  # fmt: skip


def talk(kind: str) -> str:
    """The reply to small talk."""
    return _TALK[kind]


def apology(found: Found, verdict: Verdict, gate: Gate, index: Index) -> Answer:
    """An honest refusal with two or three nearest topics, each of which the gate lets through."""
    topics = nearest_topics(found.numbers, gate, index) or nearest_topics(range(len(index.passages)), gate, index)
    near = Counter(d for e in found.evidence[:3] for d in e.passage.dimensions if d in _TO_A_MENTOR)
    dimension = next((d for d, count in near.most_common(1) if count > 1), "")
    turn = f"For your question itself, {verdict.turn_to} is the one to ask." if verdict.turn_to else ""
    note = (
        _NO_EVIDENCE.format(ask=_TO_A_MENTOR.get(dimension, _TO_ANYONE), turn=turn)
        if verdict.in_field
        else _OUT_OF_SCOPE.format(turn=turn)
    )
    return Answer(
        "", "", Outcome.NO_EVIDENCE if verdict.in_field else Outcome.OUT_OF_SCOPE, nearest_topics=topics, note=note.strip()
    )


def follow_up_topics(found: Found, used: Iterable[str], gate: Gate, index: Index) -> tuple[str, ...]:
    """Questions near the one that was answered: evidence that was not quoted, then its neighbours on the page."""
    quoted = set(used)
    unused = [n for n, e in zip(found.numbers, found.evidence, strict=True) if e.passage.id not in quoted]
    first = found.numbers[0]
    beside = [n for n in (first + 1, first - 1, first + 2) if 0 <= n < len(index.passages) and index.passages[n].id not in quoted]
    return nearest_topics([*unused[:4], *beside, *unused[4:]], gate, index)


def nearest_topics(numbers: Iterable[int], gate: Gate, index: Index, limit: int = 3) -> tuple[str, ...]:
    """The questions that these passages answer, at most one a document, each let through by the gate."""
    topics: dict[str, str] = {}
    for number in numbers:
        passage = index.passages[number]
        asked = passage.heading or passage.title
        if passage.document_id in topics or why_not(asked) or not answers_itself(number, gate, index):
            continue
        topics[passage.document_id] = topic(asked)
        if len(topics) == limit:
            break
    return tuple(topics.values())


def typical(index: Index, among: Sequence[int], limit: int = 24) -> list[int]:
    """Of the passages with these numbers some from their middle, each unlike those before it (maximal marginal relevance, Carbonell and Goldstein 1998)."""
    if not among:
        return []
    vectors = index.passage_vectors(among)
    middle = vectors.mean(axis=0)
    worth = vectors @ (middle / np.linalg.norm(middle))
    likest = np.zeros(len(vectors), dtype=np.float32)
    chosen: list[int] = []
    for _ in range(min(limit, len(vectors))):
        value = worth - ALIKE * likest
        value[chosen] = -np.inf
        chosen.append(int(value.argmax()))
        likest = np.maximum(likest, vectors @ vectors[chosen[-1]])
    return [among[n] for n in chosen]


def topic(heading: str) -> str:
    """A heading as something that can be asked; the words added to it are ones that the gate does not look for."""
    if heading.endswith("?"):
        return heading
    return f"Tell me about {heading[0].lower() + heading[1:] if heading[1:2].islower() else heading}."


@lru_cache(maxsize=20_000)
def answers_itself(number: int, gate: Gate, index: Index) -> bool:
    """Whether the gate lets a passage's own question through with that passage as evidence; no search is needed to know."""
    from coach.question import understand
    from coach.types import Evidence

    passage = index.passages[number]
    question: Question = understand(passage.heading or passage.title, lambda _: True, index.words)
    vector = index.question_vectors(number)[:1]
    found = Found(question, np.asarray(vector), (Evidence(passage, 1.0, 1.0, 1.0),), (number,))
    return gate.decide(found, candidates(found, index), index).open
