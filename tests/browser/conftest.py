"""A real Chromium in front of a real server; every visit is watched for outside requests and script errors."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from browser.server import running
from browser.standin import StandIn

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
)
DESKTOP = {"viewport": {"width": 1280, "height": 860}}
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}

Visit = Callable[..., Page]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The installed Chromium; its absence is an error, since a skipped browser test proves nothing."""
    path = next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None)
    if path is None:
        pytest.fail("These tests need Chromium and found none. Install it, for example: apt-get install -y chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def standin() -> StandIn:
    """The coach behind `address`, for what it heard."""
    return StandIn(pause=0.02)


@pytest.fixture(scope="session")
def address(standin: StandIn) -> Iterator[str]:
    """A server whose answers are known by heart."""
    with running(standin) as base:
        yield base


@pytest.fixture(scope="session")
def contexts(chromium: Browser) -> Iterator[dict[str, BrowserContext]]:
    """One profile for each kind of visitor, so that the application's files are fetched once and not for every test."""
    kept: dict[str, BrowserContext] = {}
    yield kept
    for context in kept.values():
        context.close()


@pytest.fixture
def visit(chromium: Browser, contexts: dict[str, BrowserContext], address: str) -> Iterator[Visit]:
    """Opens the page; afterwards nothing may have gone to another host and no script may have failed."""
    pages, seen, errors = [], [], []

    def open_page(query: str = "", **options: Any) -> Page:
        wanted = {**DESKTOP, "reduced_motion": "reduce", **options}
        if repr(wanted) not in contexts:
            contexts[repr(wanted)] = chromium.new_context(**wanted)
        page = contexts[repr(wanted)].new_page()
        pages.append(page)
        page.set_default_timeout(15_000)
        page.on("request", lambda request: seen.append(request.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.goto(address + query)
        page.wait_for_selector("html[data-ready]")
        return page

    yield open_page
    for page in pages:
        page.close()
    outside = [url for url in seen if urlsplit(url).scheme in ("http", "https", "ws", "wss") and not url.startswith(address)]
    assert outside == []
    assert errors == []


def ask(page: Page, question: str) -> None:
    """Types a question, sends it with Enter and waits until its answer is finished."""
    before = newest(page)
    page.fill("#coach-question", question)
    page.press("#coach-question", "Enter")
    finished(page, before)


def newest(page: Page) -> str:
    """The number of the newest exchange, empty when there is none."""
    article = page.query_selector("#coach-current article")
    return article.get_attribute("data-number") or "" if article else ""


def finished(page: Page, before: str) -> None:
    """Waits until an exchange newer than `before` has its whole answer."""
    page.wait_for_function(
        """before => {
            const article = document.querySelector("#coach-current article");
            return article && article.dataset.number !== before && article.dataset.status !== "working";
        }""",
        arg=before,
    )
