"""One labelled case put to the coach, and how it ended. Every sentence that is shown is checked again here, whatever the coach says of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from coach.grounding import Checker
from coach.own_words import voice_of
from coach.pipeline import Coach
from coach.types import Answer, Citation, Outcome, Passage, Sentence, Voice
from eval.cases import Case
from eval.metrics import citation_precision, citation_recall, holds, key_fact_recall, missing_key_facts

REFUSED = (Outcome.NO_EVIDENCE, Outcome.OUT_OF_SCOPE)
NEAR = 3  # passages among which the one for the labelled question must be, for two questions to count as the same
TOP = 5  # passages whose roles are looked at


class Verdict(StrEnum):
    """How a case ended: exactly one of these. Care and greetings count as refusals: they claim nothing."""

    ANSWERED_SUPPORTED = "answered-supported"
    ANSWERED_UNSUPPORTED = "answered-unsupported"
    REFUSED_RIGHT = "refused-right"
    REFUSED_WRONG = "refused-wrong"
    ERROR = "error"

    @property
    def right(self) -> bool:
        """Whether it is as it should be."""
        return self in (Verdict.ANSWERED_SUPPORTED, Verdict.REFUSED_RIGHT)


@dataclass(frozen=True, slots=True)
class Proof:
    """One shown sentence: whether its citations hold its words exactly, support it together, and are needed each (ALCE)."""

    text: str
    exact: bool
    supported: bool
    needed: tuple[bool, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """A case and how it ended; `why` says what is wrong with a wrong one."""

    case: Case
    verdict: Verdict
    why: str = ""
    answer: Answer | None = None
    proofs: tuple[Proof, ...] = ()
    key_recall: float = 0.0
    """The share of the case's key facts that the answer holds."""
    found: tuple[Passage, ...] = ()
    """The passages found, best first."""
    on_role: tuple[bool, ...] = ()
    """Of the first TOP whether they are about a role that the question names, or about none; empty when it names none."""
    same_question: bool | None = None
    """Whether the rewritten message finds what the labelled standalone question finds; None where there is no label."""
    gate_score: float | None = None

    @property
    def ranked(self) -> tuple[str, ...]:
        """Ids of the passages found, best first."""
        return tuple(p.id for p in self.found)

    @property
    def milliseconds(self) -> float:
        """What the last answer took."""
        return float(self.answer.timings_ms.get("total", 0.0)) if self.answer else 0.0


def judge(coach: Coach, checker: Checker, case: Case) -> Result:
    """Put a case to the coach; whatever is raised ends it as an error."""
    try:
        answer = coach.converse(case.turns)
        proofs = tuple(_proof(coach, checker, answer, s) for s in answer.sentences if s.voice is Voice.CORPUS)
        explained: Any = answer.explanation
        found = tuple(coach.passage(e["passage_id"]) for e in explained.get("evidence", ()))
        asked = set(explained.get("roles", ()))
        verdict, why = _verdict(case, answer, proofs)
        return Result(
            case=case,
            verdict=verdict,
            why=why,
            answer=answer,
            proofs=proofs,
            key_recall=key_fact_recall(answer.text, case.key),
            found=found,
            on_role=tuple(not p.about or bool(asked & set(p.about)) for p in found[:TOP]) if asked else (),
            same_question=_finds_the_same(coach, case, found) if case.standalone else None,
            gate_score=explained["gate"]["score"] if "gate" in explained else None,
        )
    except Exception as error:  # one case must not end the run
        return Result(case, Verdict.ERROR, f"{type(error).__name__}: {error}")


def _verdict(case: Case, answer: Answer, proofs: tuple[Proof, ...]) -> tuple[Verdict, str]:
    if answer.outcome is not Outcome.ANSWERED:
        expected = {
            "answered": (), "refused": REFUSED, "care": (Outcome.CARE,), "greeting": (Outcome.GREETING,), "calm": (*REFUSED, Outcome.GREETING),
        }[case.expect]  # fmt: skip
        right = answer.outcome in expected
        return (Verdict.REFUSED_RIGHT, "") if right else (Verdict.REFUSED_WRONG, f"the coach gave {answer.outcome.value}")
    wrong = [
        f"not proved: {p.text} ({'; '.join(p.reasons) or 'its citation does not hold the words'})"
        for p in proofs
        if not (p.exact and p.supported)
    ]
    wrong += [
        f"claims something without proof: {s.text}"
        for s in answer.sentences
        if s.voice is not Voice.CORPUS and (s.citations or voice_of(s.text) is not s.voice)
    ]
    if case.expect not in ("answered", "calm"):
        wrong.insert(0, f"answered, where {case.expect} is expected")
    if not proofs:
        wrong.append("an answer without a sentence")
    wrong += [f"lacks {' or '.join(group)}" for group in missing_key_facts(answer.text, case.key)]
    wrong += [f"says {word}" for word in case.wrong if holds(answer.text, word)]
    return (Verdict.ANSWERED_UNSUPPORTED, "; ".join(wrong)) if wrong else (Verdict.ANSWERED_SUPPORTED, "")


def _proof(coach: Coach, checker: Checker, answer: Answer, sentence: Sentence) -> Proof:
    by_number = {c.number: c for c in answer.citations}
    cited = [by_number[n] for n in sentence.citations if n in by_number]
    quotes = [c.quote for c in cited]
    check = cache(lambda *evidence: checker.check(sentence.stated, evidence))

    def entails(_: str, evidence: Iterable[str]) -> bool:
        return bool(check(*evidence).supported)

    return Proof(
        text=sentence.text,
        exact=len(cited) == len(sentence.citations) > 0 and all(_is_exact(coach, c) for c in cited),
        supported=citation_recall(sentence.stated, quotes, entails),
        needed=tuple(citation_precision(sentence.stated, quotes, entails)),
        reasons=check(*quotes).reasons,
    )


def _is_exact(coach: Coach, citation: Citation) -> bool:
    """Whether the quote stands where the citation says, inside the passage that it names."""
    try:
        document, passage = coach.document(citation.document_id), coach.passage(citation.passage_id)
    except KeyError:
        return False
    inside = passage.document_id == document.id and passage.start <= citation.start < citation.end <= passage.end
    return inside and document.text[citation.start : citation.end] == citation.quote


def _finds_the_same(coach: Coach, case: Case, found: tuple[Passage, ...]) -> bool | None:
    """None for what needs no evidence."""
    if case.expect not in ("answered", "refused"):
        return None
    labelled = coach.search(case.standalone, 1)
    return bool(labelled) and labelled[0].passage in found[:NEAR]
