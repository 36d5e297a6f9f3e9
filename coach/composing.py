"""Evidence -> the sentences of an answer, without a language model: whole sentences of the corpus, chosen and ordered."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from coach.corpus import plain
from coach.encoder import Matrix
from coach.index import Index, terms
from coach.logistic import probability
from coach.question import Question
from coach.quotable import why_not
from coach.retrieval import Found
from coach.types import Citation, Layout, Passage, Sentence, Source
from coach.vocabulary import role_mentions, roles_in

WEIGHTS = Path(__file__).with_name("composing.json")
# Down to NEW_WORDS by the sentences that answers on eval/fit hold (python -m eval.fit_composing prints it); those of a comparison
# by reading a dozen comparisons, for want of labels.
PASSAGES = 5  # evidence read for an answer
MAX_SENTENCES = 6
MIN_SENTENCES = 2
NEARNESS = 20.0  # how much more a wording counts that lies nearer to the question
FAR = 0.2  # cosine that stands for no wording at all
_FEW = 0.03  # share of wordings below which it no longer matters how few there are
FROM_ONE = 4  # sentences from one passage, so that an answer reads as one piece and still hears a second voice
TOGETHER = 3.0  # how much more a sentence counts that stands in the passage of the best one
MAX_STEPS = 6
SAME = 1.1  # cosine with an earlier sentence, plus half the share of words that stand there too, from which a sentence repeats it
KEEP = 0.25  # share of the best sentence's probability that a further one must reach,
LIKELY = 0.05  # and the least probability
NEW_WORDS = 0.3  # share of its content words that nobody has said before
WRITTEN = 3  # passages from the top among which one written in rows is looked for;
MIN_ROWS = 2  # that many make it one
BESIDE = 0.4  # share of the best row's fit that a further row of a comparison must reach,
PARALLEL = 0.08  # and the least fit of any row;
ASIDE = 0.2  # share of the best sentence's probability that each of its two sentences must reach
OPENING = 0.8  # the same for a sentence that sets both roles against each other and therefore comes first
_MOST_ASIDE = 12  # sentences of a side that are looked at
_NEIGHBOURS = 1.5  # how much better two sentences fit that stand side by side on their page
_CONTRAST = re.compile(r"\b(?:while|whereas|but)\b")
_SIDE_BY_SIDE = re.compile(r"\b(?:and|while|whereas|but)\b")
_FIGURE = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may be shown; `passage` and `number` say where it stands, `order` the rank of its passage."""

    passage: Passage
    number: int
    order: int
    text: str
    stems: frozenset[str]
    role: str
    score: float
    """The probability that it answers the question."""
    vector: Matrix
    features: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Composed:
    """The chosen sentences with their citations."""

    sentences: tuple[Sentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    layout: Layout = Layout.PROSE
    used: tuple[str, ...] = ()
    """Ids of the passages that were quoted."""


@lru_cache(maxsize=50_000)
def _read(passage: Passage, number: int) -> tuple[str, frozenset[str], tuple[str, ...], bool]:
    """A sentence's text as shown, its stems, the roles that it names, and whether it says something that may be quoted."""
    text = plain(passage.quote(number))
    says = not text.endswith((":", "?")) and not why_not(text)
    return text, frozenset(terms(text)), tuple(roles_in(text)), says


def compose(
    question: Question,
    ranked: Sequence[Candidate],
    shown: frozenset[str] = frozenset(),
    premise: Candidate | None = None,
    parts: Sequence[Candidate] = (),
    most: int | None = None,
) -> Composed:
    """At most six sentences, two where there are two, that answer the question, the one that answers it first; `shown` ones are not said again.

    `ranked` are the evidence's `candidates`. An answer in prose says `premise`, the corpus's word on what the question rests on, before
    anything else, and of `parts`, the best sentence on each thing that the question asks, what it would leave unsaid. With `most` it is a
    short answer of that many sentences and no steps, since some of the steps are not the way.
    """
    fresh = [c for c in ranked if c.text not in shown]
    if not fresh:
        return Composed((), (), Layout.PROSE, ())
    if most:
        return _shortest(question, fresh, most)
    chosen, layout = choose(question, fresh)
    if premise and layout is Layout.PROSE and premise.text not in shown:
        further = [c for c in chosen if _new(c, [premise])]
        chosen = [premise, *(further or chosen[1:])][:MAX_SENTENCES]
    for part in parts if layout is Layout.PROSE else ():
        if len(chosen) < MAX_SENTENCES and part.text not in shown and not any(_repeats(part, c) for c in chosen):
            chosen = [*chosen, part]
    return cite(chosen, layout)


def _shortest(question: Question, ranked: Sequence[Candidate], most: int) -> Composed:
    """The sentences that answer best; where roles are compared the one on both, else one on each."""
    pair = _compared(question)
    if len(pair) == 2 and (both := _comparison(ranked, pair)):
        return cite(both[:1]) if len(both) % 2 else cite(both[:2], Layout.COMPARISON)
    return cite(_prose(ranked)[:most])


def is_spent(ranked: Sequence[Candidate], shown: frozenset[str]) -> bool:
    """Whether what has not been shown falls far behind what has."""
    return all(c.text in shown or c.score < KEEP * ranked[0].score for c in ranked)


def choose(question: Question, ranked: Sequence[Candidate]) -> tuple[list[Candidate], Layout]:
    """The sentences to show, in their order, and the form that suits the question."""
    if len(pair := _compared(question)) == 2 and (both := _comparison(ranked, pair)):
        return both, Layout.COMPARISON
    if question.how_to and (steps := _steps(ranked)):
        return steps, Layout.STEPS
    return _prose(ranked), Layout.PROSE


def candidates(found: Found, index: Index) -> list[Candidate]:
    """The sentences of the evidence, each with the probability that it answers the question, best first."""
    question, vector = found.question, found.vector[0]
    rarity = {t: index.rarity(t) for t in question.terms}
    total = sum(rarity.values()) or 1.0
    weights = load_weights()
    out: list[Candidate] = []
    read = list(zip(found.numbers[:PASSAGES], found.evidence, strict=False))
    asked = [index.question_vectors(number) @ vector for number, _ in read]
    closest = max((float(cosines.max()) for cosines in asked), default=0.0)
    for order, (number, evidence) in enumerate(read):
        vectors = index.sentence_vectors(number)
        votes, nearest_asked = _votes(evidence.passage, asked[order].tolist())
        similar = (vectors @ vector).tolist()
        nearest = max(similar, default=0.0)
        for n, cosine in enumerate(similar):
            text, stems, roles, says = _read(evidence.passage, n)
            if not says:
                continue
            figure = bool(_FIGURE.search(text))
            held = sum(w for t, w in rarity.items() if t in stems or not stems.isdisjoint(question.synonyms.get(t, ())))
            features = {
                "similar": cosine,
                "behind": nearest - cosine,
                "voted": math.log(votes[n] + _FEW),
                "asked": nearest_asked[n] - closest,
                "alone": 1 / len(votes),
                "overlap": held / total,
                "ranked": evidence.score,
                "roles": len(set(roles).intersection(question.roles)) / 2,
                "figure": float(figure),
                "figure_asked": float(figure and question.figure),
            }
            score = probability(weights, features)
            out.append(Candidate(evidence.passage, n, order, text, stems, next(iter(roles), ""), score, vectors[n], features))
    return sorted(out, key=lambda c: (-c.score, c.order, c.number))


def _votes(passage: Passage, cosines: Sequence[float]) -> tuple[list[float], list[float]]:
    """What the passage's wordings say of each of its sentences, given their cosines with the question.

    First the share of the wordings that it answers, the nearer ones counting more; then the cosine of the nearest one that it answers.
    Where no wording names its sentences, all are alike.
    """
    count = len(passage.sentences)
    votes, nearest = [0.0] * count, [FAR] * count
    for cosine, numbers in zip(cosines[1:], passage.answers, strict=True):  # the heading is question 0
        for place, number in enumerate(numbers):
            votes[number] += math.exp(NEARNESS * (cosine - 1)) / 2**place
            nearest[number] = max(nearest[number], cosine)
    if total := sum(votes):
        return [v / total for v in votes], nearest
    return [1 / count] * count, [max(cosines)] * count


@lru_cache(maxsize=1)
def load_weights() -> Mapping[str, float]:
    """The sentence model's weights from its reviewed text file, which `python -m eval.fit_composing` writes."""
    weights: dict[str, float] = json.loads(WEIGHTS.read_text(encoding="utf-8"))["weights"]
    return weights


def _new(candidate: Candidate, chosen: Sequence[Candidate]) -> bool:
    """Whether a sentence says what the chosen ones do not."""
    said = frozenset[str]().union(*(c.stems for c in chosen))
    fresh = len(candidate.stems - said) >= NEW_WORDS * len(candidate.stems)
    return fresh and not any(_repeats(candidate, c) for c in chosen)


def _repeats(candidate: Candidate, earlier: Candidate) -> bool:
    shared = len(candidate.stems & earlier.stems) / max(len(candidate.stems), 1)
    return float(candidate.vector @ earlier.vector) + shared / 2 >= SAME


def _prose(ranked: Sequence[Candidate]) -> list[Candidate]:
    """The sentence that answers best, then those nearly as good, each passage's together and in the order of its text."""
    best = ranked[0]
    chosen = [best]
    worth = [(c.score * (TOGETHER if c.passage is best.passage else 1.0), c) for c in ranked[1:]]
    for value, candidate in sorted(worth, key=lambda pair: -pair[0]):
        if len(chosen) == MAX_SENTENCES or value < max(KEEP * best.score, LIKELY):
            break
        if sum(c.passage is candidate.passage for c in chosen) < FROM_ONE and _new(candidate, chosen):
            chosen.append(candidate)
    if len(chosen) < MIN_SENTENCES:
        chosen += [c for c in ranked if c.passage is best.passage and c not in chosen and _new(c, chosen)][: MIN_SENTENCES - 1]
    passages = list(dict.fromkeys(c.passage.id for c in chosen))
    return [best, *sorted(chosen[1:], key=lambda c: (passages.index(c.passage.id), c.number))]


def _steps(ranked: Sequence[Candidate]) -> list[Candidate] | None:
    """The items of the list in the passage of the best sentence, when it has one and ranks first or second."""
    if ranked[0].order > 1:
        return None
    top = ranked[0].passage
    items = [c for c in ranked if c.passage is top and _is_item(top, c.number)]
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


def _comparison(ranked: Sequence[Candidate], pair: tuple[str, ...]) -> list[Candidate] | None:
    """A sentence on both roles where one is likely, then rows of one sentence on each that say the same kind of thing; None when nothing runs parallel."""
    likely = [c for c in ranked if c.score >= ASIDE * ranked[0].score]
    on_both = [c for c in likely if c.score >= OPENING * ranked[0].score and set(roles_in(c.text)) >= set(pair)]
    opening = next((c for c in on_both if _CONTRAST.search(c.text)), ranked[0] if ranked[0] in on_both else None)
    opened = [opening] if opening else []
    if rows := _written_rows(ranked, pair, opened):
        if opening and opening.passage is not rows[0][0].passage:
            opened = []  # another page's summary says other things than these rows
    else:
        rows = _matched_rows(likely, pair, opened)
    if not rows:
        return None
    shown = [c for row in rows for c in row]
    if not opened and all(c.score < OPENING * ranked[0].score for c in shown):
        opened, shown = [ranked[0]], [c for c in shown if c is not ranked[0]][: MAX_SENTENCES - 2]
    return [*opened, *shown]


Row = tuple[Candidate, Candidate]
"""Two sentences that say the same kind of thing, one of each role."""


def _written_rows(ranked: Sequence[Candidate], pair: tuple[str, ...], taken: Sequence[Candidate]) -> list[Row]:
    """The rows, best first, of the first passage that is written in rows: neighbours on its page, one of each role."""
    for place in range(WRITTEN):
        page = sorted((c for c in ranked if c.order == place), key=lambda c: c.number)
        rows: list[Row] = []
        for one, other in pairwise(page):
            if rows and one in rows[-1]:
                continue
            left, right = (next((c for c in (one, other) if _speaks_of(c, role, pair)), None) for role in pair)
            if left and right and all(_new(c, taken) for c in (left, right)):
                rows.append((left, right))
        if len(rows) >= MIN_ROWS:
            return sorted(rows, key=lambda row: -_fit(*row))[: (MAX_SENTENCES - len(taken)) // 2]
    return []


def _matched_rows(likely: Sequence[Candidate], pair: tuple[str, ...], taken: Sequence[Candidate]) -> list[Row]:
    """Rows made of sentences from anywhere in the evidence, the best first."""
    left, right = ([c for c in likely if _speaks_of(c, role, pair)][:_MOST_ASIDE] for role in pair)
    fits = [(_fit(a, b), a, b) for a in left for b in right]
    fits.sort(key=lambda fit: -fit[0])
    rows: list[Row] = []
    said = list(taken)
    for fit, one, other in fits:
        if fit < max(PARALLEL, BESIDE * fits[0][0]) or len(said) + 2 > MAX_SENTENCES:
            break
        if all(_new(c, said) for c in (one, other)):
            rows.append((one, other))
            said += [one, other]
    return rows


def _speaks_of(candidate: Candidate, role: str, pair: tuple[str, ...]) -> bool:
    """Whether a sentence is about one role of a pair: it names that one first and does not set the other beside it ("and a VP", "whereas a VP")."""
    mentions = role_mentions(candidate.text)
    other = next((m for m in mentions if m.role in pair and m.role != role), None)
    return (
        bool(mentions)
        and candidate.role == role
        and not (other and _SIDE_BY_SIDE.search(candidate.text[mentions[0].span[1] : other.span[0]]))
    )


def _fit(one: Candidate, other: Candidate) -> float:
    """How well two sentences make a row: both likely, alike in what they say, best of all neighbours on their page."""
    fit = math.sqrt(one.score * other.score) * float(one.vector @ other.vector) ** 2
    return fit * (_NEIGHBOURS if one.passage is other.passage and abs(one.number - other.number) == 1 else 1.0)


def cite(chosen: Sequence[Candidate], layout: Layout = Layout.PROSE) -> Composed:
    """Sentences as they are shown, each with the citation that proves it."""
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
        opening = number == 1 and len(chosen) % 2
        role = candidate.role if layout is Layout.COMPARISON and not opening else ""
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
