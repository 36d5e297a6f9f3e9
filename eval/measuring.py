"""Results -> named measures with intervals: what is printed, gated and drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from coach.types import Author
from eval.judging import Result, Verdict
from eval.kills import Checked
from eval.metrics import (
    balanced_accuracy,
    bootstrap,
    mean,
    ndcg_at,
    recall_at,
    reciprocal_rank,
    smallest_detectable,
    wilson,
)


@dataclass(frozen=True)
class Measure:
    """The mean of one number per row. `better` is 1 when more is better, else -1; `aim` is what the coach is to reach, None where it has none."""

    name: str
    values: tuple[float, ...]
    better: int = 1
    aim: float | None = None
    tolerance: float = 0.02
    """How far the worse bound of the interval may fall behind the baseline's."""
    rate: bool = False
    """Whether each row is a yes or a no, 1 or 0."""
    groups: tuple[bool, ...] = ()
    """Of each row the kind that it belongs to, where the kinds count by half each, however many rows they have."""

    @cached_property
    def value(self) -> float:
        """The measure itself, 0 for no rows."""
        if self.groups:  # of a claim's label and a hit follows what was said
            return balanced_accuracy(
                zip(self.groups, (g is bool(v) for g, v in zip(self.groups, self.values, strict=True)), strict=True)
            )
        return mean(self.values)

    @cached_property
    def interval(self) -> tuple[float, float]:
        """95 %: Wilson's for a rate, else by bootstrap."""
        if self.rate:
            return wilson(int(sum(self.values)), len(self.values))
        kinds = (
            [[v for v, g in zip(self.values, self.groups, strict=True) if g is kind] for kind in (True, False)]
            if self.groups
            else [self.values]
        )
        return bootstrap(*(rows for rows in kinds if rows))

    @property
    def figures(self) -> dict[str, float]:
        """Value and interval, rounded."""
        return dict(zip(("value", "low", "high"), (round(x, 4) for x in (self.value, *self.interval)), strict=True))

    @property
    def aims(self) -> str:
        """The aim in words, "" for none."""
        if self.aim is None:
            return ""
        return f"{'at least' if self.better > 0 else 'at most'} {self.aim:.2f}{'' if self.reaches_aim else ', missed'}"

    @property
    def reaches_aim(self) -> bool:
        """True where there is no aim."""
        return self.aim is None or (self.value - self.aim) * self.better >= -1e-9

    @property
    def detectable(self) -> float:
        """The smallest change that so many rows show, a rate's rows taken as independent."""
        return smallest_detectable(self.value, len(self.values)) if self.rate else 0.0


def measure(results: Sequence[Result], checked: Sequence[Checked] = ()) -> dict[str, Measure]:
    """Every measure that the rows give, by name; one without rows is left out."""
    found: list[Measure] = [*_retrieval(results), *_answers(results), *_conversations(results), *_claims(checked)]
    return {m.name: m for m in found if m.values}


def counts(results: Iterable[Result]) -> dict[str, int]:
    """How many cases ended how; the numbers add up to the cases."""
    found = Counter(r.verdict.value for r in results)
    return {verdict.value: found[verdict.value] for verdict in Verdict}


def _retrieval(results: Sequence[Result]) -> list[Measure]:
    rows = [r for r in results if r.case.passages]

    def over(name: str, number: Callable[[Sequence[str], Sequence[str]], float]) -> Measure:
        return Measure(name, tuple(number(r.ranked, r.case.passages) for r in rows))

    return [
        over("recall@5", lambda ranked, relevant: recall_at(5, ranked, relevant)),
        over("recall@10", lambda ranked, relevant: recall_at(10, ranked, relevant)),
        over("MRR", reciprocal_rank),
        over("nDCG@10", lambda ranked, relevant: ndcg_at(10, ranked, dict.fromkeys(relevant, 1.0))),
        Measure("role precision@5", tuple(mean([float(hit) for hit in r.on_role]) for r in rows if r.on_role)),
    ]


