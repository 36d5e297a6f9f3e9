"""Nothing that comes from a corpus, a model or a visitor reaches the page as markup."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from coach.web.markup import blocks, clean, escape, link, linked, safe_url

HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "![x](https://evil.example/?d=1)",
    "[click](javascript:alert(1))",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    "<a href=javascript:alert(1)>x</a>",
    "<style>*{display:none}</style>",
    "**<b>bold</b>**",
    "- <iframe src=//evil.example></iframe>",
    "# <form action=//evil.example>",
    "&lt;script&gt;",
    "<!-- comment -->",
]


class Seen(HTMLParser):
    """Collects every tag with its attributes, and the text between them."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"A comment came through: {data}")

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("text", HOSTILE)
def test_blocks_hold_only_our_own_plain_tags(text: str):
    seen = Seen(blocks(text, [(0, len(text))]))
    assert {tag for tag, _ in seen.tags} <= {"p", "ul", "ol", "li", "br", "strong", "mark"}
    assert all(not attrs for _, attrs in seen.tags)


@pytest.mark.parametrize("text", HOSTILE)
def test_escaped_text_reads_as_it_was_and_fits_an_attribute(text: str):
    assert Seen(escape(text)).text == text
    [(tag, attrs)] = Seen(f'<p title="{escape(text)}">').tags
    assert (tag, attrs) == ("p", {"title": text})


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("a\x00b\x07c\x1b[31m", "abc[31m"),
        ("line\nline\tend\r", "line\nline\tend"),
        ("left\u202eright\u2066", "leftright"),
        ("lone \ud800 surrogate", "lone  surrogate"),
        ("\x85\x9f", ""),
        ("\U0001f469\u200d\U0001f4bb é 漢字", "\U0001f469\u200d\U0001f4bb é 漢字"),
    ],
    ids=["control", "line breaks", "direction", "surrogate", "c1", "joined and foreign"],
)
def test_clean_drops_what_cannot_be_seen(given: str, kept: str):
    assert clean(given) == kept
    escape(given).encode()


@pytest.mark.parametrize("url", ["https://example.org/a?b=1&c=2", "http://example.org"])
def test_web_addresses_become_links(url: str):
    [(tag, attrs)] = Seen(link(url, "Open <it>")).tags
    assert (tag, attrs["href"], attrs["rel"]) == ("a", url, "noopener noreferrer")


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "",
        "https://",
        "http://[",
        "file:///etc",
        "https://career-coach.example@evil.example/",
        "https://user:word@evil.example/",
    ],
)
def test_other_addresses_do_not(url: str):
    assert safe_url(url) == ""
    assert link(url, "Open <it>") == "Open &lt;it&gt;"


def test_addresses_in_our_own_words_can_be_followed():
    markup = linked(
        blocks("See findahelpline.com, or https://example.org/help?a=1&b=2. Write to me@example.org. Version 1.2 e.g. this.")
    )
    assert [attrs["href"] for tag, attrs in Seen(markup).tags if tag == "a"] == [
        "https://findahelpline.com",
        "https://example.org/help?a=1",
    ]
    assert Seen(markup).text.startswith("See findahelpline.com, or https://example.org/help?a=1&b=2.")


@pytest.mark.parametrize("text", HOSTILE)
def test_following_addresses_lets_no_markup_in(text: str):
    seen = Seen(linked(blocks(text)))
    assert {tag for tag, _ in seen.tags} <= {"p", "ul", "ol", "li", "br", "strong", "mark", "a"}
    assert all(set(attrs) == {"href", "target", "rel"} for tag, attrs in seen.tags if tag == "a")


@pytest.mark.parametrize(
    ("text", "markup"),
    [
        ("One.\nTwo.\n\nThree.", "<p>One.<br>Two.</p><p>Three.</p>"),
        (
            "Intro:\n- one\n- two\n\n1. first\n2) second",
            "<p>Intro:</p><ul><li>one</li><li>two</li></ul><ol><li>first</li><li>second</li></ol>",
        ),
        ("A **bold** word and `code`", "<p>A <strong>bold</strong> word and code</p>"),
        ("LTV = ARPA * margin / churn_rate", "<p>LTV = ARPA * margin / churn_rate</p>"),
        ("See [the page](other.md#x) now", "<p>See the page now</p>"),
        ("*quiet* words", "<p>quiet words</p>"),
        ("> said\n## Head", "<p>said<br>Head</p>"),
        ("", ""),
        (" \n\n ", ""),
    ],
    ids=["paragraphs", "lists", "bold", "formula", "link", "emphasis", "quote", "nothing", "blank"],
)
def test_blocks_rebuild_simple_markdown(text: str, markup: str):
    assert blocks(text) == markup


@pytest.mark.parametrize("quote", ["bold** word", "A **bold** word", "word.\n- item one", "A", "item & two"])
def test_marks_cover_exactly_the_quoted_characters(quote: str):
    text = "A **bold** word.\n- item one\n- item & two"
    start = text.index(quote)
    markup = blocks(text, [(start, start + len(quote))])
    inside = "".join(part.split("</mark>")[0] for part in markup.split("<mark>")[1:])
    assert Seen(inside).text == quote.replace("**", "").replace("\n- ", "")
