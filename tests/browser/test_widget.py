"""What a visitor of somebody else's page sees and does with the widget, and what the page's owner can say."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Frame, Page, expect

from browser.conftest import PHONE, Careers, Visit, ask, finished
from browser.hosts import INLINE, LAUNCHER, careers_page, chat, line, opened
from browser.server import running
from browser.standin import StandIn
from browser.test_accessibility import violations
from coach.web.config import WebConfig
from coach.web.embeds import Embed, Embeds

LEADS = "Who does a VP of Product lead?"
LATE = 12_000  # ms; the loader's own number
BLOCKED_STORAGE = """
    for (const name of ["localStorage", "sessionStorage"])
        Object.defineProperty(window, name, {configurable: true, get() { throw new DOMException("no", "SecurityError"); }});
"""


def button(page: Page):
    return page.locator(LAUNCHER).get_by_role("button", name="Ask the career coach")


def panel(page: Page, name: str = "Career coach"):
    return page.get_by_role("dialog", name=name, exact=True)


def focused(page: Page) -> str:
    """What has the focus, through shadow roots and into the coach's frame: its name, its words or its tag."""
    name = """() => {
        let one = document.activeElement;
        while (one?.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
        if (!one || one === document.body) return "nothing";
        return one.id || one.getAttribute("aria-label") || one.tagName === "IFRAME" && "IFRAME" || one.textContent.trim() || one.tagName;
    }"""
    found = page.evaluate(name)
    if found != "IFRAME":
        return found
    return next(frame for frame in page.frames if "/embed/" in frame.url).evaluate(name)


def wait_for_focus(page: Page, wanted: str) -> None:
    for _ in range(100):
        if focused(page) == wanted:
            return
        page.wait_for_timeout(50)
    assert focused(page) == wanted


def step(page: Page, key: str) -> str:
    """Where a key takes the focus; into another site's frame it takes a moment."""
    before = focused(page)
    page.keyboard.press(key)
    for _ in range(20):
        if focused(page) not in (before, "nothing"):
            break
        page.wait_for_timeout(25)
    return focused(page)


def sideways(frame: Page | Frame) -> int:
    """Pixels by which a document is wider than what shows it."""
    return frame.evaluate("document.documentElement.scrollWidth - innerWidth")


# ---- opening, asking, closing


def test_nothing_but_the_script_is_fetched_before_somebody_opens_it(call: Visit, careers: Careers):
    page = call(careers_page())
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.startswith(careers.base) else None)
    careers.host.pages["/"] = careers_page(line(careers.base))
    page.reload()
    expect(button(page)).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert asked == [careers.base + "widget.js"]
    assert page.locator(f"{LAUNCHER} iframe").count() == 0
    opened(page)
    assert any("/embed/careers?mode=launcher" in url for url in asked)


def test_button_says_what_it_opens_and_whether_it_is_open(call: Visit):
    page = call()
    name = button(page)
    expect(name).to_have_attribute("aria-haspopup", "dialog")
    expect(name).to_have_attribute("aria-expanded", "false")
    box = name.bounding_box()
    assert box and box["height"] >= 44 and box["x"] + box["width"] == 1260 and box["y"] + box["height"] == 840
    frame = opened(page)
    expect(panel(page)).to_be_visible()
    expect(page.locator(f"{LAUNCHER} button.open")).to_have_attribute("aria-expanded", "true")
    assert page.locator(f"{LAUNCHER} iframe").get_attribute("title") == "Career coach"
    assert frame.evaluate("document.documentElement.dataset.mode") == "launcher"


