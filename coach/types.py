"""The records that travel through the coach; every one is frozen and holds data only."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

OWN = "(Coach:) "
"""Marks the coach's own words in plain text."""
Span = tuple[int, int]
"""Start and end, in characters."""


class Outcome(StrEnum):
    """How the coach met a question."""

    ANSWERED = "answered"
    NO_EVIDENCE = "no_evidence"  # the field is right, the corpus does not cover it
    OUT_OF_SCOPE = "out_of_scope"  # another field
    CARE = "care"  # a person in distress
    GREETING = "greeting"


class Layout(StrEnum):
    """How the sentences of an answer are best set out."""

    PROSE = "prose"
    LIST = "list"
    STEPS = "steps"
    COMPARISON = "comparison"


class Voice(StrEnum):
    """Whose words a sentence is in, and so what it needs."""

    CORPUS = "corpus"  # claims something, and cites what proves it
    LINK = "link"  # joins two sentences, claims nothing
    COACH = "coach"  # encouragement or a question back, claims nothing


class Author(StrEnum):
    """Who chose the words of an answer."""

    COMPOSED = "composed"  # whole sentences of the corpus
    MODEL = "model"  # a chat model, held to the corpus


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a chat model is asked: its instructions, and the data they are about."""

    system: str
    user: str


ChatModel = Callable[[Prompt], Generator[str]]
"""A prompt in, pieces of a reply out; an empty piece says that it is still at work. Raises ModelError. Closing the generator ends the work."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a claim of the corpus comes from and who holds it."""

    title: str
    holder: str
    year: str
    url: str = ""

    @property
    def label(self) -> str:
        """Title, holder and year as a reader sees them."""
        return ", ".join(part for part in (self.title, self.holder, self.year) if part)


@dataclass(frozen=True, slots=True)
class Document:
    """One file of the corpus; `text` is the whole file, so that offsets hold in the file itself."""

    id: str
    title: str
    kind: str
    roles: tuple[str, ...]
    dimensions: tuple[str, ...]
    sources: tuple[Source, ...]
    text: str
    path: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A section of a document: `text == document.text[start:end]`, sentences as spans of that text."""

    id: str
    document_id: str
    title: str
    heading: str
    text: str
    start: int
    end: int
    kind: str = ""
    roles: tuple[str, ...] = ()
    dimensions: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    sentences: tuple[Span, ...] = ()
    asked: tuple[str, ...] = ()
    """Other ways in which people ask what this passage answers."""
    answers: tuple[tuple[int, ...], ...] = ()
    """For each of `asked` the numbers of the sentences that answer it, the most direct first; empty where the corpus does not say."""
    about: tuple[str, ...] = ()
    """The roles that the passage itself is about; `roles` are the document's."""

    @property
    def questions(self) -> tuple[str, ...]:
        """The questions that the passage answers: its heading, and how else people ask it."""
        return (self.heading or self.title, *self.asked)

    @property
    def embedding_text(self) -> str:
        """What the encoder and the lexical index see: the headings give a short passage its subject."""
        head = self.heading if self.heading and self.heading != self.title else ""
        body = " ".join(self.quote(n) for n in range(len(self.sentences)))  # what a comment hides stays out
        return "\n".join(part for part in (self.title, head, body) if part)

    def quote(self, number: int) -> str:
        """The exact characters of one sentence."""
        start, end = self.sentences[number]
        return self.text[start:end]


@dataclass(frozen=True, slots=True)
class Declined:
    """A kind of question that the corpus does not answer: how people ask it, and who can help."""

    topic: str
    turn_to: str
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage found for a question, with the parts of its score (each 0 to 1) and its plain BM25."""

    passage: Passage
    score: float
    dense: float
    lexical: float
    steering: float = 0.0
    lexical_score: float = 0.0


@dataclass(frozen=True, slots=True)
class Citation:
    """The words of a document that prove a sentence: `document.text[start:end] == quote`."""

    number: int
    passage_id: str
    document_id: str
    title: str
    heading: str
    source: str
    url: str
    quote: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Support:
    """Whether evidence supports a sentence, how sure that is (0 to 1), and why not, or what to look at."""

    supported: bool
    score: float
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """One shown sentence; `citations` are numbers, `role` says whose column it stands in when roles are compared.

    `claim` is what the citations prove where that is not the text word for word: without how the text begins where it speaks to the person
    ("As a senior PM, "), and with their role in place of "you".
    """

    text: str
    citations: tuple[int, ...]
    supported: bool = True
    score: float = 1.0
    reasons: tuple[str, ...] = ()
    role: str = ""
    voice: Voice = Voice.CORPUS
    claim: str = ""

    @property
    def stated(self) -> str:
        """What the citations have to prove."""
        return self.claim or self.text


@dataclass(frozen=True, slots=True)
class Making:
    """How an answer was made: by whom, and how many sentences were laid beside the corpus and are supported; only those are shown.

    Of a chat model's answer `taken` sentences are the corpus's own. `note` says why a model's words did not stand.
    """

    author: Author = Author.COMPOSED
    supported: int = 0
    checked: int = 0
    taken: int = 0
    note: str = ""

    @property
    def text(self) -> str:
        """How an answer was made, in words."""
        by = "Written by a language model" if self.author is Author.MODEL else "Composed from the library"
        plural = "" if self.checked == 1 else "s"
        rest = "" if self.supported == self.checked else "; what did not hold is not shown"
        taken = f"; {self.taken} taken from the library word for word" if self.taken else ""
        return f"{self.note} {by}; checked: {self.supported} of {self.checked} sentence{plural}{rest}{taken}.".lstrip()


@dataclass(frozen=True, slots=True)
class Answer:
    """What the coach says to one message. `note` holds the coach's own words where nothing is claimed (refusal, care, greeting)."""

    question: str
    standalone_question: str
    outcome: Outcome
    sentences: tuple[Sentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    follow_ups: tuple[str, ...] = ()
    nearest_topics: tuple[str, ...] = ()
    layout: Layout = Layout.PROSE
    note: str = ""
    making: Making = Making()
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    explanation: Mapping[str, object] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The answer as plain text, citation numbers in brackets, the coach's own words marked."""
        lines = [
            f"{OWN if s.voice is Voice.COACH else ''}{s.text}{''.join(f' [{n}]' for n in s.citations)}" for s in self.sentences
        ]
        if self.layout is Layout.STEPS and len(lines) > 1:
            return "\n".join(f"{n}. {line}" for n, line in enumerate(lines, 1))
        if self.layout is Layout.LIST:
            return "\n".join(f"- {line}" for line in lines)
        return " ".join(lines) if lines else self.note


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier exchange. `offer` is the question that a bare "yes" accepts where there are no `sentences`."""

    question: str
    answer: str
    standalone_question: str = ""
    sentences: tuple[str, ...] = ()
    offer: str = ""

    @classmethod
    def of(cls, answer: Answer) -> Turn:
        """The turn that an answer leaves behind."""
        offers = answer.nearest_topics or answer.follow_ups
        return cls(
            question=answer.question,
            answer=answer.text,
            standalone_question=answer.standalone_question,
            sentences=tuple(s.text for s in answer.sentences),
            offer=offers[0] if offers else "",
        )
