"""What somebody thinks of an answer: one click, and words only where the box is ticked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from browser.conftest import DESKTOP, ask
from browser.server import running
from browser.standin import StandIn
from coach.web.config import WebConfig
from coach.web.embeds import Embed, Embeds


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("feedback") / "feedback.jsonl"


@pytest.fixture(scope="module", params=["", "secret"], ids=["open interface", "interface with a token"])
def base(request: pytest.FixtureRequest, kept: Path) -> Iterator[str]:
    config = WebConfig(embeds=Embeds({"careers": Embed("careers")}), feedback=kept, api_token=request.param)
    with running(StandIn(), config=config) as address:
        yield address


@pytest.fixture(params=["", "embed/careers"], ids=["page", "embed"])
def page(request: pytest.FixtureRequest, chromium: Browser, base: str, kept: Path) -> Iterator[Page]:
    kept.unlink(missing_ok=True)
    page = chromium.new_page(**DESKTOP)
    page.set_default_timeout(15_000)
    page.goto(base + request.param)
    page.wait_for_selector("html[data-ready]")
    ask(page, "Who leads?\nAnd whom?")
    yield page
    page.close()


def lines(kept: Path) -> list[dict[str, Any]]:
    """What is kept, without the day."""
    rows = [json.loads(line) for line in kept.read_text(encoding="utf-8").splitlines()]
    return [{name: value for name, value in row.items() if name != "day"} for row in rows]


def thanked(page: Page) -> None:
    page.get_by_text("Thank you", exact=True).wait_for()
    assert page.locator("[data-act=up]").count() == 0


def test_one_click_says_that_an_answer_helped_and_keeps_no_words(page: Page, kept: Path):
    page.get_by_role("group", name="Was this helpful?").get_by_role("button", name="Helpful", exact=True).click()
    thanked(page)
    assert lines(kept) == [{"rating": "up", "passages": ["vp#leads"]}]


def test_words_are_kept_only_where_the_box_is_ticked(page: Page, kept: Path):
    page.get_by_role("button", name="Not helpful").click()
    box = page.get_by_role("textbox", name="What was missing or wrong?")
    assert box.evaluate("box => box === document.activeElement")
    box.fill("Secret words")
    page.locator("[data-opinion]").get_by_role("button", name="Send").click()
    thanked(page)
    assert lines(kept) == [{"rating": "down", "passages": ["vp#leads"]}]


def test_ticked_the_question_and_the_words_are_kept(page: Page, kept: Path):
    page.get_by_role("button", name="Not helpful").click()
    page.get_by_role("textbox", name="What was missing or wrong?").fill("The board is missing")
    page.get_by_role("checkbox").check()
    page.locator("[data-opinion]").get_by_role("button", name="Send").click()
    thanked(page)
    assert lines(kept) == [
        {"rating": "down", "passages": ["vp#leads"], "question": "Who leads?\nAnd whom?", "comment": "The board is missing"}
    ]


def test_cancelled_nothing_is_sent_and_the_form_is_empty_again(page: Page, kept: Path):
    page.get_by_role("button", name="Not helpful").click()
    page.get_by_role("textbox", name="What was missing or wrong?").fill("Never mind")
    page.get_by_role("button", name="Cancel").click()
    assert page.locator("[data-opinion]").is_hidden()
    assert page.input_value("#coach-opinion") == ""
    assert not kept.exists()
