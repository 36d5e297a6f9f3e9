"""A coach small enough to know by heart: an ordinary implementation of the interface that the page relies on."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from coach.types import Answer, Citation, Document, Layout, Outcome, Passage, Sentence, Source, Turn

SOURCE = Source("VP of Product vs. Product Manager", "Brian de Haaff", "2020", "https://example.org/vp-of-product")
LADDER = Source("The Product Ladder", "Ana Ruiz", "2023")
TEXT = """# What a VP of Product does

## Who does a VP of Product lead?

A VP of Product leads the product organisation and usually reports to the CEO. The VP hires directors and \
group product managers, sets the bar for the craft, and speaks for the product at the board table.

- A **VP of Product** manages managers, not backlogs.
- A product manager leads without direct reports.

## Which numbers does a product manager watch?

A product manager watches activation, retention and feature adoption. The numbers belong to one product, and the \
product manager can move them within a quarter.

## How does a product manager grow into the role?

First, a product manager shows results across several teams. Then a product manager takes on hiring and coaching. \
Last, the product manager learns to speak about money with the board.
"""
TITLE = "What a VP of Product does"


def _passages() -> dict[str, Passage]:
    found = {}
    for slug, heading in (
        ("leads", "Who does a VP of Product lead?"),
        ("numbers", "Which numbers does a product manager watch?"),
        ("growing", "How does a product manager grow into the role?"),
    ):
        start = TEXT.index(heading) + len(heading) + 2
        end = TEXT.find("\n\n## ", start)
        end = len(TEXT) if end < 0 else end
        source = LADDER if slug == "growing" else SOURCE
        passage = Passage(f"vp#{slug}", "vp", TITLE, heading, TEXT[start:end], start, end, sources=(source,))
        found[passage.id] = passage
    return found


class StandIn:
    """Answers by words in the question: lead, compare, grow, slow, breaks, unkind words, and nothing else."""

    def __init__(self, pause: float = 0.0) -> None:
        self.pause = pause
        self.has_model = False
        self.closed = 0
        self.heard: list[tuple[str, tuple[Turn, ...]]] = []
        self.examples = ("Who does a VP of Product lead?", "How do I grow into the role?", "Compare a PM and a VP")
        self._document = Document("vp", TITLE, "role", (), (), (SOURCE, LADDER), TEXT, "vp.md")
        self._passages = _passages()

    def examples_for(self, role: str) -> tuple[str, ...]:
        """Questions on a role."""
        return ("Who does a VP of Product lead?",) if "vp" in role else ()

    def recall(self, messages: Iterable[str]) -> list[Turn]:
        """The turns of a conversation that is told by its messages."""
        return [Turn.of(self._answer(message)) for message in messages]

    def passage(self, passage_id: str) -> Passage:
        """The passage with this id."""
        return self._passages[passage_id]

    def document(self, document_id: str) -> Document:
        """The document with this id."""
        return {"vp": self._document}[document_id]

    def ask(self, question: str, history: Sequence[Turn] = (), about: Sequence[str] | None = None) -> Answer:
        """The complete answer."""
        return list(self.stream(question, history))[-1]

    def stream(self, question: str, history: Sequence[Turn] = (), about: Sequence[str] | None = None) -> Iterator[Answer]:
        """The answer, sentence by sentence."""
        self.heard.append((question, tuple(history)))
        whole = self._answer(question)
        try:
            for count in range(1, len(whole.sentences)):
                yield replace(whole, sentences=whole.sentences[:count], follow_ups=())
                time.sleep(9 if "slow" in question else self.pause)
                if "breaks" in question:
                    raise RuntimeError("secret detail")
            yield whole
        finally:
            self.closed += 1

    def _answer(self, question: str) -> Answer:
        low = question.lower()
        if "weather" in low:
            return self._refusal(question, Outcome.OUT_OF_SCOPE)
        if "salary" in low:
            return self._refusal(question, Outcome.NO_EVIDENCE)
        if "hopeless" in low:
            note = (
                "I am sorry that it feels this heavy right now. You do not have to carry it alone.\n\n"
                "- If you are in danger, call your local emergency number.\n"
                "- Talk to a doctor, or to somebody you trust today.\n\n"
                "We can talk about work whenever you like; it can wait."
            )
            return Answer(question, question, Outcome.CARE, note=note)
        if low in ("hello", "hi"):
            return Answer(question, question, Outcome.GREETING, note="Hello! Ask me anything.", follow_ups=self.examples)
        if "compare" in low:
            return self._comparison(question)
        if "grow" in low:
            cuts = ("First, a product manager shows", "Then a product manager takes", "Last, the product manager learns")
            return self._compose(question, [("growing", cut, "") for cut in cuts], Layout.STEPS)
        leads = ("A VP of Product leads the", "The VP hires directors", "A **VP of Product** manages")
        return self._compose(question, [("leads", cut, "") for cut in leads], Layout.PROSE)

    def _comparison(self, question: str) -> Answer:
        picks = [
            ("numbers", "A product manager watches", "pm"),
            ("leads", "A VP of Product leads the", "vp"),
            ("numbers", "The numbers belong to", "pm"),
            ("leads", "The VP hires directors", "vp"),
        ]
        return self._compose(question, picks, Layout.COMPARISON)

    def _compose(self, question: str, picks: list[tuple[str, str, str]], layout: Layout) -> Answer:
        sentences, citations = [], []
        for number, (slug, opening, role) in enumerate(picks, 1):
            passage = self._passages[f"vp#{slug}"]
            start = TEXT.index(opening)
            end = next(i for i in range(start, len(TEXT)) if TEXT[i] == "." and TEXT[i + 1 : i + 2] in (" ", "\n", "")) + 1
            quote = TEXT[start:end]
            source = passage.sources[0]
            citations.append(
                Citation(number, passage.id, "vp", TITLE, passage.heading, source.label, source.url, quote, start, end)
            )
            sentences.append(Sentence(quote.replace("**", ""), (number,), role=role))
        follow_ups = ("How do I grow into the role?", "Who does a VP of Product lead?")
        return Answer(question, question, Outcome.ANSWERED, tuple(sentences), tuple(citations), follow_ups, layout=layout)

    def _refusal(self, question: str, outcome: Outcome) -> Answer:
        note = (
            "I have no passage that answers this, so I would rather not guess. A good question for your manager: "
            "which pay band goes with the next level here?"
        )
        return Answer(question, question, outcome, nearest_topics=self.examples[:2], note=note)
