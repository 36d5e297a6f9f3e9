"""(sentence, evidence texts) -> supported or not, a score, and reasons that a reader can look up. On this machine, without a language model.

Two readers look at a sentence beside the evidence sentences that share most of its words: a small model that reads both together
(`coach.entailment`), and look-ups that compare numbers and units, roles and names, negation, modality and quantifiers (`coach.statement`).
What they find are the features of a logistic model, fitted by `python -m eval.fit_grounding`, its weights in grounding.json.
"""

from __future__ import annotations

import json
import math
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from coach.corpus import plain, sentences
from coach.entailment import KINDS, Entailment, load_entailment
from coach.index import STOP_WORDS, stem
from coach.logistic import probability
from coach.slips import features
from coach.statement import Statement, read
from coach.types import Sentence, Support

WEIGHTS = Path(__file__).with_name("grounding.json")
# Words of evidence that a claim is laid beside: so many at least, or so many for each word of the claim.
LEAST, PER_WORD = 60, 2.5
LONGEST_SENTENCE = 100  # words; more the model could not read together with the evidence
LIMIT = 6.0  # of the model's log-odds, so that it can be overruled
_WORD = re.compile(r"[a-z0-9]+")
# What the model's verdicts mean to a reader.
_SAYS = {
    "role": "the source says it of another role",
    "item": "the source does not name all of this",
    "number": "the source gives another number",
    "unit": "the source counts in another unit",
    "actor": "the source says it of somebody else, or the other way round",
    "negation": "the source says the opposite of a part of this",
    "modality": "the source says it with another strength",
    "quantifier": "the source speaks of another amount",
    "invented": "a part of this is not in the source",
    "condition": "the source ties this to something else, or to a condition",
    "citation": "the source is about something else",
}


class Checker:
    """The check with its fitted model. Safe to share between threads."""

    def __init__(self, load: Callable[[], Entailment], weights: Mapping[str, float], threshold: float) -> None:
        self._load = load
        self._lock = threading.Lock()
        self._entailment: Entailment | None = None
        self._weights = weights
        self._threshold = threshold

    @classmethod
    def load(cls, cache: Path, threads: int = 1) -> Checker:
        """With the weights from their reviewed text file. The model itself is loaded when a sentence first needs it, which may raise EncoderError."""
        data = json.loads(WEIGHTS.read_text(encoding="utf-8"))
        return cls(lambda: load_entailment(cache, threads), data["weights"], data["threshold"])

    def check(self, sentence: str, evidence: Sequence[str]) -> Support:
        """Whether the evidence texts together support a sentence."""
        laid = lay(sentence, evidence)
        if isinstance(laid, Support):
            return laid
        kinds = self._model().probabilities(laid.claim.text, " ".join(laid.beside))
        values, notes = features(laid.claim, laid.near, laid.sources)
        score = probability(self._weights, with_model(values, float(kinds[0])))
        supported = score >= self._threshold
        if not supported and not notes:
            notes = [_SAYS[max(zip(kinds[1:], KINDS[1:], strict=True))[1]]]
        return Support(supported, round(score, 4), tuple(notes))

    def verify(self, claim: str, evidence: Sequence[str]) -> tuple[Sentence, ...]:
        """Each sentence of a claim, checked.

        By itself a sentence lacks whom its "they" means, and in the whole claim a slip drowns: of several sentences each counts by half for
        itself and by half for the whole.
        """
        found = split(claim)
        checked = [self.check(s, evidence) for s in found]
        if len(found) > 1 and len(claim.split()) <= LONGEST_SENTENCE:
            whole = self.check(claim, evidence)
            checked = [self._between(c, whole) for c in checked]
        return tuple(Sentence(s, (), c.supported, c.score, c.reasons) for s, c in zip(found, checked, strict=True))

    def _between(self, own: Support, whole: Support) -> Support:
        """A sentence's verdict with that of its whole claim; what is there word for word, or not at all, needs no second reading."""
        if own.score in (0.0, 1.0):
            return own
        score = 1 / (1 + math.exp(-(_odds(own.score) + _odds(whole.score)) / 2))
        supported = score >= self._threshold
        return Support(supported, round(score, 4), own.reasons if supported else own.reasons or whole.reasons)

    def _model(self) -> Entailment:
        with self._lock:
            if self._entailment is None:
                self._entailment = self._load()
            return self._entailment