def test_visitor_asks_opens_a_source_follows_a_suggestion_and_copies(call: Visit, careers: Careers):
    page = call(permissions=["clipboard-read", "clipboard-write"])
    frame = opened(page)
    frame.evaluate("""() => {
        window.counts = [];
        new MutationObserver(() => {
            const count = document.querySelectorAll("#coach-current .sentence").length;
            if (count && window.counts.at(-1) !== count) window.counts.push(count);
        }).observe(document.querySelector("#coach-log"), {childList: true, subtree: true});
    }""")
    ask(frame, LEADS)
    assert frame.evaluate("window.counts") == [1, 2, 3]

    frame.locator("#coach-current .cite").nth(1).click()
    source = frame.get_by_role("dialog")
    expect(source.locator(".passage mark")).to_have_text(re.compile(r"^The VP hires directors .* board table\.$"))
    expect(source.get_by_role("link", name="Open the original")).to_have_attribute("href", "https://example.org/vp-of-product")
    source.get_by_role("button", name="Close").click()

    frame.locator("#coach-current .chip").first.click()
    finished(frame, "1")
    assert frame.locator("#coach-current ol.steps > li").count() == 3
    question, history = careers.coach.heard[-1]
    assert (question, [turn.question for turn in history]) == ("How do I grow into the role?", [LEADS])

    frame.locator("#coach-current").get_by_role("button", name="Copy").click()
    expect(frame.locator("#coach-current").get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").startswith("## How do I grow into the role?")

    with page.expect_download() as waiting:
        frame.get_by_role("button", name="Download").click()
    assert re.fullmatch(r"career-coach-\d{4}-\d\d-\d\d\.md", waiting.value.suggested_filename)

    ask(frame, "How is the weather?")
    expect(frame.locator("#coach-current .refusal")).to_contain_text("Outside what I can help with")
    frame.locator("#coach-current .chip").first.click()
    finished(frame, "3")
    assert frame.locator("#coach-current .sentence").count() == 3

    full = panel(page).get_by_role("link", name="Open the full page")
    assert (full.get_attribute("href"), full.get_attribute("rel")) == (careers.base, "noopener")
    with page.context.expect_page() as another:
        full.click()
    another.value.wait_for_selector("html[data-ready]")
    assert another.value.url == careers.base
    another.value.close()
    expect(panel(page)).to_be_visible()


def test_focus_goes_in_when_it_opens_and_back_when_it_closes(call: Visit):
    page = call()
    frame = opened(page)
    wait_for_focus(page, "coach-question")
    page.keyboard.type(LEADS)
    page.keyboard.press("Enter")
    finished(frame, "")
    frame.locator(".cite").first.click()
    page.keyboard.press("Escape")
    expect(frame.get_by_role("dialog")).to_be_hidden()
    expect(panel(page)).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel(page)).to_be_hidden()
    wait_for_focus(page, "Ask the career coach")
    expect(button(page)).to_have_attribute("aria-expanded", "false")

    # Opened again it is the same conversation, and Escape works on the page around it, too.
    page.keyboard.press("Enter")
    wait_for_focus(page, "coach-question")
    assert frame.locator("article").count() == 1
    page.focus("input[name=q]")
    page.keyboard.press("Escape")
    expect(panel(page)).to_be_hidden()
    wait_for_focus(page, "Ask the career coach")

    page.keyboard.press("Space")
    page.locator(LAUNCHER).get_by_role("button", name="Close").click()
    expect(panel(page)).to_be_hidden()
    wait_for_focus(page, "Ask the career coach")
    assert page.locator(f"{LAUNCHER} iframe").count() == 1


def test_coach_that_is_closed_and_opened_in_one_breath_is_open(call: Visit):
    page = call()
    page.evaluate("() => { CareerCoach.open(); CareerCoach.close(); CareerCoach.open(); }")
    chat(page)
    expect(panel(page)).to_be_visible()
    expect(page.locator(f"{LAUNCHER} button.open")).to_have_attribute("aria-expanded", "true")


def test_back_gesture_of_a_phone_closes_it(call: Visit):
    page = call(**PHONE)
    button(page).tap()
    chat(page)
    page.evaluate("document.querySelector('career-coach').shadowRoot.querySelector('dialog').requestClose()")
    expect(button(page)).to_be_visible()
    expect(button(page)).to_have_attribute("aria-expanded", "false")


def test_somebody_who_went_on_typing_elsewhere_keeps_the_focus(call: Visit):
    page = call()
    page.evaluate("""() => {
        document.querySelector("career-coach").shadowRoot.querySelector(".open").click();
        document.querySelector("input[name=q]").focus();
    }""")
    chat(page)
    page.keyboard.type("ships")
    page.wait_for_timeout(300)
    assert page.input_value("input[name=q]") == "ships"
    assert page.evaluate("document.activeElement.name") == "q"


def test_escape_that_belongs_to_an_input_method_or_to_the_page_closes_nothing(call: Visit):
    page = call()
    frame = opened(page)
    frame.evaluate("""() => document.querySelector("#coach-question").dispatchEvent(
        new KeyboardEvent("keydown", {key: "Escape", isComposing: true, bubbles: true}))""")
    page.evaluate("""() => {
        const taken = event => event.preventDefault();
        document.querySelector("#own").addEventListener("keydown", taken);
        document.querySelector("#own").focus();
    }""")
    page.keyboard.press("Escape")
    page.wait_for_timeout(200)
    expect(panel(page)).to_be_visible()


