"""What a visitor sees and does on the chat page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from browser.conftest import PHONE, Visit, ask, finished, newest
from browser.server import running
from browser.standin import StandIn

LEADS = "Who does a VP of Product lead?"


def answer(page: Page) -> str:
    return page.inner_text("#coach-current .answer")


def test_empty_page_says_what_it_is_and_offers_questions(visit: Visit):
    page = visit()
    expect(page.get_by_role("heading", level=1)).to_have_text("Career coach")
    expect(page).to_have_title("Career coach")
    about = page.inner_text("#coach-about")
    assert "AI assistant" in about and "answers only from its library" in about and "Nothing you write is stored" in about
    assert page.locator(".chip").all_inner_texts() == list(StandIn().examples)
    expect(page.get_by_role("button", name="Download")).to_be_hidden()


def test_example_question_asks_itself(visit: Visit):
    page = visit()
    page.get_by_role("button", name=LEADS).click()
    finished(page, "")
    assert page.inner_text("#coach-current .question").endswith(LEADS)
    assert "leads the product organisation" in answer(page)


def test_answer_streams_sentence_by_sentence(visit: Visit):
    page = visit()
    page.evaluate("""() => {
        window.counts = [];
        new MutationObserver(() => {
            const count = document.querySelectorAll("#coach-current .sentence").length;
            if (window.counts.at(-1) !== count) window.counts.push(count);
        }).observe(document.querySelector("#coach-log"), {childList: true, subtree: true});
    }""")
    ask(page, LEADS)
    assert [count for count in page.evaluate("window.counts") if count] == [1, 2, 3]


def test_citation_opens_the_source_with_the_quoted_words_marked(visit: Visit):
    page = visit()
    ask(page, LEADS)
    page.locator("#coach-current .cite").nth(1).click()
    panel = page.get_by_role("dialog")
    expect(panel).to_be_visible()
    expect(panel.locator(".passage mark")).to_have_text(re.compile(r"^The VP hires directors .* board table\.$"))
    expect(panel).to_contain_text("A VP of Product leads the product organisation")
    expect(panel).to_contain_text("VP of Product vs. Product Manager, Brian de Haaff, 2020")
    link = panel.get_by_role("link")
    assert link.get_attribute("href") == "https://example.org/vp-of-product"
    assert link.get_attribute("rel") == "noopener noreferrer"
    # Beside the answer, not over it.
    words, aside = page.locator("#coach-current .answer").bounding_box(), panel.bounding_box()
    assert words and aside and words["x"] + words["width"] <= aside["x"]


def test_bold_words_inside_a_quote_stay_marked(visit: Visit):
    page = visit()
    ask(page, LEADS)
    page.locator("#coach-current .cite").nth(2).click()
    marks = page.locator(".panel .passage mark").all_inner_texts()
    assert "".join(marks) == "A VP of Product manages managers, not backlogs."


def test_panel_walks_through_the_sources_of_its_answer(visit: Visit):
    page = visit()
    ask(page, LEADS)
    page.locator("#coach-current .cite").first.click()
    panel = page.get_by_role("dialog")
    expect(panel.get_by_role("button", name="Previous")).to_be_disabled()
    panel.get_by_role("button", name="Next").click()
    expect(panel).to_contain_text("Source 2 of 3")
    panel.get_by_role("button", name="Close").click()
    expect(panel).to_be_hidden()


def test_list_of_sources_opens_the_same_panel(visit: Visit):
    page = visit()
    ask(page, "How do I grow?")
    page.get_by_text("3 sources", exact=True).click()
    page.locator(".source-row").nth(2).click()
    expect(page.get_by_role("dialog")).to_contain_text("The Product Ladder, Ana Ruiz, 2023")
    expect(page.get_by_role("dialog").get_by_role("link")).to_have_count(0)


def test_follow_up_chip_continues_the_conversation(visit: Visit, standin: StandIn):
    page = visit()
    ask(page, LEADS)
    page.locator("#coach-current .chip").first.click()
    finished(page, "1")
    question, history = standin.heard[-1]
    assert question == "How do I grow into the role?"
    assert [turn.question for turn in history] == [LEADS]
    assert page.locator("#coach-past .question").all_inner_texts()[0].endswith(LEADS)
    assert page.locator("#coach-past .chip").count() == 0
    assert page.locator("#coach-current ol.steps > li").count() == 3


@pytest.mark.parametrize(
    ("question", "eyebrow"),
    [("How is the weather?", "Outside what I can help with"), ("What salary will I get?", "My library does not cover this")],
    ids=["another field", "not covered"],
)
def test_refusal_offers_nearest_topics_that_can_be_asked(visit: Visit, question: str, eyebrow: str):
    page = visit()
    ask(page, question)
    expect(page.locator("#coach-current .refusal")).to_contain_text(eyebrow)
    assert page.locator("#coach-current .cite").count() == 0
    page.locator("#coach-current .chip").first.click()
    finished(page, "1")
    assert "leads the product organisation" in answer(page)


def test_care_is_a_calm_card_without_career_talk(visit: Visit):
    page = visit()
    ask(page, "I feel hopeless")
    card = page.locator("#coach-current .care")
    expect(card).to_contain_text("You do not have to carry it alone.")
    assert card.locator("li").count() == 2
    assert page.locator("#coach-current :is(.chip, .cite, [data-act=retry])").count() == 0


def test_comparison_is_a_table_with_the_roles_as_columns(visit: Visit):
    page = visit()
    ask(page, "Compare the two")
    table = page.get_by_role("table")
    assert table.get_by_role("columnheader").all_inner_texts() == ["Product manager", "VP of Product"]
    assert table.get_by_role("row").count() == 3


def test_comparison_is_stacked_on_a_phone_and_still_a_table(visit: Visit):
    page = visit(**PHONE)
    ask(page, "Compare the two")
    first, second = (page.locator("#coach-current td").nth(n).bounding_box() for n in (0, 1))
    assert first and second and second["y"] >= first["y"] + first["height"]
    assert page.get_by_role("table").get_by_role("cell").count() == 4


@pytest.mark.parametrize("width", [320, 360, 390, 768])
def test_narrow_page_never_scrolls_sideways(visit: Visit, width: int):
    page = visit(**{**PHONE, "viewport": {"width": width, "height": 740}})
    for question in (LEADS, "Compare the two", "What salary will I get?", "x" * 300):
        ask(page, question)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator("#coach-log .cite").first.click()
    box = page.locator(".panel").bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= width


def test_source_is_a_sheet_on_a_phone_that_shuts_off_what_it_covers(visit: Visit):
    page = visit(**PHONE)
    ask(page, LEADS)
    page.locator("#coach-current .cite").first.tap()
    panel = page.get_by_role("dialog")
    box = panel.bounding_box()
    assert box and box["y"] > 50 and abs(box["y"] + box["height"] - 844) < 2
    assert panel.get_attribute("aria-modal") == "true"
    assert page.locator("#coach-log").get_attribute("inert") is not None
    page.touchscreen.tap(195, 20)
    expect(panel).to_be_hidden()
    assert page.locator("#coach-log").get_attribute("inert") is None


def test_theme_follows_the_system_and_the_address(visit: Visit):
    colour = "getComputedStyle(document.body).backgroundColor"
    page = visit(color_scheme="dark")
    dark = page.evaluate(colour)
    page.emulate_media(color_scheme="light")
    page.wait_for_function(f"{colour} !== '{dark}'")
    light = page.evaluate(colour)
    page.emulate_media(color_scheme="dark")
    assert visit("?__theme=light", color_scheme="dark").evaluate(colour) == light
    assert visit("?__theme=dark", color_scheme="light").evaluate(colour) == dark


def test_pages_of_gradio_itself_do_not_open(visit: Visit):
    page = visit("?view=api&__theme=dark")
    assert page.url.endswith("?__theme=dark")
    assert page.locator(".api-docs").count() == 0


def test_everything_works_from_the_keyboard(visit: Visit):
    page = visit()
    expect(page.locator("#coach-question")).to_be_focused()
    page.keyboard.type("First line")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type(LEADS)
    assert page.input_value("#coach-question") == f"First line\n{LEADS}"
    page.keyboard.press("Enter")
    finished(page, "")
    expect(page.locator("#coach-question")).to_have_value("")
    expect(page.locator("#coach-question")).to_be_focused()
    for _ in range(40):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.matches('.cite')"):
            break
    marker = page.evaluate("document.activeElement.dataset.source")
    assert marker == "1-3"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.closest('.panel') !== null")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert page.evaluate("document.activeElement.dataset.source") == marker


def test_focus_is_always_visible(visit: Visit):
    page = visit()
    ask(page, LEADS)
    page.keyboard.press("Shift+Tab")
    unseen = []
    for _ in range(12):
        page.keyboard.press("Shift+Tab")
        style = page.evaluate(
            "(({outlineStyle, outlineWidth}) => outlineStyle + outlineWidth)(getComputedStyle(document.activeElement))"
        )
        if style != "solid3px":
            unseen.append(page.evaluate("document.activeElement.outerHTML.slice(0, 80)"))
    # The box itself shows its focus on the frame around it.
    assert [html for html in unseen if "<body" not in html and "coach-question" not in html] == []
    page.focus("#coach-question")
    accent = page.evaluate("getComputedStyle(document.querySelector('.send')).backgroundColor")
    assert page.evaluate("getComputedStyle(document.querySelector('.composer')).borderColor") == accent


def test_screen_reader_hears_whole_sentences_once(visit: Visit):
    page = visit()
    ask(page, LEADS)
    live = page.locator("#coach-live")
    assert live.get_attribute("aria-live") == "polite"
    assert live.locator("p").all_inner_texts() == [
        "A VP of Product leads the product organisation and usually reports to the CEO.",
        "The VP hires directors and group product managers, sets the bar for the craft, and speaks for the product at the board table.",
        "A VP of Product manages managers, not backlogs.",
        "3 sources. 2 suggestions.",
    ]
    # Gradio's own status line stays silent.
    assert [text for text in page.locator("[aria-live]:not(#coach-live)").all_inner_texts() if text.strip()] == []


def test_empty_message_gets_a_kind_word(visit: Visit):
    page = visit()
    page.fill("#coach-question", "  \n ")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#coach-notice")).to_contain_text("There is no question yet.")
    assert newest(page) == ""


def test_message_that_is_too_long_stays_in_the_box(visit: Visit):
    page = visit()
    page.fill("#coach-question", "long " * 2_000)
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#coach-notice")).to_contain_text("9,999 characters, and I can read up to 2,000")
    assert page.input_value("#coach-question") == "long " * 2_000
    page.fill("#coach-question", LEADS)
    page.get_by_role("button", name="Send").click()
    finished(page, "")
    expect(page.locator("#coach-notice .notice")).to_have_count(0)


def test_control_characters_are_dropped(visit: Visit, standin: StandIn):
    page = visit()
    ask(page, "Who\u0007 leads\u202e the \U0001f469\u200d\U0001f4bb team?\u0000")
    assert standin.heard[-1][0] == "Who leads the \U0001f469\u200d\U0001f4bb team?"


def test_markup_in_a_question_stays_text(visit: Visit):
    page = visit()
    page.evaluate("window.hacked = 0")
    attack = (
        "<img src=x onerror='hacked=1'><script>hacked=1</script>${hacked=1}{{hacked}} ![x](https://evil.example/x.png) "
        '<a href="javascript:hacked=1">y</a> "onmouseover="hacked=1'
    )
    ask(page, attack)
    assert page.inner_text("#coach-current .question").endswith(attack)
    ask(page, "And next?")
    assert page.locator("#coach-log :is(img, script, .question a)").count() == 0
    assert page.evaluate("window.hacked") == 0


def test_injected_markup_could_not_run_anyway(chromium: Browser, address: str):
    page = chromium.new_page()
    page.goto(address)
    page.wait_for_selector("html[data-ready]")
    page.evaluate("""() => {
        window.hacked = 0;
        window.blocked = [];
        document.addEventListener("securitypolicyviolation", event => blocked.push(event.effectiveDirective));
        document.querySelector("#coach-past").insertAdjacentHTML("beforeend", "<b onclick='hacked=1' id=bait>x</b>");
        document.querySelector("#bait").click();
        document.body.append(Object.assign(document.createElement("script"), {textContent: "hacked=1"}));
        document.body.append(Object.assign(new Image(), {src: "https://evil.example/x.png"}));
        fetch("https://evil.example/").catch(() => {});
    }""")
    page.wait_for_function("blocked.length === 4")
    assert page.evaluate("hacked") == 0
    assert sorted(page.evaluate("blocked")) == ["connect-src", "img-src", "script-src-attr", "script-src-elem"]
    page.close()


def test_retry_asks_the_same_again_and_copy_and_download_carry_the_sources(visit: Visit, standin: StandIn):
    page = visit(permissions=["clipboard-read", "clipboard-write"], accept_downloads=True)
    ask(page, LEADS)
    ask(page, "How do I grow?")
    page.get_by_role("button", name="Try again").click()
    finished(page, "2")
    question, history = standin.heard[-1]
    assert (question, [turn.question for turn in history]) == ("How do I grow?", [LEADS])
    assert page.locator("#coach-past article").count() == 1

    page.locator("#coach-current").get_by_role("button", name="Copy").click()
    expect(page.locator("#coach-current").get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("## How do I grow?\n\n1. First, a product manager shows results across several teams. [1]")
    quoted = '- [1] "First, a product manager shows results across several teams." '
    assert quoted + "(What a VP of Product does; The Product Ladder, Ana Ruiz, 2023)" in copied

    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download").click()
    assert re.fullmatch(r"career-coach-\d{4}-\d\d-\d\d\.md", waiting.value.suggested_filename)
    text = Path(waiting.value.path()).read_text(encoding="utf-8")
    assert text.startswith("# Conversation with the career coach\n")
    assert text.index(f"## {LEADS}") < text.index("## How do I grow?")
    assert "<https://example.org/vp-of-product>" in text


def test_new_conversation_forgets_the_old_one(visit: Visit, standin: StandIn):
    page = visit()
    ask(page, LEADS)
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".welcome")).to_be_visible()
    assert page.locator("article").count() == 0
    expect(page.locator("#coach-question")).to_be_focused()
    ask(page, "And directors?")
    assert standin.heard[-1] == ("And directors?", ())


def test_failure_is_kind_and_the_conversation_goes_on(visit: Visit):
    page = visit()
    ask(page, LEADS)
    ask(page, "This breaks it")
    expect(page.locator("#coach-current .status")).to_contain_text("Something went wrong on my side")
    assert "secret detail" not in page.content()
    assert page.locator("#coach-past article").count() == 1
    ask(page, "How do I grow?")
    assert page.locator("#coach-current ol.steps > li").count() == 3


def test_stop_keeps_what_was_said(visit: Visit, standin: StandIn):
    page = visit()
    closed = standin.closed
    page.fill("#coach-question", "A slow one")
    page.keyboard.press("Enter")
    expect(page.locator("#coach-current .sentence")).to_have_count(1)
    page.fill("#coach-question", "typed meanwhile")
    page.keyboard.press("Enter")
    expect(page.locator("#coach-question")).to_have_value("typed meanwhile")
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#coach-current article")).to_have_attribute("data-status", "stopped")
    expect(page.locator("#coach-current .status")).to_contain_text("Stopped.")
    assert page.locator("#coach-current .sentence").count() == 1
    assert page.locator("#coach-current .cite").count() == 1
    expect(page.get_by_role("button", name="Send")).to_be_visible()
    page.wait_for_timeout(100)
    assert standin.closed >= closed


def test_leaving_the_page_ends_the_work(visit: Visit, standin: StandIn):
    page = visit()
    closed = standin.closed
    page.fill("#coach-question", "Another slow one")
    page.keyboard.press("Enter")
    expect(page.locator("#coach-current .sentence")).to_have_count(1)
    page.close()
    waiting = visit()
    for _ in range(150):
        if standin.closed > closed:
            break
        waiting.wait_for_timeout(100)
    assert standin.closed > closed


def test_same_notice_is_spoken_again(visit: Visit):
    page = visit()
    for count in (1, 2):
        page.get_by_role("button", name="Send").click()
        expect(page.locator("#coach-live p", has_text="There is no question yet.")).to_have_count(count)


def test_lost_connection_keeps_the_page_and_the_typed_text(chromium: Browser):
    page = chromium.new_page()
    with running(StandIn()) as base:
        page.goto(base)
        page.wait_for_selector("html[data-ready]")
        ask(page, LEADS)
        page.fill("#coach-question", "A slow one")
        page.keyboard.press("Enter")
        expect(page.locator("#coach-current .sentence")).to_have_count(1)
        page.fill("#coach-question", "typed meanwhile")
    expect(page.locator(".notice[data-lost]")).to_be_visible(timeout=10_000)
    expect(page.locator("#coach-live")).to_contain_text("The connection to the coach was lost.")
    page.get_by_role("button", name="Reload to go on").click()
    expect(page.locator("#coach-live")).to_contain_text("cannot be reached yet")
    assert page.locator("#coach-past .answer").count() == 1
    assert page.input_value("#coach-question") == "typed meanwhile"
    page.close()


def test_conversation_that_the_server_has_forgotten_stays_on_the_page(chromium: Browser):
    page = chromium.new_page()
    with running(StandIn()) as base:
        page.goto(base)
        page.wait_for_selector("html[data-ready]")
        ask(page, LEADS)
    with running(StandIn(), port=int(base.rstrip("/").rpartition(":")[2])):
        page.fill("#coach-question", "And directors?")
        page.keyboard.press("Enter")
        expect(page.locator("#coach-notice")).to_contain_text("no longer in my memory")
        assert page.input_value("#coach-question") == "And directors?"
        assert "leads the product organisation" in answer(page)
        page.get_by_role("button", name="New conversation").click()
        expect(page.locator(".welcome")).to_be_visible()
        page.keyboard.press("Enter")
        finished(page, "")
    page.close()


def test_page_works_when_storage_is_blocked(chromium: Browser, address: str):
    context = chromium.new_context()
    context.add_init_script("""
        for (const name of ["localStorage", "sessionStorage"])
            Object.defineProperty(window, name, {configurable: true, get() { throw new DOMException("no", "SecurityError"); }});
    """)
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector("html[data-ready]")
    ask(page, LEADS)
    assert "leads the product organisation" in answer(page)
    context.close()
