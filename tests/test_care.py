"""Distress is seen, product talk is not taken for it, and ordinary questions never reach the encoder."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache

import pytest

from coach.care import KINDS, SIGNS, Care, care_note, normal, read
from coach.encoder import Encoder, Matrix, load_encoder
from coach.settings import DEFAULT_ENCODER, Settings


@lru_cache(maxsize=1)
def detector() -> tuple[Care, Encoder]:
    return Care.load(), load_encoder(DEFAULT_ENCODER, Settings.from_mapping(os.environ).cache)


def kind(message: str) -> str:
    care, encoder = detector()
    return care.kind(message, encoder)


class Unused:
    """An encoder that must not be asked."""

    name = "unused"

    def __init__(self) -> None:
        self.digest = detector()[0].digest

    def encode(self, texts: Sequence[str]) -> Matrix:
        raise AssertionError(f"the encoder was asked about {texts}")

    def is_word(self, word: str) -> bool:
        raise AssertionError(word)


@pytest.mark.parametrize(
    "message",
    [
        "i want to die",
        "kms, i mean it",
        "I do not want to wake up tomorrow",
        "thinking of killing my self after the review",
        "everyone would be better off without me",
        "I keep cutting myself before standup",
        "sucidal thougts again",
        "How do I become a VP? Also I want to end my life.",
    ],
)
def test_certain_crisis_needs_no_encoder(message: str) -> None:
    assert detector()[0].kind(message, Unused()) == "crisis"


@pytest.mark.parametrize(
    "message",
    [
        "crying in the toilet every day",
        "havent slept in weeks and i cant cope anymore",
        "I had another panic attack in the stairwell and I can't stop shaking.",
        "My mother died on Monday and I can't get out of bed.",
    ],
)
def test_distress(message: str) -> None:
    assert kind(message) == "distress"


@pytest.mark.parametrize(
    "message",
    [
        "he put his hand on my thigh during the offsite",
        "my boss screams at me every day in front of the whole team",
        "They took my project away because I am pregnant.",
        "A colleague keeps groping me.",
    ],
)
def test_harassment(message: str) -> None:
    assert kind(message) == "harassment"


@pytest.mark.parametrize(
    "message",
    [
        "want to die of shame lol, i shared the wrong screen",
        "I'm dying to become a PM. Where do I start?",
        "How do I kill a feature that nobody uses?",
        "Is the roadmap dead?",
        "What is a good burn rate?",
        "Launching in December is a suicide mission, how do I tell my CEO?",
        "We run a war room for the release, which rituals help?",
        "The deadline is murder, how do I cut scope?",
        "How does a VP handle burnout in the team?",
        "What should a manager do when a report says she was harassed?",
        "I was passed over again and I'm feeling stuck. What should I ask my boss?",
    ],
)
def test_product_talk_is_not_distress(message: str) -> None:
    assert kind(message) == ""


@pytest.mark.parametrize(
    "message", ["What does a VP of Product do?", "how do pms set okrs", "Which metrics matter for a marketplace?", ""]
)
def test_ordinary_questions_do_not_reach_the_encoder(message: str) -> None:
    assert detector()[0].kind(message, Unused()) == ""


def test_one_spelling() -> None:
    assert normal("I just CAN\u2019T go on any more!!") == "i cant go on anymore !"
    assert normal("i am so so tired, no one cares") == "im tired noone cares"


def test_signs_match_the_model() -> None:
    care = detector()[0]
    assert care.signs.shape == (len(KINDS) + 1, len(SIGNS))
    assert len(read("I cannot cope").signs) == len(SIGNS)


def test_another_encoder_leaves_the_certain_phrases() -> None:
    other = Unused()
    other.digest = "other"
    assert detector()[0].kind("I want to kill myself", other) == "crisis"
    assert detector()[0].kind("I cannot cope", other) == ""


@pytest.mark.parametrize("which", KINDS)
def test_note_names_people_to_turn_to(which: str) -> None:
    assert "Call 123." in care_note(which, "Call 123.")
    assert "findahelpline.com" in care_note(which)