# ---- a place in the page instead of a button


@pytest.mark.parametrize("way", ["element", "script"])
def test_inline_coach_stands_in_the_page_and_loads_when_it_comes_near(call: Visit, careers: Careers, way: str):
    place = {
        "element": f'<{INLINE} data-embed="careers" data-height="500px"></{INLINE}>'
        + line(careers.base).replace("data-embed", "data-no"),
        "script": line(careers.base, mode="inline", height="500px"),
    }[way]
    page = call(careers_page(main=f'<p style="height: 2500px">Far down</p>{place}<p id="after">After it</p>'))
    assert page.locator(f"{INLINE} iframe").count() == 0
    page.locator("#after").scroll_into_view_if_needed()
    frame = chat(page, INLINE)
    expect(page.get_by_role("region", name="Career coach")).to_be_visible()
    box = page.locator(INLINE).bounding_box()
    main = page.locator("main").bounding_box()
    after = page.locator("#after").bounding_box()
    assert box and main and after and (box["width"], box["height"]) == (main["width"], 500) and after["y"] >= box["y"] + 500
    assert page.evaluate("document.activeElement === document.body")
    expect(frame.get_by_role("heading", level=1)).to_have_text("Career coach")
    expect(frame.get_by_role("link", name="Full page")).to_be_visible()
    ask(frame, LEADS)
    page.keyboard.press("Escape")
    expect(frame.locator("#coach-current .sentence")).to_have_count(3)
    assert page.locator(LAUNCHER).count() == 0


# ---- sizes, colours, paper


def test_phone_shows_it_on_the_whole_screen(call: Visit, careers: Careers):
    page = call(careers_page(line(careers.base, greeting="Curious?")), **PHONE)
    expect(page.get_by_text("Curious?")).to_be_hidden()
    button(page).tap()
    frame = chat(page)
    box = panel(page).bounding_box()
    assert box == {"x": 0, "y": 0, "width": 390, "height": 844}
    ask(frame, LEADS)
    frame.locator(".cite").first.tap()
    expect(frame.get_by_role("dialog")).to_be_visible()
    frame.get_by_role("dialog").get_by_role("button", name="Close").tap()
    assert sideways(frame) <= 0 and sideways(page) <= 0
    page.locator(LAUNCHER).get_by_role("button", name="Close").tap()
    expect(button(page)).to_be_visible()


def test_what_a_phone_covers_cannot_be_reached(call: Visit):
    page = call(**PHONE)
    button(page).tap()
    chat(page)
    seen = set()
    for _ in range(9):
        seen.add(step(page, "Tab"))
    assert {"Jobs", "q", "own", "INPUT"} & seen == set()
    expect(page.get_by_role("link", name="Jobs")).to_be_visible()


@pytest.mark.parametrize(
    ("width", "height", "scale"),
    [(640, 430, 2), (320, 640, 1), (320, 256, 4), (844, 390, 1)],
    ids=["200%", "320px", "400%", "sideways phone"],
)
def test_nothing_scrolls_sideways_when_it_is_narrow(call: Visit, width: int, height: int, scale: int):
    page = call(viewport={"width": width, "height": height}, device_scale_factor=scale)
    frame = opened(page)
    for question in (LEADS, "Compare the two", "x" * 300):
        ask(frame, question)
        assert sideways(frame) <= 0 and sideways(page) <= 0
    box = panel(page).bounding_box()
    assert box and box["x"] >= 0 and box["y"] >= 0 and box["x"] + box["width"] <= width and box["y"] + box["height"] <= height
    # There is room to read in: what stands still around the answers leaves at least 40 % of the window.
    free = frame.evaluate("""() => {
        scrollTo(0, 200);
        let free = 0;
        for (let y = 1; y < innerHeight; y += 2) free += document.elementFromPoint(innerWidth / 2, y)?.closest("#coach-log, html:not(:has(body))") ? 2 : 0;
        return free;
    }""")
    assert free >= 0.4 * height


