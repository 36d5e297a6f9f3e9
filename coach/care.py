"""Notices a person in distress before anything else is done; warmth and people to turn to, never career facts.

A message is brought to one spelling, idioms are cut out of it, and the phrase families of coach/care_words.py are looked up. Phrases that
mean one thing only suffice alone. Otherwise a logistic model, fitted by `python -m eval.fit_care`, weighs what the families say for and
against together with the encoder's vector of the message. Nothing here keeps or logs the message.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from coach.care_words import AGAINST, FAMILIES, FILLERS, IDIOMS, LASTING, PAIRS, SPELLINGS
from coach.encoder import Encoder, Matrix

WEIGHTS = Path(__file__).with_name("care.json")
KINDS = ("crisis", "distress", "harassment")
SIGNS = (
    *(f"{kind} {part}" for kind in KINDS for part in ("strongest", "sum", "families")),
    *AGAINST, "jest alone", "idiom", "lasting", "first person", "first person share", "no question", "length",
)  # fmt: skip
CERTAIN = 4
CRISIS_SHARE = 0.2  # of the worry: to miss that someone may die is worse than to take despair for it


def _any(phrases: str) -> re.Pattern[str]:
    """One pattern for a family: its lines are alternatives between word boundaries."""
    return re.compile(r"\b(?:" + "|".join(line.rstrip() for line in phrases.strip().splitlines()) + r")(?!\w)")


_IDIOMS = _any(IDIOMS)
_FAMILIES = tuple((family, _any(family.phrases)) for family in FAMILIES)
_AGAINST = {name: _any(phrases) for name, phrases in AGAINST.items()}
_LASTING = _any(LASTING)
_WORD = re.compile(r"[^\W_]+|[.?!]")
_LAUGHS = re.compile("[\U0001f602\U0001f923\U0001f605\U0001f606]")
_ASKS = re.compile(r"[?]$|^ *(?:how|what|whats|which|when|who|where|why|should|do|does|did|is|are|can|could|would|will)\b")
_ASKING = re.compile(
    r"[?]|\b(?:how (?:much|many|long|often|do|does|to|can|should)|what (?:is|are|should|do|does)|whats|which one|should i|can i|do i|when (?:do|does|is)|where (?:do|is|can)|"
    r"why (?:do|does|is|are))\b"
)
_TELLER = re.compile(r"\b(?:i|im|ive|id|ill|my|myself|mine)\b")  # "tell me" is no story
_MYSELF = re.compile(r"\b(?:i|im|ive|id|ill|me|my|myself|mine)\b")

_NOTES = {
    "crisis": (
        "I am really glad you wrote this down, and I am sorry that it hurts this much. You matter more than any job. I am a program and cannot be there for you, "
        "but people can, right now. If you are in danger or might act on these thoughts, please call your local emergency number (112 in Europe, 911 in the US and "
        "Canada, 999 in the UK). {helpline} If you can, tell one person near you today, a friend, someone in your family or a doctor, and ask them to stay with you. "
        "Career questions can wait, and I will be here for them when you want."
    ),
    "distress": (
        "That sounds very hard, and I am sorry you are carrying it. You do not have to sort it out alone, and it says nothing bad about you. A doctor is a good first "
        "call when work takes your sleep, your calm or your health. Many companies also have an employee assistance programme that is free and confidential; HR can tell you how to "
        "reach it. Telling one person whom you trust what you told me often helps. {helpline} If it ever gets so dark that you think of harming yourself, please call your local emergency "
        "number at once (112 in Europe, 911 in the US and Canada, 999 in the UK). We can come back to career questions whenever you feel like it."
    ),
    "harassment": (
        "I am sorry this is happening to you. What you describe is not something that you have to accept, and it is not your fault. If you are in danger, please call your local emergency number "
        "(112 in Europe, 911 in the US and Canada, 999 in the UK). It often helps to write down what happened, when, and who was there, and to keep it outside work. People who can act on it are HR, an "
        "ombudsperson or a works council, a manager you trust, a union, or a lawyer or advice centre for employment matters; a doctor or an employee assistance programme can "
        "support you meanwhile. {helpline} You decide whom to tell and when. I am here for career questions when you want them."
    ),
}  # fmt: skip
_DIRECTORY = "The directory findahelpline.com lists free and confidential crisis lines for most countries."


def normal(text: str) -> str:
    """One spelling for what people write in many ways: lower case, no apostrophes, no fillers, contractions, misspellings repaired."""
    words = _WORD.findall(_LAUGHS.sub(" lol ", text).lower().replace("'", "").replace("’", ""))
    kept = " ".join(SPELLINGS.get(word, word) for word in words if word not in FILLERS).split()
    out: list[str] = []
    for word in kept:
        if out and (both := PAIRS.get(f"{out[-1]} {word}")):
            out[-1:] = both.split()
        elif not out or out[-1] != word:  # "so so tired", "..."
            out.append(word)
    return " ".join(out)


@dataclass(frozen=True, slots=True)
class Reading:
    """What the words of a message say: the features of the model, the kind that is certain ("" for none), and whether it may matter at all."""

    signs: tuple[float, ...]
    certain: str
    matters: bool


def read(message: str) -> Reading:
    """Look the phrase families up in a message."""
    text = normal(message)
    matters = _tells(text) or any(pattern.search(text) for _, pattern in _FAMILIES)
    if not matters:  # most questions end here
        return Reading((), "", False)
    plain, idioms = _IDIOMS.subn("~", text)
    hits = [(family, len(set(found))) for family, pattern in _FAMILIES if (found := pattern.findall(plain))]
    against = {name: float(min(len(pattern.findall(text)), 3)) for name, pattern in _AGAINST.items()}
    if not hits and (against["jest"] or not _tells(plain)):  # an idiom or a joke was all
        return Reading((), "", False)
    words = plain.split()
    mine = len(_MYSELF.findall(plain))
    # A certain phrase in a question about others, with no word about the writer, is a topic and left to the model.
    about_me = mine > 0 or not (against["others"] or against["study"])
    certain = next((f.kind for f, _ in hits if f.strength >= CERTAIN and about_me), "")
    signs: list[float] = []
    for kind in KINDS:
        strengths = [f.strength for f, _ in hits if f.kind == kind]
        counts = [f.strength * min(n, 3) for f, n in hits if f.kind == kind]
        signs += [max(strengths, default=0) / 2, min(sum(counts), 12) / 4, len(strengths) / 2]
    signs += against.values()
    lasting = min(len(_LASTING.findall(plain)), 3) * bool(hits)
    signs += [
        against["jest"] * (not hits),
        min(idioms, 3),
        lasting,
        min(mine, 4) / 2,
        5 * mine / max(len(words), 5),
        not _ASKING.search(text),
        min(len(words), 60) / 30,
    ]
    return Reading(tuple(map(float, signs)), certain, True)


def _tells(plain: str) -> bool:
    """Whether a message in which no family speaks may still be a cry: in some sentence someone tells of themselves and does not ask."""
    return any(_TELLER.search(sentence) and not _ASKS.search(sentence) for sentence in re.findall(r"[^.?!]+[.?!]?", plain))


@dataclass(frozen=True, slots=True)
class Care:
    """The fitted model: for each kind a weight per sign and per dimension of the encoder, and the threshold."""

    digest: str
    signs: Matrix
    vector: Matrix
    intercepts: Matrix
    threshold: float

    @classmethod
    def load(cls, path: Path = WEIGHTS) -> Care:
        """The fitted model from its text file."""
        data = json.loads(path.read_text(encoding="utf-8"))
        signs = np.array([data["signs"][name] for name in SIGNS], dtype=np.float32).T
        rows = [
            np.array([data[part][kind] for kind in ("ordinary", *KINDS)], dtype=np.float32) for part in ("vector", "intercepts")
        ]
        return cls(data["encoder_digest"], signs, rows[0], rows[1], float(data["threshold"]))

    def kind(self, message: str, encoder: Encoder) -> str:
        """The kind of distress ("crisis", "distress", "harassment"), "" for an ordinary message."""
        reading = read(message)
        if reading.certain:
            return reading.certain
        if encoder.digest != self.digest or not reading.matters:
            return ""
        return self.judge(reading.signs, encoder.encode([message]))

    def judge(self, signs: Sequence[float], vectors: Matrix) -> str:
        """The kind that the model sees, "" below the threshold."""
        shares = self.shares(signs, vectors)[0]
        worry = 1.0 - float(shares[0])
        if worry < self.threshold:
            return ""
        return "crisis" if float(shares[1]) >= CRISIS_SHARE * worry else KINDS[int(np.argmax(shares[1:]))]

    def shares(self, signs: Sequence[float], vectors: Matrix) -> Matrix:
        """The probabilities of an ordinary message and of each kind."""
        odds = np.exp(vectors @ self.vector.T + self.signs @ np.array(signs, dtype=np.float32) + self.intercepts)
        return np.asarray(odds / odds.sum(axis=1, keepdims=True), dtype=np.float32)


def care_note(kind: str, helpline: str = "") -> str:
    """What is said to a person in distress; `helpline` is the operator's own line, shown before the directory."""
    lines: Sequence[str] = [line for line in (helpline.strip(), _DIRECTORY) if line]
    return _NOTES[kind].format(helpline=" ".join(lines))
