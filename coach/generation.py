"""evidence + chat model -> sentences, each proved before it is shown. Knows nothing of providers; a model is a prompt in and pieces of text out.

What a model writes is read sentence by sentence. One that the evidence supports is shown with the citations that prove it, found here and not
taken from the model. Any other is dropped: the model is asked once to restate what it cited, else a sentence of the composed answer stands in.
"""

from __future__ import annotations

import re
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace

from coach.composing import Composed
from coach.errors import ModelError
from coach.grounding import Checker
from coach.index import terms
from coach.own_words import claim_behind, lead_of, voice_of
from coach.prompt import answer_prompt, restate_prompt
from coach.proof import Proof, prove
from coach.quotable import why_not
from coach.reply import sentences_of, tidy
from coach.types import Author, ChatModel, Citation, Making, Prompt, Sentence, Support, Voice
from coach.vocabulary import roles_in

MAX_SHOWN = 8  # sentences of an answer
MAX_CLAIMS = 12  # sentences of a model that are looked at
MAX_REPEATS = 3  # sentences said again, after which a model is not listened to any longer
MAX_RESTATED = 2  # times that a model is asked again, for one answer
BREATH = 0.5  # seconds without anything new, after which whoever listens may leave
MAX_CITED = 3  # statements that a model is asked to restate
SAID, HALF_SAID = 0.6, 0.5  # shares of a statement's words in one shown sentence, from which on it has been said

STOPPED = "The language model stopped before it had finished."
SILENT = "The language model did not answer."
UNPROVED = "Too little of what the language model wrote could be proved."
BRIEF = "The language model said too little."
COMPLETED = "What it left unsaid was taken from the library."

_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Dropped:
    """A sentence of a model that was not shown, why, and what was shown in its place."""

    text: str
    reasons: tuple[str, ...]
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """An answer as far as it is written and proved."""

    composed: Composed
    making: Making
    dropped: tuple[Dropped, ...] = ()
    milliseconds: dict[str, float] = field(default_factory=dict)
    """Until the model's first whole sentence, until the first one is proved, and what all checks took."""


def silent(_: Prompt) -> Generator[str]:
    """A chat model that has failed already."""
    raise ModelError(SILENT)
    yield


def write(
    model: ChatModel, question: str, composed: Composed, further: Composed, checker: Checker, about: Sequence[str] = ()
) -> Iterator[Written]:
    """An answer in a model's words as it grows; the last item is complete, whatever the model does.

    `composed` is the answer that stands in for it, `further` more sentences of the evidence; `about` what the person said about themselves.
    """
    yield from _Writer(model, question, composed, further, checker, about).run()