@pytest.mark.parametrize(
    ("theme", "scheme", "dark"),
    [("dark", "light", True), ("light", "dark", False), ("auto", "dark", True), ("auto", "light", False)],
    ids=["dark", "light", "auto in the dark", "auto by day"],
)
def test_theme_is_the_same_around_and_inside_the_frame(call: Visit, careers: Careers, theme: str, scheme: Any, dark: bool):
    page = call(careers_page(line(careers.base, theme=theme)), color_scheme=scheme)
    frame = opened(page)
    around = page.locator(f"{LAUNCHER} .panel").evaluate("one => getComputedStyle(one).backgroundColor")
    inside = frame.evaluate("getComputedStyle(document.body).backgroundColor")
    assert around == inside == ("rgb(18, 23, 22)" if dark else "rgb(250, 248, 243)")


def test_embed_that_is_dark_is_dark_around_the_frame_too(call: Visit, careers: Careers):
    page = call(careers_page(line(careers.base, "other")), color_scheme="light")
    opened(page)
    expect(page.locator(f"{LAUNCHER} .panel")).to_have_css("background-color", "rgb(18, 23, 22)")


def test_auto_follows_the_system_while_it_is_open(call: Visit):
    page = call(color_scheme="light")
    frame = opened(page)
    page.emulate_media(color_scheme="dark")
    expect(page.locator(f"{LAUNCHER} .panel")).to_have_css("background-color", "rgb(18, 23, 22)")
    expect(frame.locator("body")).to_have_css("background-color", "rgb(18, 23, 22)")
    page.emulate_media(color_scheme="light")


def test_nothing_moves_where_motion_is_unwanted_and_it_stays_off_paper(call: Visit):
    page = call(reduced_motion="no-preference")
    moving = "() => document.querySelector('career-coach').shadowRoot.getAnimations().length"
    # Counted in the same breath as the click: it is over in less than a fifth of a second.
    click = "() => document.querySelector('career-coach').shadowRoot.querySelector('.open').click()"
    assert page.evaluate(f"() => {{ ({click})(); return ({moving})(); }}") == 1
    page.keyboard.press("Escape")
    page.emulate_media(reduced_motion="reduce")
    frame = opened(page)
    ask(frame, LEADS)
    assert page.evaluate(moving) == 0
    assert frame.evaluate("document.getAnimations().length") == 0
    page.emulate_media(media="print")
    expect(page.locator(LAUNCHER)).to_have_css("display", "none")
    page.emulate_media(media="screen")
    expect(panel(page)).to_be_visible()


# ---- storage, connection


def test_works_where_storage_is_blocked_and_sets_no_cookie(call: Visit):
    page = call(before=BLOCKED_STORAGE)
    frame = opened(page)
    ask(frame, LEADS)
    assert frame.locator("#coach-current .sentence").count() == 3
    assert frame.evaluate("document.cookie") == page.evaluate("document.cookie") == ""


def test_offline_visitor_loses_nothing_and_goes_on_once_back(call: Visit, careers: Careers):
    page = call(alone=True, expected="ERR_INTERNET_DISCONNECTED")
    frame = opened(page)
    ask(frame, LEADS)
    page.context.set_offline(True)
    frame.fill("#coach-question", "And then?")
    frame.press("#coach-question", "Enter")
    expect(frame.locator(".notice[data-lost]")).to_be_visible(timeout=10_000)
    expect(frame.locator(".notice[data-lost]")).to_contain_text("Nothing on this page is gone")
    assert frame.input_value("#coach-question") == "And then?"
    frame.get_by_role("button", name="Reload to go on").click()
    expect(frame.locator("#coach-live")).to_contain_text("cannot be reached yet")
    assert frame.locator("#coach-current .sentence").count() == 3
    frame.press("#coach-question", "Enter")
    page.context.set_offline(False)
    finished(frame, "1")
    assert careers.coach.heard[-1][0] == "And then?"
    expect(frame.locator("#coach-question")).to_have_value("")
    expect(frame.locator(".notice[data-lost]")).to_be_hidden()
    assert frame.locator("#coach-past .sentence").count() == 3


