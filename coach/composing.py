"""Evidence -> the sentences of an answer, without a language model: whole sentences of the corpus, chosen and ordered."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from coach.corpus import plain
from coach.encoder import Matrix
from coach.index import Index, terms
from coach.question import Question
from coach.retrieval import Found
from coach.types import Citation, Layout, Passage, Sentence, Source
from coach.vocabulary import roles_in

PASSAGES = 4  # evidence read for an answer
MAX_SENTENCES = 6
MIN_SENTENCES = 2
FROM_FIRST = 3  # sentences from the best passage, so that an answer reads as one piece
MAX_STEPS = 6
# Shares of a sentence's score: nearness to the question, its words, its passage's rank, and being the passage's first (answer-first pages).
SIMILAR, OVERLAP, RANKED, OPENING = 0.6, 0.2, 0.6, 0.1
SAME = 0.86  # cosine from which two sentences say the same thing
KEEP = 0.7  # share of the first sentence's score that a further one of its passage must reach
BESIDE = 0.8  # share that a sentence of a comparison must reach
NEAR = 0.8  # share that the best sentence of another passage must reach


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may be shown; `passage` and `number` say where it stands, `order` the rank of its passage."""

    passage: Passage
    number: int
    order: int
    text: str
    role: str
    score: float
    vector: Matrix


@dataclass(frozen=True, slots=True)
class Composed:
    """The chosen sentences with their citations."""

    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    layout: Layout
    used: tuple[str, ...]
    """Ids of the passages that were quoted."""


@lru_cache(maxsize=50_000)
def _read(passage: Passage, number: int) -> tuple[str, frozenset[str], str]:
    """A sentence's text as shown, its stems, and the role it is about (the first one it names)."""
    text = plain(passage.quote(number))
    return text, frozenset(terms(text)), next(iter(roles_in(text)), "")


def compose(found: Found, index: Index, shown: frozenset[str] = frozenset()) -> Composed:
    """Two to six sentences that answer the question, the one that answers it first; `shown` ones are not said again."""
    candidates = [c for c in _candidates(found, index) if c.text not in shown]
    if not candidates:
        return Composed((), (), Layout.PROSE, ())
    layout = Layout.PROSE
    question = found.question
    if len(pair := _compared(question)) == 2 and (both := _comparison(candidates, pair)):
        chosen, layout = both, Layout.COMPARISON
    elif question.how_to and (steps := _steps(candidates)):
        chosen, layout = steps, Layout.STEPS
    else:
        chosen = _prose(candidates)
    return _cite(chosen, layout)


def _candidates(found: Found, index: Index) -> list[Candidate]:
    question, vector = found.question, found.vector[0]
    weight = {t: index.rarity(t) for t in question.terms}
    total = sum(weight.values()) or 1.0
    best = found.evidence[0].score if found.evidence else 1.0
    out: list[Candidate] = []
    for order, (number, evidence) in enumerate(zip(found.numbers[:PASSAGES], found.evidence, strict=False)):
        vectors = index.sentence_vectors(number)
        similar = vectors @ vector
        for n in range(len(vectors)):
            text, stems, role = _read(evidence.passage, n)
            if text.endswith((":", "?")):  # introduces or asks, says nothing
                continue
            overlap = (
                sum(w for t, w in weight.items() if t in stems or not stems.isdisjoint(question.synonyms.get(t, ()))) / total
            )
            score = SIMILAR * float(similar[n]) + OVERLAP * overlap + RANKED * (evidence.score / max(best, 1e-6))
            score += OPENING if n == 0 else 0.0
            if question.roles and role and not question.claims:
                score += 0.06 if role in question.roles else -0.06
            out.append(Candidate(evidence.passage, n, order, text, role, score, vectors[n]))
    return sorted(out, key=lambda c: (-c.score, c.order, c.number))


def _new(candidate: Candidate, chosen: Sequence[Candidate]) -> bool:
    return all(float(candidate.vector @ c.vector) < SAME for c in chosen)


