"""axe-core finds nothing serious in any state of the page, in either theme."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import axe_core_python
import pytest
from playwright.sync_api import Page

from browser.conftest import PHONE, Visit, ask

AXE = (Path(axe_core_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Page, state: str) -> list[str]:
    """What axe objects to, each with its state, weight and the element."""
    page.evaluate("() => { if (!window.axe) {" + AXE + "} }")
    result = page.evaluate(
        "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations'], elementRef: false, iframes: false})", TAGS
    )
    return [f"{state}: {v['impact']} {v['id']} {node['html'][:120]}" for v in result["violations"] for node in v["nodes"]]


def test_axe_finds_nothing_in_any_state(visit: Visit):
    page = visit(color_scheme="light")
    found = violations(page, "empty")
    for state, question in {
        "compared": "Compare the two",
        "steps": "How do I grow?",
        "refused": "How is the weather?",
        "care": "I feel hopeless",
        "failed": "This breaks it",
        "answered": "Who does a VP of Product lead?",
    }.items():
        ask(page, question)
        found += violations(page, state)
    page.locator("#coach-current summary").click()
    page.locator("#coach-current .cite").first.click()
    found += violations(page, "panel open")
    page.keyboard.press("Escape")
    page.fill("#coach-question", "long " * 2_000)
    page.get_by_role("button", name="Send").click()
    page.wait_for_selector("#coach-notice .notice")
    found += violations(page, "notice")
    assert found == []


@pytest.mark.parametrize(
    ("scheme", "device"), [("dark", {}), ("light", PHONE), ("dark", PHONE)], ids=["dark", "phone", "dark phone"]
)
def test_axe_finds_nothing_in_other_themes_and_sizes(visit: Visit, scheme: str, device: dict[str, Any]):
    page = visit(**device, color_scheme=scheme)
    found = violations(page, "empty")
    # Everything that was said stays on the page, so one look at the end sees every kind of answer.
    for question in ("Compare the two", "How do I grow?", "I feel hopeless", "This breaks it", "How is the weather?"):
        ask(page, question)
    found += violations(page, "refused")
    ask(page, "Who does a VP of Product lead?")
    page.locator("#coach-current .cite").first.click()
    found += violations(page, "answered, panel open")
    assert found == []