def test_server_that_restarts_in_the_middle_of_an_answer_loses_nothing_on_the_page(call: Visit, careers: Careers):
    config = WebConfig(embeds=Embeds({"careers": Embed("careers", (careers.host.origin,))}))
    coach = StandIn()
    with running(coach, config=config) as base:
        page = call(
            careers_page(line(base)), alone=True, expected="ERR_CONNECTION_REFUSED|ERR_INCOMPLETE|Unexpected error|network error"
        )
        frame = opened(page)
        ask(frame, LEADS)
        coach.pause = 3
        frame.fill("#coach-question", LEADS)
        frame.press("#coach-question", "Enter")
        expect(frame.locator("#coach-current .sentence")).to_have_count(1)
        frame.fill("#coach-question", "typed meanwhile")
    with running(StandIn(), port=int(base.rstrip("/").rpartition(":")[2]), config=config):
        expect(frame.locator(".notice[data-lost]")).to_be_visible(timeout=10_000)
        assert frame.locator("#coach-past .sentence").count() == 3
        assert frame.locator("#coach-current .sentence").count() == 1
        frame.get_by_role("button", name="Reload to go on").click()
        frame.wait_for_selector("html[data-ready] .welcome")
        expect(frame.locator("#coach-question")).to_have_value("typed meanwhile")
        ask(frame, LEADS)


# ---- what the page does with it


def test_two_embeds_stand_side_by_side_and_the_same_line_twice_is_one(call: Visit, careers: Careers):
    first, second = line(careers.base), line(careers.base, "other", position="left", title="Growing here", label_open="Grow here")
    page = call(careers_page(first + second + first))
    expect(page.locator(LAUNCHER)).to_have_count(2)
    page.evaluate("CareerCoach.open('other')")
    expect(panel(page, "Growing here")).to_be_visible()
    expect(panel(page)).to_be_hidden()
    box = panel(page, "Growing here").bounding_box()
    assert box and box["x"] == 20
    frame = chat(page, f"{LAUNCHER}[data-embed=other]")
    expect(frame.get_by_role("heading", level=2)).to_have_text("Which way up?")
    expect(frame.locator(".chip")).to_have_text(["How do I grow?", "Compare the two"])
    assert frame.title() == "Growing here"
    page.evaluate("CareerCoach.open()")
    expect(panel(page)).to_be_visible()
    page.evaluate("CareerCoach.close()")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.evaluate("CareerCoach.destroy()")
    page.wait_for_timeout(100)
    assert page.locator(LAUNCHER).count() == 0
    page.keyboard.press("Escape")
    page.evaluate("""() => {
        const again = document.createElement("script");
        for (const {name, value} of document.querySelector("script").attributes) again.setAttribute(name, value);
        document.body.append(again);
    }""")
    expect(page.locator(LAUNCHER)).to_have_count(1)


def test_owners_cannot_break_the_functions_by_accident(call: Visit):
    page = call()
    page.evaluate("() => { try { CareerCoach.open = null; delete CareerCoach.close; } catch {} }")
    page.evaluate("CareerCoach.open()")
    expect(panel(page)).to_be_visible()
    page.evaluate("CareerCoach.close()")
    expect(panel(page)).to_be_hidden()
    assert page.evaluate("[CareerCoach.version, Object.isFrozen(CareerCoach)]") == [1, True]


def test_button_outlives_a_page_that_changes_its_body(call: Visit):
    page = call()
    opened(page)
    page.evaluate("""() => {
        const next = document.createElement("body");
        next.append(Object.assign(document.createElement("h1"), {textContent: "Next page"}));
        document.body.replaceWith(next);
    }""")
    expect(button(page)).to_be_visible()
    page.evaluate("document.body.replaceChildren(document.createElement('main'))")
    expect(button(page)).to_be_visible()
    page.evaluate("document.querySelector('career-coach').remove()")
    expect(button(page)).to_be_visible()
    expect(page.locator(LAUNCHER)).to_have_count(1)
    ask(opened(page), LEADS)
    page.keyboard.press("Escape")
    expect(panel(page)).to_be_hidden()


def test_single_page_site_takes_an_inline_coach_out_and_puts_it_in_again(call: Visit, careers: Careers):
    page = call(
        careers_page(main=f'<{INLINE} data-embed="careers"></{INLINE}>', end=line(careers.base).replace("data-embed", "data-no"))
    )
    chat(page, INLINE)
    page.evaluate("() => { window.kept = document.querySelector('career-coach-inline'); kept.remove(); }")
    page.evaluate("document.querySelector('main').append(kept)")
    ask(chat(page, INLINE), LEADS)
    assert page.locator(f"{INLINE} iframe").count() == 1
    assert page.locator(f"{INLINE} .panel").count() == 1


# ---- messages