class _Writer:
    """One answer while it is written."""

    def __init__(
        self, model: ChatModel, question: str, composed: Composed, further: Composed, checker: Checker, about: Sequence[str]
    ) -> None:
        self._model = model
        self._composed = composed
        self._checker = checker
        self._about = about
        self._statements = [*composed.citations, *further.citations]
        self._texts = [*(s.text for s in composed.sentences), *(s.text for s in further.sentences)]
        self._words = [frozenset(terms(t)) for t in self._texts]
        self._prompt = self._asked(question)
        self._shown: list[tuple[Sentence, tuple[int, ...]]] = []
        self._waiting: list[Sentence] = []  # lines that join, until what they lead to is proved
        self._closing: list[Sentence] = []
        self._dropped: list[Dropped] = []
        self._claims = self._proved = self._restated = self._taken = 0
        self._clock: dict[str, float] = {"check": 0.0}
        self._start = time.perf_counter()
        self._breathed = time.monotonic()

    def run(self) -> Iterator[Written]:
        """See `write`."""
        note, repeats = "", 0
        try:
            with closing(self._model(self._prompt)) as pieces:
                for raw in sentences_of(pieces):
                    text, cited = tidy(raw)
                    if raw:
                        self._lap("first_sentence")
                    if text and self._repeats(text):
                        repeats += 1
                    if self._take(text, cited):
                        self._lap("first_proved")
                        yield self._so_far()
                    else:
                        yield from self._breath()
                    if repeats >= MAX_REPEATS or self._claims >= MAX_CLAIMS or self._count() >= MAX_SHOWN:
                        break
        except ModelError:
            note = STOPPED if self._shown else SILENT
        yield self._finished(note)

    def _breath(self) -> Iterator[Written]:
        """What there is so far, now and then, while nothing new comes: whoever listens may have left."""
        if time.monotonic() - self._breathed >= BREATH:
            self._breathed = time.monotonic()
            yield self._so_far()

    def _asked(self, question: str) -> Prompt:
        headings = ["" if why_not(h := c.heading or c.title) else h for c in self._statements]
        return answer_prompt(question, list(zip(headings, self._texts, strict=True)), self._about)

    def _take(self, text: str, cited: tuple[int, ...]) -> bool:
        """Whether a sentence of the model, or what stands in for it, is shown."""
        if not any(c.isalnum() for c in text) or self._repeats(text):
            return False
        if (voice := voice_of(text)) is not Voice.CORPUS:
            self._keep(Sentence(text, (), voice=voice))
            return False
        if text.endswith("?"):  # of another's words: claims nothing that could be proved, and stands for nothing that is missed
            self._dropped.append(Dropped(text, ("a question in other words than the coach's own",)))
            return False
        self._claims += 1
        support, shown = self._show_if_proved(text, cited)
        if support.supported:
            self._claims -= not shown  # said before
            self._proved += shown
            return shown
        instead = self._restate(text, cited) or self._stand_in(text, cited)
        self._dropped.append(Dropped(text, support.reasons, instead))
        return bool(instead)

    def _keep(self, sentence: Sentence) -> None:
        if sentence.voice is Voice.LINK:
            self._waiting = [sentence]
        elif self._shown and not self._closing:
            self._closing = [sentence]
        elif not self._shown and not self._waiting:
            self._waiting = [sentence]

    def _show_if_proved(self, text: str, cited: Sequence[int]) -> tuple[Support, bool]:
        """The verdict on a sentence, and whether it is shown: one that says the same again is not."""
        lead = lead_of(text, self._about)
        sentence = Sentence(text, (), claim=claim_behind(lead, text) if lead else "")
        proof = self._prove(sentence.stated, cited)
        support = proof.support
        shown = support.supported and not self._said(text, proof.numbers)
        if shown:
            self._show(replace(sentence, score=support.score, reasons=support.reasons), proof.numbers)
        return support, shown

    def _show(self, sentence: Sentence, numbers: tuple[int, ...]) -> None:
        self._shown += [(waiting, ()) for waiting in self._waiting]
        self._waiting = []
        self._shown.append((sentence, numbers))

    def _prove(self, claim: str, cited: Sequence[int]) -> Proof:
        started = time.perf_counter()
        proof = prove(self._checker, claim, self._texts, cited)
        self._clock["check"] += (time.perf_counter() - started) * 1000
        return proof

    def _restate(self, text: str, cited: Sequence[int]) -> str:
        """The model's own restatement of what a dropped sentence cites, or of what comes nearest to it, shown if it is proved."""
        if self._restated >= MAX_RESTATED:
            return ""
        self._restated += 1
        everything = range(1, len(self._texts) + 1)
        known = [n for n in cited if n in everything][:MAX_CITED] or [self._closest(text, everything)]
        try:
            with closing(self._model(restate_prompt([self._texts[n - 1] for n in known]))) as pieces:
                restated, _ = tidy(next(filter(None, sentences_of(pieces)), ""))
        except ModelError:
            self._restated = MAX_RESTATED  # the answer may still come to its end
            return ""
        if voice_of(restated) is not Voice.CORPUS or self._repeats(restated) or not self._show_if_proved(restated, known)[1]:
            return ""
        self._claims += 1
        self._proved += 1
        return restated

    def _stand_in(self, text: str, cited: Sequence[int]) -> str:
        """The composed answer's sentence that a dropped one cites or comes nearest to, shown if it has not been said."""
        unsaid = self._unsaid()
        if not unsaid:
            return ""
        number = next((n for n in cited if n in unsaid), 0) or self._closest(text, unsaid)
        self._show_statement(number)
        return self._texts[number - 1]

    def _closest(self, text: str, among: Sequence[int]) -> int:
        """Of some statements' numbers that of the one that shares most of a text's words."""
        words = frozenset(terms(text))
        return max(among, key=lambda n: (len(words & self._words[n - 1]), -n))

    def _show_statement(self, number: int) -> None:
        """A sentence of the composed answer as it stands."""
        self._taken += 1
        self._show(replace(self._composed.sentences[number - 1], citations=(), role=""), (number,))

    def _unsaid(self) -> list[int]:
        """The numbers of the composed answer's sentences that no shown one says. One that cites it must say half of it at least, another one more."""
        return [
            n
            for n, sentence in enumerate(self._composed.sentences, 1)
            if not any(
                (n in numbers and _share(s.text, sentence.text) >= HALF_SAID)
                or (_is_alike(s.text, sentence.text) and _share(s.text, sentence.text) >= SAID)
                for s, numbers in self._shown
            )
        ]

    def _said(self, text: str, numbers: Sequence[int]) -> bool:
        """Whether one shown sentence rests on the same and says it in mostly the same words."""
        words = frozenset(terms(text))
        return any(
            set(numbers) <= set(used) and len(words & frozenset(terms(s.text))) >= SAID * len(words) for s, used in self._shown
        )

    def _repeats(self, text: str) -> bool:
        said = [
            *(s.text for s, _ in self._shown),
            *(s.text for s in (*self._waiting, *self._closing)),
            *(d.text for d in self._dropped),
        ]
        return text.casefold() in map(str.casefold, said)

    def _finished(self, note: str) -> Written:
        """What is shown in the end: also what the composed answer says and the model left out, or that answer alone where a model's words mostly did not hold."""
        if not self._claims and not note:
            note = SILENT
        if 2 * self._proved < self._claims or not self._proved:
            return self._result(self._composed, Making(note=note or UNPROVED))
        for number in self._unsaid()[: max(0, MAX_SHOWN - self._count())]:
            self._show_statement(number)
        if self._taken > self._proved:
            return self._result(self._composed, Making(note=note or BRIEF))
        self._shown += [(s, ()) for s in self._closing]
        return self._so_far(f"{note} {COMPLETED}" if note else "")

    def _count(self) -> int:
        """The sentences shown that claim something."""
        return sum(s.voice is Voice.CORPUS for s, _ in self._shown)

    def _so_far(self, note: str = "") -> Written:
        """The shown sentences with their citations, numbered in the order in which they are first used."""
        order = {n: i for i, n in enumerate(dict.fromkeys(n for _, numbers in self._shown for n in numbers), 1)}
        sentences = tuple(replace(s, citations=tuple(order[n] for n in numbers)) for s, numbers in self._shown)
        citations: tuple[Citation, ...] = tuple(replace(self._statements[n - 1], number=i) for n, i in order.items())
        used = tuple(dict.fromkeys(c.passage_id for c in citations))
        making = Making(Author.MODEL, self._count(), self._claims + self._taken, self._taken, note)
        return self._result(Composed(sentences, citations, used=used), making)

    def _result(self, composed: Composed, making: Making) -> Written:
        return Written(composed, making, tuple(self._dropped), dict(self._clock))

    def _lap(self, name: str) -> None:
        self._clock.setdefault(name, (time.perf_counter() - self._start) * 1000)


def _share(sentence: str, statement: str) -> float:
    """The share of a statement's words that a sentence has."""
    wanted = frozenset(terms(statement))
    return len(wanted & frozenset(terms(sentence))) / max(len(wanted), 1)


def _is_alike(sentence: str, statement: str) -> bool:
    """Whether a sentence is of the same roles and has the same numbers as a statement."""
    return roles_in(sentence) == roles_in(statement) and _DIGITS.findall(sentence) == _DIGITS.findall(statement)
