"""Results as the eval would have found them, made by hand."""

from __future__ import annotations

from typing import Any

from coach.types import Answer, Citation, Outcome, Passage, Sentence
from eval.cases import Case
from eval.claims import Claim
from eval.judging import Proof, Result, Verdict
from eval.kills import Checked
from eval.measuring import measure
from eval.run import Run

PASSAGE = Passage("vp#boss", "vp", "VP", "Who is the boss?", "The CEO leads a VP.", 0, 19)
CITATION = Citation(1, "vp#boss", "vp", "VP", "Who is the boss?", "Ana Ruiz, 2021", "", "The CEO leads a VP.", 0, 19)
ANSWER = Answer(
    "Who is the boss of a VP?",
    "Who is the boss of a VP?",
    Outcome.ANSWERED,
    sentences=(Sentence("The CEO leads a VP.", (1,)),),
    citations=(CITATION,),
    timings_ms={"total": 12.0},
)


def case(name: str = "q-1", **fields: Any) -> Case:
    """A case of the set "questions"."""
    return Case(**{"set": "questions", "id": name, "turns": ("Who is the boss of a VP?",), "key": (("CEO",),), **fields})


def result(verdict: Verdict = Verdict.ANSWERED_SUPPORTED, name: str = "q-1", **fields: Any) -> Result:
    """A result with an answer of one sentence."""
    proofs = (Proof("The CEO leads a VP.", True, True, (True,), ()),)
    known = {
        "case": case(name, passages=("vp#boss",)),
        "answer": ANSWER,
        "proofs": proofs,
        "key_recall": 1.0,
        "found": (PASSAGE,),
    }
    return Result(**{"verdict": verdict, **known, **fields})


def checked(said: bool, supported: bool, kind: str = "role") -> Checked:
    """A claim by hand and what the check said of it."""
    return Checked(Claim("A PM leads a VP.", ("The CEO leads a VP.",), supported, kind), said, 0.3, ("another role",))


def run_of(*results: Result, claims: tuple[Checked, ...] = (), missing: tuple[str, ...] = ()) -> Run:
    """A run that found these."""
    return Run(results, claims, measure(results, claims), missing, 0.2)
