"""The whole flow on one screen: message -> care? small talk? -> standalone question -> evidence -> gate -> sentences -> answer."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from coach.care import Care, care_note
from coach.composing import Candidate, Composed, candidates, cite, compose, is_spent
from coach.conversation import Rewrite, small_talk, standalone
from coach.embedding import Progress
from coach.encoder import Encoder, load_encoder
from coach.errors import CoachError, IndexUnusable
from coach.gate import Gate, Verdict, unknown_names
from coach.generation import ChatModel, Written, write
from coach.grounding import Checker
from coach.index import IndexDamaged, IndexMissing, open_index, read_pointer
from coach.person import spoken, told
from coach.providers import load_model
from coach.question import clean
from coach.refusing import apology, follow_up_topics, nearest_topics, talk, typical
from coach.retrieval import Found, Retriever
from coach.settings import Settings
from coach.sync import sync
from coach.types import Answer, Document, Evidence, Making, Outcome, Passage, Turn

MAX_MESSAGE = 4000  # characters; more is a document, not a question
EVIDENCE = 10
STATEMENTS = 12  # sentences of the evidence that a chat model is given
PART_LIKELY = 0.2  # least probability of the sentence that answers one of several things asked
LIKELY = 0.3  # least probability of the sentence that is said on what a question takes for granted
# Of another reading of a follow-up, against 1 for the one by rules: any value from 0.8 to 0.95 does as well (python -m eval.fit_followups).
OTHER_READING = 0.85

_log = logging.getLogger(__name__)


class Coach:
    """Answers from one index; picks up a newly published generation by itself. Safe to share between threads."""

    def __init__(
        self,
        root: Path,
        encoder: Encoder,
        gate: Gate,
        care: Care,
        checker: Checker,
        helpline: str = "",
        model: ChatModel | None = None,
    ) -> None:
        self._root = root
        self._encoder = encoder
        self._gate = gate
        self._care = care
        self._checker = checker
        self._helpline = helpline
        self._model = model
        self._lock = threading.Lock()
        self._shown_examples: tuple[str, tuple[str, ...]] = ("", ())
        self._retriever = Retriever(open_index(root, encoder), encoder)

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """The complete answer: the last item of `stream`."""
        *_, last = self.stream(question, history)
        return last

    def converse(self, messages: Iterable[str]) -> Answer:
        """The last answer of a conversation, the earlier answers being its history. Raises ValueError for no message."""
        history: list[Turn] = []
        answer = None
        for message in messages:
            answer = self.ask(message, history)
            history.append(Turn.of(answer))
        if answer is None:
            raise ValueError("a conversation needs at least one message")
        return answer

    def stream(self, question: str, history: Sequence[Turn] = (), about: Sequence[str] | None = None) -> Iterator[Answer]:
        """The answer as it grows, sentence by sentence; the last item is complete.

        `about` is what the person said about themselves, for a chat model to address them by; None takes it from their messages.
        """
        clock = _Clock()
        message = clean(question)
        if said := self._without_evidence(question, message):
            yield replace(said, timings_ms=clock.read())
            return
        rewrite = standalone(history, message)
        clock.lap("rewrite")
        retriever = self._current()
        index = retriever.index
        rewrite, look = self._read(retriever, rewrite)
        shown = frozenset(s for t in history[-3:] for s in t.sentences) if rewrite.more else frozenset[str]()
        if shown and is_spent(look.ranked, shown):
            shown = frozenset()
            if rewrite.rule == "more" and history[-1].offer:
                rewrite = Rewrite(history[-1].offer, "more, by what was offered")
                look = self._look(retriever, rewrite.text)
        clock.lap("search")
        explained = _explain(rewrite.rule, look.found, look.verdict)
        composed = Composed()
        if look.verdict.open:
            composed = compose(look.found.question, look.ranked, shown, look.premise, self._on_parts(retriever, look.found))
        clock.lap("answer")
        proved = self._proved(composed)
        making = Making(supported=len(proved.sentences), checked=len(composed.sentences))
        composed = proved
        clock.lap("check")
        if not composed.sentences:
            refusal = apology(look.found, look.verdict, self._gate, index)
            clock.lap("answer")
            yield replace(
                refusal, question=question, standalone_question=rewrite.text, timings_ms=clock.read(), explanation=explained
            )
            return
        answer = Answer(question, rewrite.text, Outcome.ANSWERED, making=making, explanation=explained)
        follow_ups = follow_up_topics(look.found, composed.used, self._gate, index)
        clock.lap("answer")
        if self._model is None:
            for count in range(1, len(composed.sentences)):
                yield _with(answer, replace(composed, sentences=composed.sentences[:count], citations=composed.citations[:count]))
        else:
            if about is None:
                about = spoken(told([*(turn.question for turn in history), question])).splitlines()
            for written in self._written(rewrite.text, composed, look.ranked, shown, about):
                composed, making = written.composed, written.making
                yield _with(replace(answer, making=making), composed)
            clock.lap("model")
            answer = replace(answer, making=making, explanation={**explained, "model": _explain_model(written)})
        yield replace(_with(answer, composed), follow_ups=follow_ups, timings_ms=clock.read())

    def _written(
        self, question: str, composed: Composed, ranked: Sequence[Candidate], shown: frozenset[str], about: Sequence[str]
    ) -> Iterator[Written]:
        """The answer in the words of the chat model, from the composed one and the next best sentences of the evidence."""
        assert self._model is not None
        said = {s.text for s in composed.sentences} | shown
        further = list({c.text: c for c in ranked if c.text not in said}.values())[: STATEMENTS - len(composed.sentences)]
        return write(self._model, question, composed, cite(further), self._checker, about)

    def _proved(self, composed: Composed) -> Composed:
        """The sentences that their citations support; any other is not shown."""
        quotes = {c.number: c.quote for c in composed.citations}
        checked = [(s, self._checker.check(s.text, [quotes[n] for n in s.citations])) for s in composed.sentences]
        sentences = tuple(replace(s, score=c.score, reasons=c.reasons) for s, c in checked if c.supported)
        for s, c in checked:
            if not c.supported:
                _log.warning("Not shown, for want of proof: %s (%s)", s.text, "; ".join(c.reasons))
        kept = {n for s in sentences for n in s.citations}
        return replace(composed, sentences=sentences, citations=tuple(c for c in composed.citations if c.number in kept))

    def _read(self, retriever: Retriever, rewrite: Rewrite) -> tuple[Rewrite, _Look]:
        """The reading of a follow-up that the corpus answers best, and what it holds on that."""
        look = self._look(retriever, rewrite.text)
        # What is of another field by itself, or names what the corpus does not know, is no part of the earlier question.
        apart = not look.verdict.open and (look.verdict.clear or bool(unknown_names(look.found.question, retriever.index)))
        for other in filter(None, (rewrite.swapped, *(() if apart else rewrite.others))):
            seen = self._look(retriever, other)
            if OTHER_READING * seen.promise > look.promise:
                rewrite, look = Rewrite(other, f"{rewrite.rule}, then by the evidence"), seen
        return rewrite, look

    def _look(self, retriever: Retriever, text: str, presumed: bool = False) -> _Look:
        """The evidence for a standalone question, or for what one takes for granted.

        That is often covered although the rest of the question is not: then the corpus's word on it is the evidence. What is said of
        a role in passing counts only when the corpus says it of another role.
        """
        found = retriever.search(text, EVIDENCE)
        ranked = candidates(found, retriever.index)
        verdict = self._gate.decide(found, ranked, retriever.index)
        look = _Look(found, ranked, verdict)
        if presumed:
            return look
        question = found.question
        if question.premise and (question.asserted or not verdict.open):
            on_premise = self._look(retriever, question.premise, presumed=True)
            if on_premise.verdict.open and on_premise.found.question.roles:
                return replace(look, premise=on_premise.opening) if verdict.open else on_premise
        for claim in () if verdict.open else question.presumed:
            on_claim = self._look(retriever, claim, presumed=True)
            if on_claim.verdict.open and on_claim.corrects:
                return on_claim
        return look

    def _on_parts(self, retriever: Retriever, found: Found) -> list[Candidate]:
        """The sentence that answers best each of several things that a question asks, where the corpus covers it and one is likely to."""
        best: list[Candidate] = []
        for part in found.question.parts:
            evidence = retriever.search(part, EVIDENCE, within=found.vector)
            ranked = candidates(evidence, retriever.index)
            if ranked and ranked[0].score >= PART_LIKELY and self._gate.decide(evidence, ranked, retriever.index).open:
                best.append(ranked[0])
        return best

    def search(self, query: str, limit: int = 10) -> tuple[Evidence, ...]:
        """The passages nearest to a query, best first."""
        return self._current().search(clean(query)[:MAX_MESSAGE], limit).evidence

    def passage(self, passage_id: str) -> Passage:
        """One passage by id. Raises KeyError."""
        index = self._current().index
        return index.passages[index.number[passage_id]]

    def document(self, document_id: str) -> Document:
        """One document by id. Raises KeyError."""
        return self._current().index.documents[document_id]

    @property
    def passages(self) -> tuple[Passage, ...]:
        """Every passage of the index."""
        return tuple(self._current().index.passages)

    @property
    def has_model(self) -> bool:
        """Whether a chat model writes the answers."""
        return self._model is not None

    @property
    def threshold(self) -> float:
        """The gate's score from which the corpus counts as covering a question."""
        return self._gate.model(self._current().index).threshold

    @property
    def examples(self) -> tuple[str, ...]:
        """Questions for an empty page, from different documents, each of which the gate lets through."""
        index = self._current().index
        if self._shown_examples[0] != index.name:
            self._shown_examples = (index.name, nearest_topics(typical(index), self._gate, index, limit=6))
        return self._shown_examples[1]

    def close(self) -> None:
        """Give the index's files back."""
        self._retriever.index.close()

    def _without_evidence(self, question: str, message: str) -> Answer | None:
        """Answers that need no corpus: care before everything, nothing to read, too much to read, small talk."""
        if len(message) > MAX_MESSAGE:
            note = (
                f"That is more than I can read with care ({len(message):,} characters). Please put the question itself into at most "
                f"{MAX_MESSAGE:,} characters; a few sentences about your situation are enough."
            )
            return Answer(question, "", Outcome.NO_EVIDENCE, note=note, nearest_topics=self.examples[:3])
        if kind := self._care.kind(message, self._encoder):
            return Answer(question, "", Outcome.CARE, note=care_note(kind, self._helpline))
        kind = small_talk(message) if any(c.isalnum() for c in message) else "empty"
        if kind:
            return Answer(question, "", Outcome.GREETING, note=talk(kind), follow_ups=self.examples[:3])
        return None

    def _current(self) -> Retriever:
        """The retriever of the published generation; another one is opened when the pointer has moved."""
        try:
            name = read_pointer(self._root)["generation"]
        except IndexUnusable:
            return self._retriever  # the open generation still answers
        if name != self._retriever.index.name:
            with self._lock:
                if name != self._retriever.index.name:
                    try:
                        self._retriever = Retriever(open_index(self._root, self._encoder), self._encoder)
                    except IndexUnusable as error:
                        _log.warning("%s The previous generation keeps answering.", error)
        return self._retriever


