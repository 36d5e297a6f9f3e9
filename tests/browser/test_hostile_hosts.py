"""The widget on pages that mean no good to it: it works, can be seen, and leaves the page as it was."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import CDPSession, FloatRect, Page, expect

from browser.conftest import Careers, Visit, ask
from browser.hosts import LAUNCHER, careers_page, line, opened

LEADS = "Who does a VP of Product lead?"
LATE = 12_000  # ms; the loader's own number
NONCE = "bm9uY2U"

# Index loops and nothing clever: the page may have broken everything else. The first look is taken when all of the page
# has been read, which is just before deferred scripts like the widget's run.
LOOK = """
window.broken = 0;
document.addEventListener("securitypolicyviolation", () => { window.broken++; });
document.addEventListener("readystatechange", () => { window.before = window.before || window.look(); });
window.before = "";
window.look = () => {
    const names = Object.getOwnPropertyNames(window);
    const seen = {names: "", styles: {}, children: ""};
    for (let n = 0; n < names.length; n++) if (names[n] !== "CareerCoach") seen.names += names[n] + " ";
    const sample = document.querySelectorAll("html, body, h1, p, em, nav, a, input, #own, li, main");
    for (let n = 0; n < sample.length; n++) {
        const style = getComputedStyle(sample[n]);
        let text = "";
        for (let k = 0; k < style.length; k++) text += style[k] + ":" + style.getPropertyValue(style[k]) + ";";
        seen.styles[n + " " + sample[n].localName] = text;
    }
    const parents = [document.head, document.body];
    for (let p = 0; p < 2; p++) for (let one = parents[p].firstElementChild; one; one = one.nextElementSibling)
        if (one.localName !== "career-coach") seen.children += one.outerHTML;
    return JSON.stringify(seen);
};
window.at = (x, y) => {
    const host = document.elementFromPoint(x, y);
    const inner = host && host.shadowRoot ? host.shadowRoot.elementFromPoint(x, y) : null;
    return (host ? host.localName : "") + (inner ? " " + (inner.className || inner.localName) : "");
};
"""
BROKEN = """
const no = function () { throw new Error("broken by the page"); };
const names = ["forEach", "map", "filter", "reduce", "push", "includes", "indexOf", "find", "some", "every", "slice", "concat", "join"];
for (let n = 0; n < names.length; n++) Array.prototype[names[n]] = no;
Array.prototype[Symbol.iterator] = no;
Array.from = no;
Array.prototype.extra = no;
Object.prototype.more = no;
NodeList.prototype.forEach = no;
window.fetch = no;
"""
FROZEN = """
const all = [Object, Array, Function, String, Map, Promise, EventTarget, Node, Element, HTMLElement, Document, Event];
for (let n = 0; n < all.length; n++) { Object.freeze(all[n]); Object.freeze(all[n].prototype); }
"""
BOOTSTRAP = """
*, *::before, *::after { box-sizing: border-box; }
body { margin: 0; font: 1rem/1.5 "Segoe UI", sans-serif; color: #212529; -webkit-text-size-adjust: 100%; }
a { color: #0d6efd; text-decoration: underline; }
button { border-radius: 0; text-transform: none; }
button:not(:disabled) { cursor: pointer; }
iframe { border: 0; vertical-align: middle; max-width: 100%; height: auto; }
.open, .panel, .bar, .note, .room, dialog, section { display: none !important; }
[role="status"] { visibility: hidden; }
"""
TAILWIND = """
*, ::before, ::after, ::backdrop { box-sizing: border-box; margin: 0; padding: 0; border: 0 solid #e5e7eb; }
html { line-height: 1.5; tab-size: 4; font-family: ui-sans-serif, system-ui, sans-serif; }
h1 { font-size: inherit; font-weight: inherit; }
a { color: inherit; text-decoration: inherit; }
b { font-weight: bolder; }
button, input { font: inherit; color: inherit; background: transparent; opacity: 1; border-radius: 0; }
ol, ul { list-style: none; }
iframe, img, svg { display: block; vertical-align: middle; }
[hidden]:where(:not([hidden="until-found"])) { display: none !important; }
"""


@dataclass(frozen=True)
class Hostile:
    """What makes a page hard to live on."""

    style: str = ""
    script: str = ""
    attributes: str = ""
    headers: dict[str, str] = field(default_factory=dict)


COVERED = """
document.addEventListener("DOMContentLoaded", () => {
    const cover = document.createElement("div");
    cover.style.cssText = "position: fixed; inset: 0 0 0 50%; z-index: 2147483647; background: white";
    document.documentElement.append(cover);
});
"""
POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic'; style-src 'self'; frame-src {base}; base-uri 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
HOSTS = {
    "nothing special": Hostile(),
    "Bootstrap's reset": Hostile(BOOTSTRAP),
    "Tailwind's reset": Hostile(TAILWIND),
    "all unset": Hostile("* { all: unset; }"),
    "all unset, important": Hostile("* { all: unset !important; }"),
    "pale boxes": Hostile("div { opacity: .2 !important; }"),
    "everything hidden and turned": Hostile(
        "body > * { transform: rotate(3deg) !important; visibility: hidden !important; pointer-events: none !important; max-width: 9px; }"
    ),
    "backdrops": Hostile("::backdrop { background: red; backdrop-filter: blur(9px); }"),
    "highest of all": Hostile(script=COVERED),
    "small root": Hostile(
        "html { font-size: 62.5%; letter-spacing: 3px; text-transform: uppercase; text-align: center; cursor: none; }"
    ),
    "right to left": Hostile(attributes=' dir="rtl"'),
    "sideways": Hostile("html { writing-mode: vertical-rl; }"),
    "moved body": Hostile(
        "body { transform: scale(.5) rotate(9deg); filter: invert(1) blur(2px); opacity: .3; contain: paint; overflow: hidden; }"
    ),
    "strict policy": Hostile(headers={"content-security-policy": POLICY}),
    "isolated": Hostile(headers={"cross-origin-embedder-policy": "require-corp", "cross-origin-opener-policy": "same-origin"}),
    "broken arrays": Hostile(script=BROKEN),
    "frozen prototypes": Hostile(script=FROZEN),
}


def hostile_page(host: Hostile, base: str) -> tuple[str, dict[str, str]]:
    """The page, and its headers."""
    head = f'<script nonce="{NONCE}">{LOOK}</script>'
    if host.script:
        head += f"<script>(() => {{{host.script}}})()</script>"
    if host.style:
        head += f"<style>{host.style}</style>"
    end = line(base).replace("<script", f'<script nonce="{NONCE}"')
    headers = {name: value.format(nonce=NONCE, base=base) for name, value in host.headers.items()}
    return careers_page(end, head=head, attributes=host.attributes), headers


class Seen:
    """What the page's own world says, asked without the help of its built-ins."""

    def __init__(self, page: Page) -> None:
        self._session: CDPSession = page.context.new_cdp_session(page)

    def __call__(self, expression: str) -> Any:
        told = self._session.send("Runtime.evaluate", {"expression": expression, "returnByValue": True})
        assert "exceptionDetails" not in told, told
        return told["result"].get("value")


def middle(box: FloatRect) -> str:
    return f"{box['x'] + box['width'] / 2}, {box['y'] + box['height'] / 2}"


def inside(page: Page, box: FloatRect | None) -> bytes:
    """The pixels of a box without its corners."""
    assert box is not None
    clip: FloatRect = {"x": box["x"] + 20, "y": box["y"] + 8, "width": box["width"] - 40, "height": box["height"] - 16}
    return page.screenshot(clip=clip, caret="initial")


@pytest.fixture(scope="module")
def picture() -> list[bytes]:
    """How the button looks on a page where nothing is special, once it has been seen."""
    return []


@pytest.mark.parametrize("name", HOSTS)
def test_widget_works_and_the_page_stays_as_it_was(call: Visit, careers: Careers, picture: list[bytes], name: str):
    if not picture:
        plain = call()
        picture.append(inside(plain, plain.locator(f"{LAUNCHER} button.open").bounding_box()))
    html, headers = hostile_page(HOSTS[name], careers.base)
    page = call(html, headers=headers)
    seen = Seen(page)
    button = page.locator(f"{LAUNCHER} button.open")
    expect(button).to_be_visible()
    box = button.bounding_box()
    assert box is not None
    assert (box["x"] + box["width"], box["y"] + box["height"], box["height"]) == (1260, 840, 50)
    assert seen(f"at({middle(box)})") == f"{LAUNCHER} open"
    assert inside(page, box) == picture[0]

    frame = opened(page)
    ask(frame, LEADS)
    assert frame.locator("#coach-current .sentence").count() == 3
    panel = page.locator(f"{LAUNCHER} dialog")
    assert panel.bounding_box() == {"x": 820, "y": 120, "width": 440, "height": 720}
    corners = [seen(f"at({x}, {y})") for x, y in ((840, 140), (1235, 145), (840, 500), (1240, 820))]
    assert [corner.removeprefix(LAUNCHER + " ") for corner in corners] == ["b", "button", "iframe", "iframe"]

    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(button).to_be_focused()
    before, after = json.loads(seen("before")), json.loads(seen("look()"))
    assert before["names"] == after["names"]
    assert before["children"] == after["children"]
    for element, style in before["styles"].items():
        assert after["styles"][element] == style, element
    assert seen("broken") == 0
    elsewhere: FloatRect = {"x": 0, "y": 0, "width": 600, "height": 860}
    shown = page.screenshot(clip=elsewhere)
    seen("CareerCoach.destroy()")
    assert page.screenshot(clip=elsewhere) == shown


@pytest.mark.parametrize("embed", ["elsewhere", "closed", "demo", "nobody"])
def test_page_that_is_not_on_the_list_gets_a_reason_and_a_link(call: Visit, careers: Careers, embed: str):
    page = call(careers_page(), alone=True, expected="frame-ancestors|status of 404")
    page.clock.install()
    careers.host.pages["/"] = careers_page(line(careers.base, embed))
    page.reload()
    page.get_by_role("button", name="Ask the career coach").click()
    page.clock.fast_forward(LATE)
    note = page.get_by_role("status")
    expect(note).to_contain_text("this site is not on its list")
    assert note.get_by_role("link", name="Open the full page").get_attribute("href") == careers.base
    assert [
        frame.url for frame in page.frames if frame.url.startswith(careers.base) and frame.query_selector("[data-embed]")
    ] == []
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Ask the career coach")).to_be_focused()
