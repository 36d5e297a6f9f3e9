"""(sentence in free words, statements) -> which statements prove it, if any. Stricter than the grounding check alone, and never on trust."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from coach.fidelity import called_alike, clauses, follows, slips
from coach.grounding import Checker
from coach.index import terms
from coach.quotable import why_not
from coach.types import Support

# Scores of the grounding check from which a sentence in a model's words is proved by one statement, or by several together, where 0.33 does for the
# coach's own: what is dropped is replaced, so that a false sentence shown weighs more than a true one dropped. `python -m eval.fit_words` prints what
# each value lets pass.
LEAST, TOGETHER = 0.7, 0.9
LONGEST = 600  # characters
BESIDE = 3  # statements that a sentence is laid beside together
# What has no place in an answer, unless a statement holds the very same: a tag, a link, a sign.
_UNSAFE = re.compile(r"<\s*[/!a-z][\w-]*|\]\s*\(|[<>{}\[\]|\\`~^=@#$]|https?:|www\.|\b\w+\.(?:com|net|org|io|dev|example|test)\b|!\s*\(|[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]", re.IGNORECASE)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Proof:
    """The verdict on a sentence, and the numbers from 1 of the statements that it needs."""

    support: Support
    numbers: tuple[int, ...] = ()


def prove(checker: Checker, claim: str, statements: Sequence[str], cited: Sequence[int] = ()) -> Proof:
    """Whether one statement, or a few together, prove a claim. What the claim cites only breaks ties between statements that are alike."""
    if reason := why_not(claim):
        return Proof(Support(False, 0.0, (f"it {reason}",)))
    known = " ".join(statements)
    if len(claim) > LONGEST or any(found[0] not in known for found in _UNSAFE.finditer(claim)):
        return Proof(Support(False, 0.0, ("markup, links and signs like these are not shown",)))
    if not claim.endswith((".", "!")):
        return Proof(Support(False, 0.0, ("no whole sentence",)))
    near = _nearest(claim, statements, cited)
    if not near:
        return Proof(Support(False, 0.0, ("no statement speaks of this",)))
    first = _check(checker, claim, statements, near[:1])
    if first.supported:
        return Proof(first, tuple(near[:1]))
    sides = [prove(checker, clause, statements, cited) for clause in clauses(claim)]
    if sides and all(side.support.supported for side in sides):
        return Proof(
            Support(True, min(side.support.score for side in sides)),
            tuple(dict.fromkeys(n for side in sides for n in side.numbers)),
        )
    # Each of two statements is needed where neither does it alone.
    for numbers in (near[1:2], near[:2], [near[0], *near[2:3]]):
        if numbers and numbers != near[:1] and (found := _check(checker, claim, statements, numbers)).supported:
            return Proof(found, tuple(numbers))
    return Proof(first)


def _check(checker: Checker, claim: str, statements: Sequence[str], numbers: Sequence[int]) -> Support:
    """The check's verdict on a claim and on each of its clauses, at the stricter bound, and what it leaves out or adds."""
    claim, *texts = map(called_alike, (claim, *(statements[n - 1] for n in numbers)))
    nearest, *beside = texts
    found = checker.check(claim, texts)
    if found.score == 1.0 or follows(claim, nearest):  # word for word
        return Support(True, 1.0)
    slipped = slips(claim, nearest, beside)
    parts = [found, *(checker.check(clause, texts) for clause in clauses(claim))]
    least = LEAST if len(numbers) == 1 else TOGETHER
    good = not slipped and all(part.supported and part.score >= least for part in parts)
    reasons = dict.fromkeys([*slipped, *(reason for part in parts for reason in part.reasons)])
    return Support(good, min(part.score for part in parts), tuple(reasons))


def _nearest(claim: str, statements: Sequence[str], cited: Sequence[int]) -> list[int]:
    """The numbers of the statements that share most of a claim's words, at most BESIDE."""
    said = frozenset(terms(claim))
    shared = {n: len(said & frozenset(terms(text))) for n, text in enumerate(statements, 1)}
    order = sorted(shared, key=lambda n: (-shared[n], n not in cited, n))
    return [n for n in order[:BESIDE] if shared[n]]