@dataclass(frozen=True, slots=True)
class _Look:
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


class _Clock:
    """Milliseconds between named points."""

    def __init__(self) -> None:
        self._start = self._last = time.perf_counter()
        self._laps: dict[str, float] = {"rewrite": 0.0, "search": 0.0, "answer": 0.0, "check": 0.0}

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self._laps[name] = round(self._laps.get(name, 0.0) + (now - self._last) * 1000, 2)
        self._last = now

    def read(self) -> Mapping[str, float]:
        return {**self._laps, "total": round((time.perf_counter() - self._start) * 1000, 2)}


def _with(answer: Answer, composed: Composed) -> Answer:
    """An answer with the sentences composed for it."""
    return replace(answer, sentences=composed.sentences, citations=composed.citations, layout=composed.layout)


def _explain_model(written: Written) -> Mapping[str, Any]:
    """What a chat model's part in an answer was."""
    return {
        "dropped": [{"text": d.text, "reasons": d.reasons, "instead": d.instead} for d in written.dropped],
        "milliseconds": {name: round(value, 1) for name, value in written.milliseconds.items()},
    }


def _explain(rule: str, found: Found, verdict: Verdict) -> Mapping[str, Any]:
    return {
        "rewrite": rule,
        "understood": found.question.focus,
        "roles": found.question.roles,
        "terms": found.question.terms,
        "gate": {
            "open": verdict.open,
            "score": verdict.score,
            "in_field": verdict.in_field,
            "reason": verdict.reason,
            "features": verdict.features,
        },
        "evidence": [
            {"passage_id": e.passage.id, "score": e.score, "dense": e.dense, "lexical": e.lexical, "steering": e.steering}
            for e in found.evidence
        ],
    }


