"""What a visitor sees when there is too much: a kind sentence with a time, and nothing lost."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page

from browser.conftest import DESKTOP, ask, finished, newest
from browser.server import Visitor, running
from browser.standin import StandIn
from coach.web.config import WebConfig
from coach.web.embeds import Embed, Embeds
from coach.web.limits import Limits


@pytest.fixture(scope="module")
def narrow() -> Iterator[str]:
    limits = Limits(visitor_per_minute=2, visitor_at_once=1, answers_at_once=1)
    embeds = Embeds({"careers": Embed("careers", per_minute=1)}, limits)
    with running(StandIn(pause=0.8), config=WebConfig(embeds=embeds)) as base:
        yield base


@pytest.fixture
def page(chromium: Browser, narrow: str) -> Iterator[Page]:
    context = chromium.new_context(**DESKTOP)
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.goto(narrow)
    page.wait_for_selector("html[data-ready]")
    yield page
    context.close()


def refused(page: Page, question: str) -> str:
    """Sends a question and returns what the page says about it."""
    page.fill("#coach-question", question)
    page.press("#coach-question", "Enter")
    note = page.locator("[data-turned-away], #coach-notice .notice").locator("visible=true").first
    note.wait_for()
    return note.inner_text()


def test_too_many_questions_get_a_kind_sentence_and_the_text_stays(page: Page):
    ask(page, "Who leads?")
    ask(page, "Who leads, again?")
    said = refused(page, "And a third one?")
    assert said.startswith("You have asked a lot in a short time") and "seconds" in said
    assert page.input_value("#coach-question") == "And a third one?"
    assert page.locator("#coach-live").inner_text().endswith(said)
    assert page.locator("html[data-lost], html[data-busy]").count() == 0
    assert page.locator("article").count() == 2


def test_a_taken_place_is_said_at_once_and_free_again_afterwards(page: Page, chromium: Browser, narrow: str):
    other = chromium.new_page()
    other.goto(narrow)
    other.wait_for_selector("html[data-ready]")
    other.fill("#coach-question", "Who leads?")
    other.press("#coach-question", "Enter")
    other.wait_for_selector("article .sentence")
    said = refused(page, "Who leads?")
    assert "I am busy with other answers. Please try again in 5 seconds" in said
    assert page.input_value("#coach-question") == "Who leads?"
    finished(other, "")
    before = newest(page)
    page.press("#coach-question", "Enter")
    finished(page, before)
    assert page.locator("[data-turned-away]").is_hidden()
    other.close()


def test_an_embeds_own_limit_is_counted_by_the_address_of_its_page(chromium: Browser, narrow: str):
    for number in range(2):
        page = chromium.new_page()
        page.goto(narrow + "embed/careers")
        page.wait_for_selector("html[data-ready]")
        if number:
            assert refused(page, "Who leads?").startswith("Many people are asking me")
        else:
            ask(page, "Who leads?")
        page.close()


def test_a_refusal_says_when_to_come_back_in_its_header_too(narrow: str):
    visitor = Visitor(narrow, "hurried")
    for _ in range(2):
        visitor.ask("Who leads?")
    with pytest.raises(httpx.HTTPStatusError) as caught:
        visitor.ask("Who leads?")
    answer = caught.value.response
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["retry-after"]) <= 61
    assert answer.json()["retry_after"] == int(answer.headers["retry-after"])
