"""Does the corpus cover the question? A logistic model over what the evidence shows, fitted on labelled questions by `python -m eval.fit_gate`.

Similarity alone is not enough: what the question is really about (its named things, its numbers, its content words) must occur in the evidence.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from coach.composing import Candidate
from coach.errors import CorpusError
from coach.index import Index, terms
from coach.logistic import probability
from coach.retrieval import Found
from coach.types import Passage

WEIGHTS = Path(__file__).with_name("gate.json")
CALIBRATION = "calibration.json"  # in a corpus folder: the threshold that its owner's questions ask for
_READ = 5  # passages whose words are looked at
_SURE = 0.6  # cosine from which a declined question names who can help
_NUMBER = re.compile(r"\d[\d,.]*")
_NAME = re.compile(r"(?<=[a-z,;:)] )[A-Z][\w&-]+")

# An order to do work, foretell, or break the rules is no question about the field, whatever its words.
_ORDER = re.compile(
    r"^(?:so |ok |okay |hey |hi |hello |please |pls |now |and |can you |could you |would you |will you |i need you to |i want you to |just )*"
    r"(?:write|draft|rewrite|prepare|translate|solve|generate|create|compose|proofread|edit|prioriti[sz]e|review|fix|debug|code|build|book|order|"
    r"predict|forecast|guess|guarantee|promise|ignore|pretend|act as|act like|roleplay|repeat|print|output|reveal|show me your|disregard|forget|calculate|summari[sz]e)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=100_000)
def _stems(passage: Passage) -> frozenset[str]:
    return frozenset(terms(passage.embedding_text))


@lru_cache(maxsize=100_000)
def _numbers(passage: Passage) -> frozenset[str]:
    return frozenset(n.strip(".,") for n in _NUMBER.findall(passage.text))


def features(found: Found, ranked: Sequence[Candidate], index: Index) -> dict[str, float]:
    """What the gate sees of a question, its evidence and the sentences of it (`coach.composing.candidates`); most values lie between 0 and 1."""
    if not found.numbers:
        return {}
    question, vector = found.question, found.vector[0]
    values = _likeness(found, index)
    weight = {t: index.rarity(t) for t in question.terms}
    total = sum(weight.values()) or 1.0
    passages = [index.passages[n] for n in found.numbers[:_READ]]
    known = [_stems(p) for p in passages]

    def covered(term: str, stems: frozenset[str]) -> bool:
        return term in stems or not stems.isdisjoint(question.synonyms.get(term, ()))

    union = frozenset[str]().union(*known)
    missing = [w for t, w in weight.items() if not covered(t, union)]
    figures = [n.strip(".,") for n in _NUMBER.findall(question.text)]
    held = frozenset[str]().union(*(_numbers(p) for p in passages))
    return values | {
        "answers": ranked[0].score if ranked else 0.0,
        "cover_best": max(sum(w for t, w in weight.items() if covered(t, stems)) / total for stems in known),
        "cover_all": 1.0 - sum(missing) / total,
        "missing_rarest": max(missing, default=0.0),
        "missing_count": min(len(missing), 5) / 5,
        "absent": sum(w for t, w in weight.items() if not index.knows(t)) / total,
        "names": min(len(unknown_names(question.text, index)), 3) / 3,
        "figures": sum(f not in held for f in figures) / 2 if figures else 0.0,
        "no_figure": float(question.figure and not any(_numbers(p) for p in passages[:2])),
        "figure": float(question.figure),
        "other_role": float(bool(question.other_roles)),
        "order": float(bool(_ORDER.search(question.text))),
        "length": min(len(question.terms), 20) / 20,
        "role": float(bool(question.roles)),
        "story": float(bool(question.story)),
        "claims": float(question.claims),
        "how_to": float(question.how_to),
        "border": max(-2.0, min(2.0, index.border.side(vector))) if index.border else 0.0,
    }


def _likeness(found: Found, index: Index) -> dict[str, float]:
    """How near the question lies to what passages say, to questions that they answer, and to declined questions."""
    vector, numbers = found.vector[0], found.numbers
    asked = [index.question_vectors(n) @ vector for n in numbers]
    nearest = sorted(((float(c), n) for n, cosines in zip(numbers, asked, strict=True) for c in cosines), reverse=True)
    said = [index.sentence_vectors(n) @ vector for n in numbers[:_READ]]
    spoken = np.sort(np.concatenate(said))[::-1]
    whole = index.passage_vectors(numbers[:_READ]) @ vector
    declined = index.nearest_declined(vector)
    lexical = [e.lexical_score / 20 for e in found.evidence]
    cosines = [c for c, _ in nearest]
    return {
        "asked": cosines[0],
        "asked2": cosines[min(1, len(cosines) - 1)],
        "asked5": float(np.mean(cosines[:5])),
        "asked20": float(np.mean(cosines[:20])),
        "asked_first": float(asked[0].max()),
        "agreement": sum(n == numbers[0] for _, n in nearest[:10]) / 10,
        "said": float(spoken[0]),
        "said3": float(spoken[:3].mean()),
        "said8": float(spoken[3:8].mean()) if len(spoken) > 3 else 0.0,
        "said_first": float(said[0].max()),
        "passage": float(whole.max()),
        "passage5": float(whole.mean()),
        "passage_first": float(whole[0]),
        "lexical": max(lexical),
        "lexical_first": lexical[0],
        "declined": declined.nearest,
        "declined5": declined.mean5,
        "declined20": declined.mean20,
    }


def unknown_names(text: str, index: Index) -> list[str]:
    """Capitalised words inside a sentence that the corpus does not hold."""
    return [n for n in _NAME.findall(text) if n.lower() not in index.words and not n.isupper()]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the gate is open; `score` is the probability that the corpus covers the question, `in_field` whether it is of the field at all."""

    open: bool
    score: float
    in_field: bool
    features: Mapping[str, float]
    reason: str
    clear: bool = True
    """Whether it was no close call."""
    turn_to: str = ""
    """Who can help instead, where the corpus's declined list says so."""


