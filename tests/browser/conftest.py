"""A real Chromium in front of a real server; every visit is watched for outside requests and script errors."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Frame, Page, sync_playwright

from browser.hosts import Host, careers_page, hosting, line
from browser.server import running
from browser.standin import StandIn
from coach.web import snippet
from coach.web.config import WebConfig
from coach.web.embeds import Embed, Embeds
from coach.web.limits import Limits

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
"""Opens a page and watches it; see the fixtures `visit` and `call`."""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The installed Chromium; its absence is an error, since a skipped browser test proves nothing.

    For a module: while it is there its event loop runs in this thread, and tests of other modules that need one of their own would fail.
    """
    path = snippet.chromium()
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


@pytest.fixture(scope="module")
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
        page.on(
            "console",
            lambda message: (
                errors.append(f"{message.text} {message.location.get('url', '')}") if message.type == "error" else None
            ),
        )
        page.goto(address + query)
        page.wait_for_selector("html[data-ready]")
        return page

    yield open_page
    for page in pages:
        page.close()
    outside = [url for url in seen if urlsplit(url).scheme in ("http", "https", "ws", "wss") and not url.startswith(address)]
    assert outside == []
    assert errors == []


@dataclass(frozen=True)
class Careers:
    """A careers site and the coach that it shows, on two sites."""

    host: Host
    base: str
    coach: StandIn


@pytest.fixture(scope="session")
def careers() -> Iterator[Careers]:
    """A site that may show the embeds `careers` and `other`, but neither `closed` nor the demo."""
    coach = StandIn(pause=0.02)
    with hosting() as host:
        named = {
            "demo": Embed("demo"),
            "careers": Embed("careers", (host.origin,)),
            "other": Embed(
                "other", (host.origin,), "Growing here", "dark", "Which way up?", ("How do I grow?", "Compare the two")
            ),
            "elsewhere": Embed("elsewhere", ("https://www.example.com",)),
            "closed": Embed("closed"),
        }
        config = WebConfig(embeds=Embeds(named, Limits(address_per_minute=10_000)))
        with running(coach, config=config) as base:
            yield Careers(host, base, coach)


@pytest.fixture
def call(chromium: Browser, contexts: dict[str, BrowserContext], careers: Careers) -> Iterator[Visit]:
    """Opens a page of the careers site; afterwards nothing may have failed or gone to a third host, and there is no cookie.

    `expected` is a pattern of what the console may complain of; `alone` gives the page a profile of its own; `before` runs in every document.
    """
    opened, own, seen, errors = [], [], [], []

    def complain(text: str, expected: str) -> None:
        if not expected or not re.search(expected, text):
            errors.append(text)

    def open_page(
        html: str | None = None,
        *,
        headers: dict[str, str] | None = None,
        expected: str = "",
        alone: bool = False,
        before: str = "",
        **options: Any,
    ) -> Page:
        careers.host.pages["/"] = careers_page(line(careers.base)) if html is None else html
        careers.host.headers = headers or {}
        wanted = {**DESKTOP, "reduced_motion": "reduce", **options}
        if alone or before:
            context = chromium.new_context(**wanted)
            own.append(context)
        else:
            context = contexts.get(repr(wanted)) or chromium.new_context(**wanted)
            contexts[repr(wanted)] = context
        if before:
            context.add_init_script(before)
        page = context.new_page()
        opened.append(page)
        page.set_default_timeout(15_000)
        page.on("request", lambda request: seen.append(request.url))
        page.on("pageerror", lambda error: complain(str(error), expected))
        page.on("console", lambda message: complain(message.text, expected) if message.type == "error" else None)
        page.goto(careers.host.origin)
        return page

    yield open_page
    cookies = [cookie for context in {page.context for page in opened} for cookie in context.cookies()]
    for page in opened:
        page.close()
    for context in own:
        context.close()
    ours = ("http://localhost:", "http://127.0.0.1:")
    assert [url for url in seen if urlsplit(url).scheme in ("http", "https") and not url.startswith(ours)] == []
    assert errors == []
    assert cookies == []


def ask(page: Page | Frame, question: str) -> None:
    """Types a question, sends it with Enter and waits until its answer is finished."""
    before = newest(page)
    page.fill("#coach-question", question)
    page.press("#coach-question", "Enter")
    finished(page, before)


def newest(page: Page | Frame) -> str:
    """The number of the newest exchange, empty when there is none."""
    article = page.query_selector("#coach-current article")
    return article.get_attribute("data-number") or "" if article else ""


def finished(page: Page | Frame, before: str) -> None:
    """Waits until an exchange newer than `before` has its whole answer."""
    page.wait_for_function(
        """before => {
            const article = document.querySelector("#coach-current article");
            return article && article.dataset.number !== before && article.dataset.status !== "working";
        }""",
        arg=before,
    )
