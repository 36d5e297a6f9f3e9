"""What keeps visitors apart in the browser: a name for each visit that nobody can guess."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Browser, Request

from browser.conftest import ask


def names(chromium: Browser, address: str) -> set[str]:
    """The names under which a page spoke to the server while a question was asked and the next one stopped."""
    page = chromium.new_page()
    # Whoever could foretell Gradio's own numbers would still not know the name.
    page.add_init_script("Math.random = () => 0.5;")
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request))
    page.goto(address)
    page.wait_for_selector("html[data-ready]")
    ask(page, "Who does a VP of Product lead?")
    page.fill("#coach-question", "Is this slow?")
    page.press("#coach-question", "Enter")
    page.get_by_role("button", name="Stop").click()
    page.wait_for_selector("#coach-current [data-status=stopped]")
    found: dict[str, set[str]] = {}
    for request in sent:
        parts = urlsplit(request.url)
        call = re.search(r"/gradio_api/(queue/join|queue/data|cancel|heartbeat)", parts.path)
        if call:
            posted = request.post_data_json["session_hash"] if request.method == "POST" else ""
            name = posted or "".join(parse_qs(parts.query).get("session_hash", [])) or parts.path.rpartition("/")[2]
            found.setdefault(call[1], set()).add(name)
    page.close()
    assert set(found) == {"queue/join", "queue/data", "cancel", "heartbeat"}
    return set().union(*found.values())


def test_each_visit_has_one_name_that_cannot_be_guessed(chromium: Browser, address: str):
    seen = set()
    for query in ("", "", "?session_hash=known"):
        [name] = names(chromium, address + query)
        assert "known" not in name
        assert re.fullmatch(r"[a-z0-9]*[0-9a-f]{32}", name)  # 128 bits of the browser's own cryptography at its end
        seen.add(name[-32:])
    assert len(seen) == 3
    assert max(name.count(char) for name in seen for char in name) < 12