@dataclass(frozen=True, slots=True)
class Model:
    """Weights of two logistic models (does the corpus cover it, is it of the field) and their thresholds."""

    covered: Mapping[str, float]
    field: Mapping[str, float]
    typical: Mapping[str, float]
    threshold: float
    field_threshold: float


@dataclass(frozen=True, slots=True, eq=False)
class Gate:
    """One model for a corpus that says what it declines, one for a corpus that does not."""

    bordered: Model
    plain: Model

    @classmethod
    def load(cls, path: Path = WEIGHTS) -> Gate:
        """The fitted gate from its reviewed text file."""
        data = json.loads(path.read_text(encoding="utf-8"))
        names = ("covered", "field", "typical", "threshold", "field_threshold")
        return cls(*(Model(*(data[kind][name] for name in names)) for kind in ("bordered", "plain")))

    def calibrated(self, corpus: Path) -> Gate:
        """With the threshold that `coach calibrate` left beside a corpus; the same gate where there is none. Raises CorpusError."""
        path = corpus / CALIBRATION
        try:
            threshold = float(json.loads(path.read_text(encoding="utf-8"))["threshold"])
            if not 0 < threshold < 1:
                raise ValueError("the threshold must lie between 0 and 1")
        except FileNotFoundError:
            return self
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CorpusError(f"{path} cannot be read ({error}); run `coach calibrate` again or remove it.") from error
        return Gate(replace(self.bordered, threshold=threshold), replace(self.plain, threshold=threshold))

    def model(self, index: Index) -> Model:
        """The one for this corpus."""
        return self.bordered if index.border else self.plain

    def decide(self, found: Found, ranked: Sequence[Candidate], index: Index) -> Verdict:
        """Open when the evidence covers the question; `ranked` are the evidence's `candidates`."""
        model = self.model(index)
        values = features(found, ranked, index)
        score, field = (probability(weights, values) if found.evidence else 0.0 for weights in (model.covered, model.field))
        is_open = bool(ranked) and score >= model.threshold  # without a sentence to quote there is nothing to say
        # After a close call the question may be one of the corpus's own after all: then nobody else is named.
        clear = is_open or score < model.threshold / 2
        declined = index.nearest_declined(found.vector[0]) if clear and not is_open else None
        return Verdict(
            open=is_open,
            score=round(score, 4),
            in_field=field >= model.field_threshold,
            features=values,
            reason="" if is_open else _why(model, values),
            clear=clear,
            turn_to=declined.turn_to if declined and declined.nearest >= _SURE else "",
        )


_REASONS = {
    "asked": "no passage answers a question like this one",
    "answers": "no sentence of the evidence answers it",
    "said": "no sentence of the corpus is close to the question",
    "passage": "no passage is close to the question",
    "cover_best": "what the question is about does not occur together in any passage",
    "cover_all": "words that the question turns on do not occur in the evidence",
    "missing_rarest": "a word that the question turns on does not occur in the evidence",
    "missing_count": "several words of the question do not occur in the evidence",
    "absent": "words of the question do not occur in the corpus",
    "names": "the question names something that the corpus does not know",
    "figures": "a number of the question does not occur in the evidence",
    "no_figure": "a number is asked for, and the evidence has none",
    "other_role": "the question is about another profession's role",
    "order": "the message asks for work or a forecast, not for what the corpus says",
    "declined": "it is like questions that the corpus declines",
    "border": "it lies on the declined side of the corpus's border",
}


def _why(model: Model, values: Mapping[str, float]) -> str:
    """The feature that spoke loudest against, compared with a typical answerable question."""
    effect = {k: model.covered.get(k, 0.0) * (values.get(k, 0.0) - model.typical.get(k, 0.0)) for k in _REASONS}
    return _REASONS[min(effect, key=lambda k: effect[k])]
