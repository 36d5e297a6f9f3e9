"""Answers become markup that says what they are: prose, steps, a comparison, a refusal, care."""

from __future__ import annotations

from dataclasses import replace

import pytest
from browser.standin import SOURCE, StandIn
from markdown_it import MarkdownIt
from payloads import PAYLOADS
from test_web_markup import HOSTILE, Seen

from coach.types import Answer, Citation, Layout, Outcome, Passage, Sentence
from coach.web.exchange import Exchange, Status, history, next_number, settled
from coach.web.export import exchange_markdown
from coach.web.furniture import notice, welcome
from coach.web.markup import safe_url
from coach.web.render import conversation_markup, exchange_markup
from coach.web.source import quoted_span, source_panel

COACH = StandIn()
TAGS = {
    "article",
    "h2",
    "h3",
    "div",
    "p",
    "span",
    "button",
    "ul",
    "ol",
    "li",
    "details",
    "summary",
    "footer",
    "mark",
    "pre",
    "br",
    "strong",
}
TAGS |= {"table", "thead", "tbody", "tr", "th", "td", "a"}


def exchange(question: str = "Who leads?", status: Status = Status.DONE, **changes: object) -> Exchange:
    return Exchange(7, question, replace(COACH.ask(question), **changes), status)  # type: ignore[arg-type]


def shown(question: str = "Who leads?", status: Status = Status.DONE, **changes: object) -> str:
    return exchange_markup(exchange(question, status, **changes), COACH.passage)


def hostile(text: str) -> Exchange:
    """An exchange in which every field that can hold text holds this one."""
    citation = Citation(1, text, text, text, text, text, text, text, 0, len(text))
    sentences = (Sentence(text, (1,), role="pm"), Sentence(text, (1,), role=text))
    answer = Answer(text, text, Outcome.ANSWERED, sentences, (citation,), (text,), (text,), Layout.COMPARISON, text)
    return Exchange(1, text, answer, Status.DONE)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_field_of_an_answer_can_bring_markup(text: str):
    def lookup(_: str) -> Passage:
        return Passage(text, text, text, text, text, 0, len(text))

    seen = Seen(exchange_markup(hostile(text), lookup))
    assert {tag for tag, _ in seen.tags} <= TAGS
    attributes = {name for _, attrs in seen.tags for name in attrs}
    assert not {
        name for name in attributes if name.startswith("on") or name in ("style", "src", "srcset", "action", "formaction", "ping")
    }
    assert not any(tag == "a" for tag, _ in seen.tags)


def test_each_sentence_is_followed_by_the_numbers_of_its_sources():
    seen = Seen(shown())
    markers = [attrs["data-source"] for _, attrs in seen.tags if attrs.get("class") == "cite"]
    assert markers == ["7-1", "7-2", "7-3"]
    assert "to the CEO.[1]" in seen.text
    assert {attrs["aria-label"] for _, attrs in seen.tags if attrs.get("class") == "cite"} >= {
        "Source 1: Who does a VP of Product lead?"
    }


def test_a_list_is_unordered():
    assert shown("How do I grow?", layout=Layout.LIST).count('<ul class="points"><li>') == 1


def test_steps_are_an_ordered_list():
    assert shown("How do I grow?").count('<ol class="steps"><li>') == 1


def test_comparison_needs_two_roles():
    assert "<table" in shown("Compare")
    one_sided = [s for s in COACH.ask("Compare").sentences if s.role == "pm"]
    assert "<table" not in shown("Compare", sentences=tuple(one_sided))


def test_comparison_keeps_common_sentences_outside_the_table_and_pads_the_shorter_column():
    pm, vp, more, _ = COACH.ask("Compare").sentences
    both = Sentence("Both roles share one goal.", (1,))
    markup = shown("Compare", sentences=(both, pm, vp, more, replace(both, text="Both report results.")))
    before, table, after = markup.partition("<table")[0], markup.partition("<table")[2], markup.partition("</table>")[2]
    assert "Both roles share one" in before and "Both report" in after
    assert table.count('<td role="cell"') == 4 and '<td role="cell" data-role="VP of Product"></td>' in table


def test_working_exchange_offers_nothing_yet():
    markup = shown(status=Status.WORKING)
    assert 'aria-busy="true"' in markup and "Reading the library" in markup
    assert not any(word in markup for word in ("<details", "Copy", "chip", "export"))


@pytest.mark.parametrize("status", [Status.FAILED, Status.STOPPED])
def test_unfinished_exchange_says_so_and_can_be_tried_again(status: Status):
    markup = shown(status=status)
    assert '<p class="status">' in markup and "Try again" in markup
    assert "(This answer was not finished.)" in markup


def test_failure_before_any_word_still_shows_the_question():
    markup = exchange_markup(Exchange(1, "Why?", None, Status.FAILED), COACH.passage)
    assert "Why?" in markup and "Try again" in markup and "Copy" not in markup


def test_earlier_exchanges_lose_their_chips_and_retry():
    markup = conversation_markup([exchange()], COACH.passage)
    assert "chip" not in markup and "Try again" not in markup and "Copy" in markup