def with_model(values: Mapping[str, float], likely: float) -> dict[str, float]:
    """The features with the model's verdict: its log-odds, within LIMIT, and again as far as the sentence is a copy."""
    odds = max(-LIMIT, min(LIMIT, _odds(likely)))
    return {**values, "model": odds, "model_copy": odds * values["copy"]}


def _odds(probability: float) -> float:
    """Logarithm of the odds."""
    bounded = min(max(probability, 1e-6), 1 - 1e-6)
    return math.log(bounded / (1 - bounded))


def split(text: str) -> list[str]:
    """The sentences of a text, without its marks."""
    text = _whole(text)
    return [found for start, end in sentences(text, 0, len(text)) if (found := plain(text[start:end]))]


@dataclass(frozen=True, slots=True)
class Laid:
    """A sentence laid beside its evidence: what it states, the sentences beside it, and what they and all the others state."""

    claim: Statement
    beside: tuple[str, ...]
    near: tuple[Statement, ...]
    sources: tuple[Statement, ...]


def lay(sentence: str, evidence: Sequence[str]) -> Laid | Support:
    """A sentence laid beside its evidence, or the verdict where that needs no reading."""
    text, evidence = plain(_whole(sentence)), [_whole(e) for e in evidence]
    if not any(c.isalnum() for c in text):
        return Support(False, 0.0, ("there is no sentence",))
    if any(_same(text, plain(whole)) for whole in evidence):
        return Support(True, 1.0)
    found = [s for whole in evidence for s in split(whole)]
    if not found:
        return Support(False, 0.0, ("there is nothing in the evidence",))
    if any(_same(text, s) for s in found):
        return Support(True, 1.0)
    if len(text.split()) > LONGEST_SENTENCE or len(text) > 10 * LONGEST_SENTENCE:
        return Support(False, 0.0, (f"a sentence of more than {LONGEST_SENTENCE} words is too long to check",))
    sources = [s[: 10 * LONGEST_SENTENCE] for s in found]
    beside = tuple(laid_beside(text, sources))
    return Laid(read(text), beside, tuple(map(read, beside)), tuple(map(read, sources)))


def _whole(text: str) -> str:
    """Without halves of characters, which no library reads."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _same(one: str, other: str) -> bool:
    """Word for word, but for letter case and the mark at the end."""
    return one.casefold().rstrip(".!") == other.casefold().rstrip(".!")


@lru_cache(maxsize=20_000)
def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(w) for w in _WORD.findall(text.lower()) if w not in STOP_WORDS)


def laid_beside(claim: str, sources: Sequence[str]) -> list[str]:
    """The evidence sentences that share most of a claim's rarer words, in their order; all of a short evidence."""
    room = max(LEAST, int(PER_WORD * len(claim.split())))
    if sum(len(s.split()) for s in sources) <= room:
        return list(sources)
    wanted = _stems(claim)
    held = [_stems(s) & wanted for s in sources]
    known = Counter(w for words in held for w in words)
    worth = [0.3 * _weight(words, known) - 0.004 * len(s.split()) for words, s in zip(held, sources, strict=True)]
    waiting, chosen = list(range(len(sources))), list[int]()
    have: frozenset[str] = frozenset()
    while waiting:
        best = max(waiting, key=lambda n: worth[n] + _weight(held[n] - have, known))
        room -= len(sources[best].split())
        if chosen and room < 0:
            break
        waiting.remove(best)
        chosen.append(best)
        have |= held[best]
    return [sources[n] for n in sorted(chosen)]


def _weight(words: Iterable[str], known: Counter[str]) -> float:
    """Rare words count more; an exact sum, so that the order of a set does not matter."""
    return math.fsum(1 / known[w] for w in words)
