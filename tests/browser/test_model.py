"""The page with a chat model behind the coach, well and unwell."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from browser.conftest import PHONE, Visit, ask
from browser.server import running
from browser.test_accessibility import violations
from coach.care import Care
from coach.encoder import Encoder
from coach.errors import ModelError
from coach.gate import Gate
from coach.grounding import Checker
from coach.pipeline import Coach
from coach.types import Prompt

QUESTION = "Who does a VP of Product report to?"


class Parrot:
    """A chat model that says the first statements again, and fails or falls silent in the middle when a test wants it to."""

    def __init__(self) -> None:
        self.prompts: list[Prompt] = []
        self.mood = ""
        self.failed_at = 0.0
        self.silent, self.left = threading.Event(), threading.Event()

    def __call__(self, prompt: Prompt) -> Generator[str]:
        """The statements, numbered as they are, and a question back."""
        self.prompts.append(prompt)
        statements = re.findall(r"^\[(\d+)\] (.+)$", prompt.user, re.MULTILINE)
        for count, (number, text) in enumerate(sorted(statements, key=lambda s: int(s[0]))[:5]):
            yield f"{text[:-1]} [{number}]. "
            if count == 1 and self.mood == "dies":
                self.failed_at = time.monotonic()
                raise ModelError("gone")
            if count == 1 and self.mood == "silent":
                yield from self._silence()
        yield "Which of these would you like to work on first?"

    def _silence(self) -> Generator[str]:
        self.silent.set()
        try:
            while True:
                time.sleep(0.1)
                yield ""
        finally:
            self.left.set()


@pytest.fixture(scope="module")
def parrot() -> Parrot:
    return Parrot()


@pytest.fixture(scope="module")
def address(parrot: Parrot, starter_index: Path, encoder: Encoder, cache: Path) -> Iterator[str]:
    coach = Coach(starter_index, encoder, Gate.load(), Care.load(), Checker.load(cache), model=parrot)
    with running(coach) as base:
        yield base
    coach.close()


def test_answer_says_how_it_was_made_and_marks_the_coachs_own_words(visit: Visit):
    page = visit()
    ask(page, QUESTION)
    expect(page.locator("#coach-current .made")).to_contain_text(
        re.compile(r"Written by a language model; checked: (\d+) of \1 sentences")
    )
    expect(page.locator("#coach-current .sentence.own")).to_contain_text(
        "The coach's own words: Which of these would you like to work on first?"
    )
    assert page.locator("#coach-current .sentence.own .cite").count() == 0
    assert (
        page.locator("#coach-current .sentence:not(.own)").count()
        == page.locator("#coach-current .sentence:not(.own):has(.cite)").count()
        > 1
    )


def test_model_that_dies_in_mid_answer_leaves_a_whole_answer_within_two_seconds(visit: Visit, parrot: Parrot):
    parrot.mood = "dies"
    try:
        page = visit()
        ask(page, "What is the difference between a PM and a VP of Product?")
        took = time.monotonic() - parrot.failed_at
    finally:
        parrot.mood = ""
    expect(page.locator("#coach-current article")).to_have_attribute("data-status", "done")
    expect(page.locator("#coach-current .status")).to_contain_text("The language model stopped before it had finished")
    expect(page.locator("#coach-current .made")).to_contain_text("checked:")
    assert page.locator("#coach-current .sentence").count() >= 3
    assert took < 2


def test_what_the_coach_knows_is_shown_edited_sent_and_wiped(visit: Visit, parrot: Parrot):
    page = visit()
    expect(page.locator(".you")).to_be_hidden()
    ask(page, "I'm a senior PM at a 40-person startup. " + QUESTION)
    box = page.get_by_label("What I know about you, one thing a line")
    page.get_by_text("What I know about you", exact=True).click()
    expect(box).to_have_value("Role: senior PM\nCompany: 40-person startup")
    box.fill("Role: group PM")
    ask(page, "What does a VP of Product earn? I want to be a VP in two years.")
    ask(page, QUESTION)
    expect(box).to_have_value("Role: group PM\nGoal: be a VP in two years")
    assert "Role: group PM" in parrot.prompts[-1].user and "startup" not in parrot.prompts[-1].user
    page.get_by_role("button", name="Wipe").click()
    expect(box).to_have_value("")
    ask(page, "Which skills does a VP of Product need?")
    expect(box).to_have_value("")
    assert "group PM" not in parrot.prompts[-1].user


@pytest.mark.parametrize(("scheme", "device"), [("light", {}), ("dark", PHONE)], ids=["light", "dark phone"])
def test_axe_finds_nothing_with_the_box_open(visit: Visit, scheme: str, device: dict[str, Any]):
    page = visit(**device, color_scheme=scheme)
    ask(page, "I'm a senior PM. " + QUESTION)
    page.get_by_text("What I know about you", exact=True).click()
    assert violations(page, "box open") == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_one_visitor_said_is_not_told_to_another(visit: Visit, chromium: Browser, parrot: Parrot):
    ask(visit(), "I'm a senior PM with 13 years of experience. " + QUESTION)
    assert any("13 years" in p.user for p in parrot.prompts)
    heard = len(parrot.prompts)
    ask(visit("", locale="en-GB"), QUESTION)
    assert heard < len(parrot.prompts)
    assert not any("13 years" in p.user for p in parrot.prompts[heard:])


def test_new_conversation_wipes_what_the_coach_knows(visit: Visit):
    page = visit()
    ask(page, "I'm a senior PM. " + QUESTION)
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator("#coach-current article")).to_have_count(0)
    expect(page.locator("#coach-you")).to_have_value("")
    ask(page, QUESTION)
    expect(page.locator("#coach-you")).to_have_value("")


@pytest.mark.parametrize("way", ["stop", "leave"])
def test_stopping_or_leaving_ends_a_silent_model_soon(visit: Visit, parrot: Parrot, way: str):
    parrot.mood = "silent"
    parrot.silent.clear()
    parrot.left.clear()
    try:
        page = visit()
        page.fill("#coach-question", QUESTION)
        page.press("#coach-question", "Enter")
        assert parrot.silent.wait(20)
        if way == "stop":
            page.get_by_role("button", name="Stop").click()
            expect(page.locator("#coach-current .status")).to_contain_text("Stopped")
        else:
            page.close()
        assert parrot.left.wait(5)
    finally:
        parrot.mood = ""