def _prose(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The best passage's best sentences, the one that answers first, then the best of each passage that is nearly as good."""
    by_passage: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        by_passage.setdefault(candidate.passage.id, []).append(candidate)
    first, *others = by_passage.values()
    chosen = [first[0]]
    for candidate in first[1:]:
        if len(chosen) < FROM_FIRST and candidate.score >= KEEP * first[0].score and _new(candidate, chosen):
            chosen.append(candidate)
    chosen[1:] = sorted(chosen[1:], key=lambda c: c.number)
    for group in others[: MAX_SENTENCES - len(chosen)]:
        if group[0].score >= NEAR * first[0].score and _new(group[0], chosen):
            chosen.append(group[0])
    if len(chosen) < MIN_SENTENCES:
        chosen += [c for c in candidates if c not in chosen and _new(c, chosen)][: MIN_SENTENCES - len(chosen)]
    return chosen


def _steps(candidates: Sequence[Candidate]) -> list[Candidate] | None:
    """The items of the list in the passage of the best sentence, when it has one and ranks first or second."""
    if candidates[0].order > 1:
        return None
    top = candidates[0].passage
    lines = top.text.splitlines()
    if sum(line.lstrip()[:2].rstrip(".)").isdigit() for line in lines) < 3:
        return None
    items = [c for c in candidates if c.passage is top and _is_item(top, c.number)]
    items.sort(key=lambda c: c.number)
    return items[:MAX_STEPS] if len(items) >= 3 else None


def _is_item(passage: Passage, number: int) -> bool:
    start = passage.sentences[number][0]
    before = passage.text[:start].rsplit("\n", 1)[-1].strip()
    return bool(before) and before.rstrip(".)").isdigit()


def _compared(question: Question) -> tuple[str, ...]:
    """The two roles that the question sets side by side; a single role in a comparison stands against the PM or the VP."""
    roles = question.roles
    if not question.differs or not roles:
        return ()
    return roles[:2] if len(roles) > 1 else (*roles, "vp" if roles[0] == "pm" else "pm")


def _comparison(candidates: Sequence[Candidate], pair: tuple[str, ...]) -> list[Candidate] | None:
    """Sentences about the one and the other role in parallel: pairs that stand side by side in a passage first."""
    sides: dict[str, list[Candidate]] = {role: [] for role in pair}
    best = candidates[0].score
    opening = candidates[0] if candidates[0].role not in pair or set(roles_in(candidates[0].text)) >= set(pair) else None
    taken: list[Candidate] = [opening] if opening else []
    place = {(c.passage.id, c.number): c for c in candidates}
    for candidate in candidates:
        if candidate.role not in pair or candidate in taken or candidate.score < BESIDE * best:
            continue
        other = next(r for r in pair if r != candidate.role)
        if len(sides[candidate.role]) >= 3 or not _new(candidate, taken):
            continue
        beside = [place.get((candidate.passage.id, candidate.number + step)) for step in (1, -1)]
        partner = next((b for b in beside if b and b.role == other and b not in taken and _new(b, taken)), None)
        if partner and len(sides[other]) < 3:
            sides[candidate.role].append(candidate)
            sides[other].append(partner)
            taken += [candidate, partner]
    for role in pair:  # a side without a neighbour takes its own best sentence
        if not sides[role]:
            extra = next((c for c in candidates if c.role == role and c not in taken and _new(c, taken)), None)
            if extra is None:
                return None
            sides[role].append(extra)
            taken.append(extra)
    rows = [c for both in zip(*(sides[r] for r in pair), strict=False) for c in both]
    return ([opening] if opening else []) + rows[: MAX_SENTENCES - 2 if opening else MAX_SENTENCES]


def _cite(chosen: Sequence[Candidate], layout: Layout) -> Composed:
    sentences: list[Sentence] = []
    citations: list[Citation] = []
    for number, candidate in enumerate(chosen, 1):
        passage = candidate.passage
        first, last = passage.sentences[candidate.number]
        sources = sources_of(passage, candidate.number)
        citations.append(
            Citation(
                number=number,
                passage_id=passage.id,
                document_id=passage.document_id,
                title=passage.title,
                heading=passage.heading,
                source="; ".join(s.label for s in sources),
                url=next((s.url for s in sources if s.url), ""),
                quote=passage.text[first:last],
                start=passage.start + first,
                end=passage.start + last,
            )
        )
        both = layout is Layout.COMPARISON and candidate.role
        role = candidate.role if both and not (number == 1 and len(chosen) % 2) else ""
        sentences.append(Sentence(candidate.text, (number,), score=round(candidate.score, 4), role=role))
    return Composed(tuple(sentences), tuple(citations), layout, tuple(dict.fromkeys(c.passage.id for c in chosen)))


@lru_cache(maxsize=20_000)
def sources_of(passage: Passage, number: int) -> tuple[Source, ...]:
    """The sources of one sentence: those that it names, else those of its passage that no sentence names."""
    named = [{s for s in passage.sources if _names(passage.quote(n), s)} for n in range(len(passage.sentences))]
    own = tuple(s for s in passage.sources if s in named[number])
    unnamed = tuple(s for s in passage.sources if not any(s in group for group in named))
    return own or unnamed or passage.sources


_COMMON_WORDS = frozenset(
    (
        "product",
        "the",
        "and",
        "blog",
        "author",
        "guide",
        "management",
        "manager",
        "anonymous",
        "undated",
        "handbook",
        "drawing",
        "data",
        "podcast",
        "school",
    )
)


def _names(sentence: str, source: Source) -> bool:
    """Whether a sentence names a source's holder: a distinctive word of the holder's name stands in it."""
    said = set(re.findall(r"[\w&!]+", sentence.lower()))
    holder = [w for w in re.findall(r"[\w&!]+", source.holder.lower()) if len(w) > 2 and w not in _COMMON_WORDS]
    return bool(said.intersection(holder))