def load_coach(
    settings: Settings,
    progress: Progress | None = None,
    notify: Callable[[str], None] = _log.warning,
    *,
    synced: bool = False,
    model: ChatModel | None = None,
) -> Coach:
    """The only place where the parts are put together. A missing index is built, a damaged one is named through `notify` and rebuilt.

    With `synced` the index is brought up to date with the corpus first, also one of an older version. `model` stands for the chat model of the settings.

    Raises CoachError: an unusable setting, no corpus, no encoder, an index of another encoder.
    """
    model = load_model(settings) if model is None else model
    encoder = load_encoder(settings.encoder, settings.cache, settings.threads)
    gate, care = Gate.load().calibrated(settings.corpus), Care.load()
    checker = Checker.load(settings.cache, settings.threads)
    if synced:
        sync(settings.corpus, settings.index, encoder, progress)
    try:
        return Coach(settings.index, encoder, gate, care, checker, settings.helpline, model)
    except IndexMissing:
        notify(f"Building the index in {settings.index} from {settings.corpus}; this is done once.")
    except IndexDamaged as error:
        notify(f"{error} It is rebuilt from {settings.corpus}.")
        _set_aside(settings.index)
    sync(settings.corpus, settings.index, encoder, progress)
    return Coach(settings.index, encoder, gate, care, checker, settings.helpline, model)


def _set_aside(root: Path) -> None:
    """A damaged pointer or generation is no base to build on; the next sync writes a new one."""
    try:
        (root / "CURRENT").unlink(missing_ok=True)
    except OSError as error:
        raise CoachError(f"The damaged index in {root} cannot be replaced ({error.strerror}); remove that folder.") from error
