"""(history, message, its rewrite by rules) -> what is asked and what the corpus holds on it: of several readings the one that the evidence answers best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from coach.composing import Candidate, candidates, is_spent
from coach.conversation import DEFINED, OF_ONESELF, Rewrite, a_role
from coach.errors import ModelError
from coach.gate import Gate, Verdict, unknown_names
from coach.index import terms
from coach.person import Trait, introduced, told
from coach.retrieval import Found, Retriever
from coach.rewording import reword
from coach.types import ChatModel, Turn
from coach.vocabulary import roles_in

EVIDENCE = 10
PART_LIKELY = 0.2  # least probability of the sentence that answers one of several things asked
LIKELY = 0.3  # least probability of the sentence that is said on what a question takes for granted
# Of another reading of a follow-up, against 1 for the one by rules: any value from 0.8 to 0.95 does as well (python -m eval.fit_followups).
OTHER_READING = 0.85


@dataclass(frozen=True, slots=True)
class Look:
    """What the index holds on a question: the evidence, its sentences, best first, and whether they cover it."""

    found: Found
    ranked: Sequence[Candidate]
    verdict: Verdict
    premise: Candidate | None = None
    """The corpus's word on what the question rests on."""

    @property
    def opening(self) -> Candidate | None:
        """The sentence that answers best, where it is likely to."""
        return self.ranked[0] if self.verdict.open and self.ranked[0].score >= LIKELY else None

    @property
    def promise(self) -> float:
        """How probable it is that the corpus covers the question and that the best sentence answers it."""
        return self.verdict.score * self.ranked[0].score if self.ranked else 0.0

    @property
    def corrects(self) -> bool:
        """Whether the sentence that answers best, and is likely to, says it of another role than the question does."""
        best, asked = self.ranked[0], self.found.question.roles
        return best.score >= LIKELY and bool(best.role and asked) and best.role != asked[0]


@dataclass(frozen=True, slots=True)
class Asked:
    """A message understood."""

    rewrite: Rewrite
    look: Look
    shown: frozenset[str]
    """Sentences that have been said and are not to be said again."""
    model: ChatModel | None
    """Who writes the answer; None where the chat model failed already."""


class Reader:
    """Reads messages with one index at hand; with a chat model its reading is one of several."""

    def __init__(self, retriever: Retriever, gate: Gate, model: ChatModel | None = None) -> None:
        self._retriever = retriever
        self._gate = gate
        self._model = model

    def understand(self, rewrite: Rewrite, history: Sequence[Turn], message: str) -> Asked:
        """What a message, rewritten by rules, asks, what the index holds on it, and what is not to be said again."""
        several, model = bool(rewrite.others), self._model
        rewrite, look = self._without_introduction(*self._read(rewrite))
        if several:
            rewrite, look, model = self._reworded(rewrite, look, history, message)
        shown = frozenset(s for t in history[-3:] for s in t.sentences) if rewrite.more else frozenset[str]()
        if shown and is_spent(look.ranked, shown):
            shown = frozenset()
            if rewrite.rule == "more" and history[-1].offer:
                rewrite = Rewrite(history[-1].offer, "more, by what was offered")
                look = self.look(rewrite.text)
        return Asked(rewrite, look, shown, model)

    def _read(self, rewrite: Rewrite) -> tuple[Rewrite, Look]:
        """The reading of a follow-up that the corpus answers best, and what it holds on that."""
        look = self.look(rewrite.text)
        others = () if self._is_apart(look) else rewrite.others
        for other in filter(None, (rewrite.swapped, *others)):
            seen = self.look(other)
            if OTHER_READING * seen.promise > look.promise:
                rewrite, look = Rewrite(other, f"{rewrite.rule}, then by the evidence"), seen
        return rewrite, look

    def _without_introduction(self, rewrite: Rewrite, look: Look) -> tuple[Rewrite, Look]:
        """The question without what its writer says of themselves before it, where the corpus answers that better."""
        intro, rest = introduced(rewrite.text)
        if not intro:
            return rewrite, look
        rest, seen = max(((text, self.look(text)) for text in _completed(intro, rest)), key=lambda read: read[1].promise)
        if OTHER_READING * seen.promise <= look.promise or unknown_names(intro, self._retriever.index):
            return rewrite, look
        return replace(rewrite, text=rest, rule=f"{rewrite.rule}, without the introduction"), seen

    def _reworded(
        self, rewrite: Rewrite, look: Look, history: Sequence[Turn], message: str
    ) -> tuple[Rewrite, Look, ChatModel | None]:
        """The chat model's reading of a message that the rules can read in several ways, where the corpus answers it better; and the model, None if it fails."""
        if self._model is None or self._is_apart(look):
            return rewrite, look, self._model
        try:
            text = reword(self._model, history, message)
        except ModelError:
            return rewrite, look, None
        if text and text != rewrite.text:
            seen = self.look(text)
            if OTHER_READING * seen.promise > look.promise:
                return Rewrite(text, "by the chat model"), seen, self._model
        return rewrite, look, self._model

    def look(self, text: str, presumed: bool = False) -> Look:
        """The evidence for a standalone question, or for what one takes for granted.

        That is often covered although the rest of the question is not: then the corpus's word on it is the evidence. What is said of
        a role in passing counts only when the corpus says it of another role.
        """
        found = self._retriever.search(text, EVIDENCE)
        ranked = candidates(found, self._retriever.index)
        verdict = self._gate.decide(found, ranked, self._retriever.index)
        look = Look(found, ranked, verdict)
        if presumed:
            return look
        question = found.question
        if question.premise and (question.asserted or not verdict.open):
            on_premise = self.look(question.premise, presumed=True)
            if on_premise.verdict.open and on_premise.found.question.roles:
                return replace(look, premise=on_premise.opening) if verdict.open else on_premise
        for claim in () if verdict.open else question.presumed:
            on_claim = self.look(claim, presumed=True)
            if on_claim.verdict.open and on_claim.corrects:
                return on_claim
        return look

    def on_parts(self, found: Found) -> list[Candidate]:
        """The sentence that answers best each of several things that a question asks, where the corpus covers it and one is likely to."""
        best: list[Candidate] = []
        for part in found.question.parts:
            evidence = self._retriever.search(part, EVIDENCE, within=found.vector)
            ranked = candidates(evidence, self._retriever.index)
            if ranked and ranked[0].score >= PART_LIKELY and self._gate.decide(evidence, ranked, self._retriever.index).open:
                best.append(ranked[0])
        return best

    def _is_apart(self, look: Look) -> bool:
        """Whether a message is of another field by itself, or names what the corpus does not know, and so is no part of the earlier question."""
        return not look.verdict.open and (
            look.verdict.clear or bool(unknown_names(look.found.question.text, self._retriever.index))
        )


def _completed(intro: str, rest: str) -> list[str]:
    """What a question may be without the introduction before it: one of no role that asks for oneself, or asks next to nothing, is asked for the role in that."""
    vague = len(terms(rest)) < 2 and not DEFINED.fullmatch(rest.strip())  # "any advice?"
    if roles_in(rest) or not (vague or OF_ONESELF.search(rest)):
        return [rest]
    bare, own = rest.rstrip(" ?.!"), roles_in(intro)[:1]
    goals = " ".join(note.text for note in told([intro]) if note.trait is Trait.GOAL)
    wanted = [role for role in roles_in(goals) if role not in own]
    onward = [f"{bare} to get from {a_role(own)} to {a_role(wanted[:1])}?"] if wanted else []
    return [f"{bare} for {a_role(own)}?", *onward]