def test_only_the_coach_in_its_own_frame_is_listened_to(call: Visit, careers: Careers):
    page = call(
        careers_page(
            line(careers.base), main=f'<{INLINE} data-embed="other"></{INLINE}><iframe srcdoc="x" id="foreign"></iframe>'
        )
    )
    frame = opened(page)
    other = chat(page, INLINE)
    close = '{v: 1, type: "coach:close"}'
    page.evaluate("""() => {
        window.heard = [];
        addEventListener("message", event => event.data?.test && heard.push(event.data.test));
    }""")
    page.evaluate(f"postMessage({close}, '*')")
    foreign = next(one for one in page.frames if one.url == "about:srcdoc")
    foreign.evaluate(f"parent.postMessage({close}, '*')")
    other.evaluate(f"origin => parent.postMessage({close}, origin)", careers.host.origin)
    for wrong in (
        '{v: 2, type: "coach:close"}',
        '{type: "coach:close"}',
        '{v: 1, type: "close"}',
        '"coach:close"',
        "null",
        "{v: 1}",
    ):
        frame.evaluate(f"origin => parent.postMessage({wrong}, origin)", careers.host.origin)
    for one in (page, foreign, other, frame):
        one.evaluate("parent.postMessage({test: location.href}, '*')")
    page.wait_for_function("heard.length === 4")
    expect(panel(page)).to_be_visible()
    frame.evaluate(f"origin => parent.postMessage({close}, origin)", careers.host.origin)
    expect(panel(page)).to_be_hidden()


def test_frame_listens_to_the_page_around_it_only(call: Visit, careers: Careers):
    page = call(careers_page(line(careers.base), main='<iframe srcdoc="x"></iframe>'))
    frame = opened(page)
    wait_for_focus(page, "coach-question")
    frame.evaluate("""() => {
        document.activeElement.blur();
        window.heard = 0;
        addEventListener("message", () => heard++);
    }""")
    post = (
        "data => document.querySelector('career-coach').shadowRoot.querySelector('iframe').contentWindow.postMessage(data, '*')"
    )
    for wrong in (
        {"v": 2, "type": "coach:focus"},
        {"type": "coach:focus"},
        {"v": 1, "type": "focus"},
        {"v": 1},
        "coach:focus",
        None,
    ):
        page.evaluate(post, wrong)
    sibling = next(one for one in page.frames if one.url == "about:srcdoc")
    sibling.evaluate(
        "parent.document.querySelector('career-coach').shadowRoot.querySelector('iframe').contentWindow.postMessage({v: 1, type: 'coach:focus'}, '*')"
    )
    frame.evaluate("postMessage({v: 1, type: 'coach:focus'}, '*')")
    frame.wait_for_function("heard === 8")
    assert frame.evaluate("document.activeElement === document.body")
    page.evaluate(post, {"v": 1, "type": "coach:focus"})
    frame.wait_for_function("document.activeElement.id === 'coach-question'")


# ---- what the owner says


def test_role_and_labels_come_from_the_line(call: Visit, careers: Careers):
    settings = {
        "role": "vp-of-product",
        "label_open": "Talk to us",
        "label_close": "Shut",
        "greeting": "Curious?",
        "title": "Our coach",
        "color": "#803010",
    }
    page = call(careers_page(line(careers.base, **settings)))
    expect(page.get_by_text("Curious?")).to_be_visible()
    name = page.get_by_role("button", name="Talk to us")
    expect(name).to_have_css("background-color", "rgb(128, 48, 16)")
    page.get_by_text("Curious?").click()
    expect(page.get_by_text("Curious?")).to_have_count(0)
    frame = chat(page)
    expect(frame.locator(".chip")).to_have_text([LEADS])
    expect(panel(page, "Our coach")).to_contain_text("Our coach")
    page.get_by_role("button", name="Shut").click()
    expect(panel(page, "Our coach")).to_be_hidden()


def test_demonstration_page_shows_the_coach_on_its_own_site(call: Visit, careers: Careers):
    page = call()
    page.goto(careers.base + "demo")
    frame = opened(page)
    expect(frame.locator(".chip")).to_have_text([LEADS])
    wait_for_focus(page, "coach-question")
    ask(frame, LEADS)
    page.keyboard.press("Escape")
    expect(panel(page)).to_be_hidden()