@pytest.mark.parametrize("outcome", [Outcome.NO_EVIDENCE, Outcome.OUT_OF_SCOPE])
def test_refusal_is_a_card_with_topics_to_ask_about(outcome: Outcome):
    question = "salary?" if outcome is Outcome.NO_EVIDENCE else "weather?"
    markup = shown(question)
    assert "card refusal" in markup and markup.count('class="chip"') == 2


def test_care_has_no_retry():
    markup = shown("I feel hopeless")
    assert "card care" in markup and "Try again" not in markup


def test_greeting_is_plain_words_with_chips():
    markup = shown("hello")
    assert "card" not in markup and markup.count('class="chip"') == 3


def test_answer_without_sentences_or_words_shows_no_empty_box():
    assert 'class="answer' not in exchange_markup(Exchange(1, "q", Answer("q", "q", Outcome.GREETING)), COACH.passage)


def test_quote_is_found_by_its_place_and_failing_that_by_its_words():
    citation = COACH.ask("Who leads?").citations[1]
    passage = COACH.passage(citation.passage_id)
    start, end = quoted_span(citation, passage) or (0, 0)
    assert passage.text[start:end] == citation.quote
    assert quoted_span(replace(citation, start=0, end=5), passage) == (start, end)
    assert quoted_span(replace(citation, quote="never said"), passage) is None
    assert quoted_span(replace(citation, quote=""), passage) is None


def test_panel_without_its_passage_shows_the_quote_alone():
    citation = COACH.ask("Who leads?").citations[0]
    panel = source_panel(citation, None, 1)
    assert f"<mark>{citation.quote}</mark>" in panel and SOURCE.holder in panel
    assert "VP hires" not in panel


def test_passage_that_the_corpus_no_longer_has_is_no_error():
    answer = COACH.ask("Who leads?")
    gone = replace(answer, citations=tuple(replace(c, passage_id="gone") for c in answer.citations))
    assert "<mark>" in exchange_markup(Exchange(1, "q", gone, Status.DONE), COACH.passage)


def test_citation_number_that_does_not_exist_is_left_out():
    markup = shown(sentences=(Sentence("A claim.", (9,)),))
    assert "A claim." in markup and 'class="cite"' not in markup


def test_export_holds_question_answer_and_quoted_sources():
    text = exchange_markdown(exchange())
    assert text.startswith("## Who leads?\n\nA VP of Product leads the product organisation")
    assert '- [1] "A VP of Product leads' in text and text.count("<https://example.org/vp-of-product>") == 3


def test_export_of_a_comparison_says_whose_side_it_is_on():
    text = exchange_markdown(exchange("Compare"))
    assert "- Product manager: A product manager watches" in text and "- VP of Product: A VP of Product leads" in text


MARKDOWN = {
    **PAYLOADS,
    "rule": "---",
    "underlined": "x\n===\n\ny\n---",
    "quoted": "> x",
    "numbered": "1. x",
    "indented": "    x\n\n\tx",
    "listed": "+ x\n- x",
    "defined": "[r]: https://evil.example",
    "backslash": "x\\\n# x",
    "opened": "~~~\nx\n\n# x",
}
WORDS = {"text", "softbreak", "text_special"}
BLOCKS = {"heading", "paragraph", "bullet_list", "ordered_list", "list_item", "inline"}


@pytest.mark.parametrize("text", MARKDOWN.values(), ids=MARKDOWN)
def test_export_is_read_as_one_heading_and_plain_words(text: str):
    shown = hostile(text)
    assert shown.answer is not None
    for layout in Layout:
        read = (
            MarkdownIt("commonmark")
            .enable(["table", "strikethrough"])
            .parse(exchange_markdown(replace(shown, answer=replace(shown.answer, layout=layout))))
        )
        inside = [part for token in read for part in token.children or ()]
        links = [str(part.attrs["href"]) for part in inside if part.type == "link_open"]
        assert len(links) <= bool(safe_url(text)) and all(link.startswith("https://") for link in links)
        assert {part.type for part in inside} <= WORDS | ({"link_open", "link_close"} if links else set())
        assert {token.type.removesuffix("_open").removesuffix("_close") for token in read} <= BLOCKS
        assert sum(token.type == "heading_open" for token in read) == 1


def test_export_keeps_the_lists_of_the_coachs_own_words():
    assert "\n- Talk to a doctor" in exchange_markdown(exchange("I feel hopeless"))


def test_history_is_the_finished_turns_only():
    done, stopped = exchange("Who leads?"), exchange("How do I grow?", Status.STOPPED)
    assert [turn.question for turn in history((done, stopped, Exchange(9, "x")))] == ["Who leads?"]
    assert len(history((done,) * 50)) == 20


def test_half_finished_exchange_is_settled_and_numbers_grow():
    conversation = settled((exchange(), Exchange(8, "later")))
    assert [x.status for x in conversation] == [Status.DONE, Status.STOPPED]
    assert next_number(conversation) == 9 and next_number(()) == 1


def test_welcome_and_notice_escape_their_words():
    assert {tag for tag, _ in Seen(welcome(HOSTILE) + notice(HOSTILE[0], 1)).tags} <= {*TAGS, "section"}