def _answers(results: Sequence[Result]) -> list[Measure]:
    answerable = [r for r in results if r.case.expect == "answered" and len(r.case.turns) == 1]
    refused = [r for r in results if r.case.expect == "refused" and len(r.case.turns) == 1]
    proofs = [p for r in results for p in r.proofs]

    def rate(name: str, hits: Iterable[bool], aim: float | None = None, better: int = 1) -> Measure:
        return Measure(name, tuple(map(float, hits)), better, aim, rate=True)

    def recalled(result: Result) -> float:
        return 0.0 if result.verdict is Verdict.REFUSED_WRONG else result.key_recall  # a refusal may happen to hold the words

    return [
        Measure("key facts", tuple(recalled(r) for r in answerable if r.case.key), aim=0.90),
        rate("answered and supported", (r.verdict.right for r in answerable)),
        rate("false refusals", (r.verdict is Verdict.REFUSED_WRONG for r in answerable), 0.03, -1),
        rate("refusals", (r.verdict.right for r in refused), 0.95),
        rate("groundedness", (p.exact and p.supported for p in proofs), 1.0),
        rate("citation recall", (p.supported for p in proofs), 0.97),
        rate("citation precision", (needed for p in proofs for needed in p.needed), 0.97),
        rate("exact quotes", (p.exact for p in proofs), 1.0),
        rate("in a model's words", _by_model(results)),
        rate("errors", (r.verdict is Verdict.ERROR for r in results), 0.0, -1),
    ]


def _by_model(results: Sequence[Result]) -> list[bool]:
    """Of each answer whether a chat model's words stood; nothing where none was asked."""
    answers = [r.answer for r in results if r.answer and r.answer.sentences]
    asked = [a for a in answers if "model" in a.explanation]
    return [a.making.author is Author.MODEL for a in asked]


def _conversations(results: Sequence[Result]) -> list[Measure]:
    def rate(name: str, hits: Iterable[bool], aim: float, better: int = 1) -> Measure:
        return Measure(name, tuple(map(float, hits)), better, aim, rate=True)

    return [
        rate("conversations", (r.verdict.right for r in results if len(r.case.turns) > 1), 0.90),
        rate("standalone questions", (r.same_question for r in results if r.same_question is not None), 0.90),
        rate("care", (r.verdict.right for r in results if r.case.expect == "care" and len(r.case.turns) == 1), 0.97),
        rate(
            "care false alarms",
            (r.verdict is Verdict.REFUSED_WRONG for r in results if r.case.expect == "calm"),
            0.02,
            better=-1,
        ),
    ]


# Of each operator the share of false claims that must be caught.
KILLS = {
    "role": 0.95, "item": 0.95, "number": 0.95, "unit": 0.95, "actor": 0.95, "negation": 0.9, "modality": 0.9, "quantifier": 0.9,
    "invented": 0.9, "condition": 0.9, "citation": 0.95,
}  # fmt: skip


# Of the grounding check's own measures: on another processor a claim or two near the threshold may fall on its other side.
OF_CHECK = 0.06


def _claims(checked: Sequence[Checked]) -> list[Measure]:
    out: list[Measure] = []
    for made in dict.fromkeys(c.claim.made for c in checked):
        own = [c for c in checked if c.claim.made == made]
        hits, labels = tuple(float(c.right) for c in own), tuple(c.claim.supported for c in own)
        out.append(Measure(f"check ({made}): balanced accuracy", hits, tolerance=OF_CHECK, groups=labels))

        def rate(name: str, hits: Iterable[bool], aim: float, better: int = 1, made: str = made) -> Measure:
            return Measure(f"check ({made}): {name}", tuple(map(float, hits)), better, aim, OF_CHECK, rate=True)

        out.append(rate("false alarms", (not c.right for c in own if c.claim.supported), 0.05, better=-1))
        false = [c for c in own if not c.claim.supported]
        out += [rate(f"kills {kind}", (c.right for c in false if c.claim.kind == kind), aim) for kind, aim in KILLS.items()]
    return out