def test_coach_out_of_reach_is_a_plain_sentence_with_a_link_and_can_be_tried_again(call: Visit, careers: Careers):
    config = WebConfig(embeds=Embeds({"careers": Embed("careers", (careers.host.origin,))}))
    with running(StandIn(), config=config) as base:
        page = call(careers_page(), alone=True, expected="ERR_CONNECTION_REFUSED")
        page.clock.install()
        careers.host.pages["/"] = careers_page(line(base))
        page.reload()
        expect(button(page)).to_be_visible()
    button(page).click()
    expect(page.get_by_text("Opening the career coach")).to_be_visible()
    page.clock.fast_forward(LATE)
    late = page.get_by_role("status")
    expect(late).to_contain_text("The coach cannot open here: it is out of reach, or this site is not on its list.")
    assert late.get_by_role("link", name="Open the full page").get_attribute("href") == base
    page.keyboard.press("Escape")
    expect(panel(page)).to_be_hidden()
    with running(StandIn(), port=int(base.rstrip("/").rpartition(":")[2]), config=config):
        ask(opened(page), LEADS)
        expect(late).to_have_count(0)
        assert page.locator(f"{LAUNCHER} iframe").count() == 1


# ---- for everybody


def test_axe_finds_nothing_in_any_state(call: Visit, careers: Careers):
    page = call(color_scheme="light")
    found = violations(page, "closed")
    frame = opened(page)
    found += violations(page, "open") + violations(frame, "empty")
    for state, question in {"refused": "How is the weather?", "answered": LEADS}.items():
        ask(frame, question)
        found += violations(frame, state)
    frame.locator("#coach-current .cite").first.click()
    found += violations(frame, "source open")
    page.emulate_media(color_scheme="dark")
    frame.wait_for_selector("html[data-theme=dark]")
    found += violations(frame, "source open, dark")
    frame.locator("#coach-source").press("Escape")
    found += violations(frame, "answered, dark") + violations(page, "open, dark")
    page.emulate_media(color_scheme="light")
    assert found == []


def test_axe_finds_nothing_inline_and_on_a_phone(call: Visit, careers: Careers):
    page = call(
        careers_page(line(careers.base).replace("data-embed", "data-no"), main=f'<{INLINE} data-embed="other"></{INLINE}>')
    )
    frame = chat(page, INLINE)
    assert violations(page, "inline") + violations(frame, "inline, inside") == []
    phone = call(**PHONE)
    found = violations(phone, "closed")
    frame = opened(phone)
    ask(frame, LEADS)
    assert found + violations(phone, "open") + violations(frame, "answered") == []


def test_keyboard_walks_from_the_page_through_the_coach_and_out(call: Visit):
    page = call()
    page.focus("#own")
    assert step(page, "Tab") == "Ask the career coach"
    page.keyboard.press("Enter")
    frame = chat(page)
    wait_for_focus(page, "coach-question")
    ask(frame, LEADS)
    back = []
    while len(back) < 30 and "Close" not in back:
        back.append(step(page, "Shift+Tab"))
    sources = [f"Source {n}: {LEADS}" for n in (3, 2, 1)]
    tools = ["New conversation", "Download", "Close"]
    assert back[:2] == [LEADS, "How do I grow into the role?"]
    assert back[-7:] == ["3 sources", *sources, *tools]
    assert step(page, "Shift+Tab") == "Open the full page"
    assert step(page, "Shift+Tab") == "own"
    walk = [step(page, "Tab")]
    while len(walk) < 30 and walk[-1] != "Send":
        walk.append(step(page, "Tab"))
    assert walk[:4] == ["Open the full page", "Close", "Download", "New conversation"] and walk[-2:] == ["coach-question", "Send"]
    assert step(page, "Tab") in ("nothing", "Jobs")


def test_screen_reader_meets_header_log_and_composer(call: Visit):
    page = call()
    frame = opened(page)
    ask(frame, LEADS)
    expect(page.get_by_role("dialog")).to_match_aria_snapshot("""
        - dialog "Career coach":
          - text: Career coach
          - link "Open the full page"
          - button "Close"
          - iframe
    """)
    expect(frame.locator("body")).to_match_aria_snapshot("""
        - main:
          - heading "Career coach" [level=1]
          - button "Download"
          - button "New conversation"
          - article:
            - 'heading "You asked: Who does a VP of Product lead?" [level=2]'
            - paragraph:
              - text: A VP of Product leads the product organisation and usually reports to the CEO.
              - 'button "Source 1: Who does a VP of Product lead?"'
          - text: Your question
          - textbox "Your question"
          - button "Send"
          - paragraph: An AI assistant. It answers only from its library and shows the words behind every sentence. Nothing you write is stored.
    """)
