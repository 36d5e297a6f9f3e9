"""The whole flow on one screen: message -> care? small talk? -> standalone question -> evidence -> gate -> sentences -> answer."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coach.care import Care, care_note
from coach.composing import Composed, cite, compose
from coach.conversation import small_talk, standalone
from coach.embedding import Progress
from coach.encoder import Encoder, load_encoder
from coach.errors import CoachError, IndexUnusable
from coach.form import Form, form_of, most_of, plainly
from coach.gate import Gate, Verdict
from coach.generation import Written, silent, write
from coach.grounding import Checker
from coach.index import IndexDamaged, IndexMissing, open_index, read_pointer
from coach.person import spoken, told
from coach.providers import load_model
from coach.question import clean
from coach.refusing import apology, follow_up_topics, nearest_topics, talk, typical
from coach.retrieval import Found, Retriever
from coach.settings import Settings
from coach.sync import sync
from coach.types import Answer, Author, ChatModel, Document, Evidence, Layout, Making, Outcome, Passage, Turn
from coach.understanding import Asked, Reader
from coach.vocabulary import roles_in

if TYPE_CHECKING:
    from coach.retriever import CoachRetriever

MAX_MESSAGE = 4000  # characters; more is a document, not a question
STATEMENTS = 12  # sentences of the evidence that a chat model is given

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
        self._shown_examples: tuple[str, dict[str, tuple[str, ...]]] = ("", {})
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
        yield from self._stream(question, history, about, self._model)

    def recall(self, messages: Iterable[str]) -> list[Turn]:
        """The turns of a conversation that is told by its messages alone, with composed answers: no model's time is spent on what was said before."""
        history: list[Turn] = []
        for message in messages:
            *_, answer = self._stream(message, history, None, None)
            history.append(Turn.of(answer))
        return history

    def _stream(
        self, question: str, history: Sequence[Turn], about: Sequence[str] | None, model: ChatModel | None
    ) -> Iterator[Answer]:
        clock = _Clock()
        message = clean(question)
        if said := self._without_evidence(question, message, history):
            yield replace(said, timings_ms=clock.read())
            return
        retriever = self._current()
        reader = Reader(retriever, self._gate, model)
        rewrite = standalone(history, message)
        clock.lap("rewrite")
        asked = reader.understand(rewrite, history, message)
        clock.lap("search")
        look = asked.look
        explained = _explain(asked.rewrite.rule, look.found, look.verdict)
        composed = Composed()
        if look.verdict.open:
            form, parts = asked.rewrite.form, reader.on_parts(look.found)
            most = most_of(message, history[-1]) if form is Form.SHORT else None
            composed = compose(look.found.question, look.ranked, asked.shown, look.premise, parts, most)
            if form is Form.LIST and composed.layout is Layout.PROSE:
                composed = replace(composed, layout=Layout.LIST)
        clock.lap("answer")
        proved = self._proved(composed)
        clock.lap("check")
        answer = Answer(question, asked.rewrite.text, Outcome.ANSWERED, explanation=explained)
        if not proved.sentences:
            refusal = apology(look.found, look.verdict, self._gate, retriever.index)
            clock.lap("answer")
            yield replace(
                answer, outcome=refusal.outcome, note=refusal.note, nearest_topics=refusal.nearest_topics, timings_ms=clock.read()
            )
            return
        follow_ups = follow_up_topics(look.found, proved.used, self._gate, retriever.index)
        clock.lap("answer")
        making = Making(supported=len(proved.sentences), checked=len(composed.sentences))
        if model is None or asked.rewrite.form:  # shorter, or as a list: nothing for a model to add
            for count in range(1, len(proved.sentences)):
                yield replace(
                    answer, sentences=proved.sentences[:count], citations=proved.citations[:count], layout=proved.layout
                )
            answer = _with(replace(answer, making=making), proved)
        else:
            if about is None:
                about = spoken(told([*(turn.question for turn in history), question])).splitlines()
            for step in self._written(replace(answer, making=making), asked, proved, about):
                yield (answer := step)
            clock.lap("model")
        yield replace(answer, follow_ups=follow_ups, timings_ms=clock.read())

    def _written(self, answer: Answer, asked: Asked, composed: Composed, about: Sequence[str]) -> Iterator[Answer]:
        """The answer in the words of the chat model, from the composed one and the next best sentences of the evidence."""
        said = {s.text for s in composed.sentences} | asked.shown
        further = list({c.text: c for c in asked.look.ranked if c.text not in said}.values())[
            : STATEMENTS - len(composed.sentences)
        ]
        model = asked.model or silent
        for written in write(model, asked.rewrite.text, composed, cite(further), self._checker, about):
            explained = {**answer.explanation, "model": _explain_model(written)}
            by_model = written.making.author is Author.MODEL
            making = written.making if by_model else replace(answer.making, note=written.making.note)
            yield _with(replace(answer, making=making, explanation=explained), written.composed)

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

    def search(self, query: str, limit: int = 10) -> tuple[Evidence, ...]:
        """The passages nearest to a query, best first."""
        return self._current().search(clean(query)[:MAX_MESSAGE], limit).evidence

    def retriever(self, k: int = 5) -> CoachRetriever:
        """The search for the `k` nearest passages as a LangChain retriever."""
        from coach.retriever import CoachRetriever

        return CoachRetriever(search=self.search, k=k)

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
        return self._examples_on("")

    def examples_for(self, role: str) -> tuple[str, ...]:
        """Questions on the role that a text names ("vp-of-product"), each of which the gate lets through; () for no role."""
        named = roles_in(role.replace("-", " ").replace("_", " "))
        return self._examples_on(named[0]) if named else ()

    def _examples_on(self, role: str) -> tuple[str, ...]:
        """Found once for each generation of the index, and once for each role."""
        index = self._current().index
        if self._shown_examples[0] != index.name:
            self._shown_examples = (index.name, {})
        _, kept = self._shown_examples
        if role not in kept:
            about = [n for n, passage in enumerate(index.passages) if not role or role in passage.about]
            kept[role] = nearest_topics(typical(index, about), self._gate, index, limit=6)
        return kept[role]

    def close(self) -> None:
        """Give the index's files back."""
        self._retriever.index.close()

    def _without_evidence(self, question: str, message: str, history: Sequence[Turn]) -> Answer | None:
        """Answers that need no corpus: care before everything, nothing to read, too much to read, small talk."""
        if len(message) > MAX_MESSAGE:
            note = (
                f"That is more than I can read with care ({len(message):,} characters). Please put the question itself into at most "
                f"{MAX_MESSAGE:,} characters; a few sentences about your situation are enough."
            )
            return Answer(question, "", Outcome.NO_EVIDENCE, note=note, nearest_topics=self.examples[:3])
        if kind := self._care.kind(plainly(message), self._encoder):
            return Answer(question, "", Outcome.CARE, note=care_note(kind, self._helpline))
        kind = small_talk(message) if any(c.isalnum() for c in message) else "empty"
        if form_of(message) is Form.SHORT and not (history and history[-1].sentences):
            kind = "no answer"
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
