import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.reply import MAX_LENGTH, sentences_of, tidy


def read(text, size=0):
    """The sentences of a text that comes in pieces of a size, or in one."""
    pieces = [text[at : at + size] for at in range(0, len(text), size)] if size else [text]
    return list(filter(None, sentences_of(iter(pieces))))


def told(text, size=0):
    """The same, tidied: text and numbers."""
    return [tidy(s) for s in read(text, size)]


@pytest.mark.parametrize("size", [0, 1, 2, 3, 5, 7, 50])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A PM plans. A VP leads.", ["A PM plans.", "A VP leads."]),
        ("A PM plans! Does a VP lead? Yes… Then go.", ["A PM plans!", "Does a VP lead?", "Yes…", "Then go."]),
        ("A PM plans... A VP leads.", ["A PM plans...", "A VP leads."]),
        ("A PM plans [1]. A VP leads [2].", ["A PM plans [1].", "A VP leads [2]."]),
        ("A PM plans. [1] A VP leads. [2]", ["A PM plans. [1]", "A VP leads. [2]"]),
        ("A PM plans.[1] A VP leads.【2】", ["A PM plans.[1]", "A VP leads.【2】"]),
        ("- A PM plans [1]\n* A VP leads [2]\n", ["- A PM plans [1]", "* A VP leads [2]"]),
        ("1. A PM plans. [1]\n2. A VP leads. [2]", ["1. A PM plans. [1]", "2. A VP leads. [2]"]),
        ("**1. A PM plans.** A VP leads.", ["**1. A PM plans.**", "A VP leads."]),
        ("A PM plans.\r\n\r\nA VP leads.\r\n", ["A PM plans.", "A VP leads."]),
        ("A PM plans\nA VP leads\n", ["A PM plans", "A VP leads"]),
        ("A PM uses tools, e.g. a roadmap. A VP leads.", ["A PM uses tools, e.g. a roadmap.", "A VP leads."]),
        ("Dr. Smith ranks PM vs. VP in St. Louis. Done.", ["Dr. Smith ranks PM vs. VP in St. Louis.", "Done."]),
        ("The U.S. market is old, i.e. slow. Done.", ["The U.S. market is old, i.e. slow.", "Done."]),
        ("The U.S. [1] market is old. Done.", ["The U.S. [1] market is old.", "Done."]),
        ("A PM writes tickets etc.\nA VP leads.", ["A PM writes tickets etc.", "A VP leads."]),
        ("A PM plans 3.5 quarters. The total is 5. Done.", ["A PM plans 3.5 quarters.", "The total is 5.", "Done."]),
        ("A PM owns one thing: the roadmap. Done.", ["A PM owns one thing: the roadmap.", "Done."]),
        ("Two facts count [1]: a PM plans. Done.", ["Two facts count [1]: a PM plans.", "Done."]),
        ("Here is the short answer: A PM plans.", ["Here is the short answer:", "A PM plans."]),
        ("**Here is the short answer:** A PM plans.", ["**Here is the short answer:**", "A PM plans."]),
        ("- In short: A PM plans.", ["- In short:", "A PM plans."]),
        ('He says "A PM plans." Then he goes.', ['He says "A PM plans."', "Then he goes."]),
        ("He says “A PM plans.” (So he goes.) Done.", ["He says “A PM plans.”", "(So he goes.)", "Done."]),
        ("A PM plans. *A VP leads.*", ["A PM plans.", "*A VP leads.*"]),
        ("A PM plans. A VP lea", ["A PM plans."]),
        ("A PM plans", []),
        ("Here is the answer:", []),
        ("", []),
        (" \n\t \n  ", []),
    ],
    ids=[
        "two",
        "other marks",
        "dots",
        "citation before the stop",
        "citation after the stop",
        "citation at the stop",
        "bullets",
        "numbering",
        "numbering in bold",
        "line ends",
        "lines without an end",
        "e.g.",
        "Dr. and vs.",
        "U.S.",
        "U.S. with a citation",
        "abbreviation at a line's end",
        "decimals",
        "colon inside",
        "colon after a citation",
        "joining line",
        "joining line in bold",
        "joining line in a list",
        "quotes",
        "curly quotes and brackets",
        "emphasis at the end",
        "broken off",
        "never ended",
        "a line that leads to nothing",
        "nothing",
        "only whitespace",
    ],
)
def test_a_text_is_cut_into_its_sentences_whatever_its_pieces(text, size, expected):
    assert read(text, size) == expected


WORDS = st.lists(
    st.sampled_from("a PM plans the roadmap, VP 3.5 teams e.g. Dr. quarter *well* (2026) one: that's".split()),
    min_size=2,
    max_size=9,
).map(" ".join)
CITED = st.lists(st.integers(1, 12), max_size=3).map(lambda ns: "".join(f"[{n}]" for n in ns))
ENDED = st.builds(
    lambda words, end, cited, before: (
        f"A {words} now{' ' + cited if before and cited else ''}{end}{'' if before else ' ' + cited}".strip()
    ),
    WORDS,
    st.sampled_from(".!?…"),
    CITED,
    st.booleans(),
)
TEXTS = st.lists(st.tuples(st.sampled_from(["", "- ", "2. ", "Here is the answer: "]), ENDED), min_size=1, max_size=5).map(
    lambda found: "\n".join(lead + sentence for lead, sentence in found)
) | st.lists(ENDED, min_size=1, max_size=5).map(" ".join)


@settings(max_examples=100, deadline=None)
@given(TEXTS, st.data())
def test_the_sentences_are_the_same_for_any_pieces_and_only_citations_in_a_row_may_slip_to_the_next(text, data):
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=len(text))))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    whole, cut = told(text), [tidy(s) for s in sentences_of(iter(pieces)) if s]
    assert [t for t, _ in cut if t] == [t for t, _ in whole if t]
    assert (
        {n for _, ns in cut for n in ns} == {n for _, ns in whole for n in ns} == {int(n) for n in re.findall(r"\[(\d+)\]", text)}
    )
    if "][" not in text:
        assert cut == whole


@settings(max_examples=100, deadline=None)
@given(st.text("AP m.!?:\n[]1 【】\"'()*-…", max_size=80), st.integers(1, 9))
def test_any_text_gives_trimmed_sentences_that_are_part_of_it(text, size):
    for sentence in read(text, size):
        assert sentence
        assert sentence == sentence.strip()
        assert sentence in text
        assert "\n" not in sentence.rstrip() or "\n" in text


def test_a_sentence_comes_before_the_next_one_is_written():
    asked = []

    def pieces():
        for piece in ("A PM plans", ". A", " VP leads [1].", " And so", " on."):
            asked.append(piece)
            yield piece

    sentences = sentences_of(pieces())
    assert next(sentences) == "A PM plans."
    assert asked == ["A PM plans", ". A"]
    assert next(sentences) == "A VP leads [1]."  # it cites, so it is over
    assert asked[-1] == " VP leads [1]."
    assert list(sentences) == ["And so on."]


@pytest.mark.parametrize("size", [0, 1, 37, 1000])
def test_a_text_without_an_end_is_not_read_on(size):
    endless = "word " * 1000
    assert read(endless, size) == []
    assert read(f"A PM plans. {endless}. A VP leads.", size) == ["A PM plans."]
    assert read("it: " * 3000, size) == []


def test_of_a_model_that_never_stops_no_more_is_taken_than_one_sentence_may_hold():
    taken = []

    def endless():
        while True:
            taken.append("word ")
            yield taken[-1]

    assert list(sentences_of(endless())) == []
    assert sum(map(len, taken)) <= MAX_LENGTH + len("word ")


@pytest.mark.parametrize("size", [0, 1, 13])
def test_the_longest_sentence_is_the_same_for_any_pieces(size):
    fits, too_long = "a" * (MAX_LENGTH - 3), "a" * MAX_LENGTH
    assert read(f"{fits}. B. C d.", size) == [f"{fits}.", "B. C d."]
    assert read(f"{too_long}. B c.", size) == []


@pytest.mark.parametrize(
    ("sentence", "text", "numbers"),
    [
        ("A PM plans [2].", "A PM plans.", (2,)),
        ("A PM plans. [2]", "A PM plans.", (2,)),
        ("A PM plans.【2】", "A PM plans.", (2,)),
        ("A PM plans [1, 3].", "A PM plans.", (1, 3)),
        ("A PM plans [1; 3].", "A PM plans.", (1, 3)),
        ("A PM plans [2-4].", "A PM plans.", (2, 3, 4)),
        ("A PM plans [2–4].", "A PM plans.", (2, 3, 4)),
        ("A PM plans [4-2].", "A PM plans.", ()),
        ("A PM plans [1][2][1].", "A PM plans.", (1, 2)),
        ("A PM plans [1], [2] and [3].", "A PM plans.", (1, 2, 3)),
        ("A PM [1] plans, and a VP leads [2].", "A PM plans, and a VP leads.", (1, 2)),
        ("A PM plans (2).", "A PM plans.", (2,)),
        ("A PM plans (statements 2 and 3).", "A PM plans.", (2, 3)),
        ("A PM plans [Statement 2].", "A PM plans.", (2,)),
        ("A PM plans, says Ana Ruiz (2026).", "A PM plans, says Ana Ruiz (2026).", ()),
        ("A PM plans [2026].", "A PM plans [2026].", ()),
        ("A PM plans (undated).", "A PM plans (undated).", ()),
        ("A PM plans (3.5 days).", "A PM plans (3.5 days).", ()),
        ("- A PM plans.", "A PM plans.", ()),
        ("• A PM plans.", "A PM plans.", ()),
        ("– A PM plans.", "A PM plans.", ()),
        ("> ## 1) A PM plans.", "A PM plans.", ()),
        ("12. A PM plans.", "A PM plans.", ()),
        ("3.5 days are planned.", "3.5 days are planned.", ()),
        ("**1. A PM** plans.", "A PM plans.", ()),
        ("3.", "", ()),
        ("**A PM** _plans_ `well`, *always* and __now__.", "A PM plans well, always and now.", ()),
        ("The field user_name is 2*3 long.", "The field user_name is 2*3 long.", ()),
        ("Yes, a PM plans.", "A PM plans.", ()),
        ("No. a PM plans.", "A PM plans.", ()),
        ("Yes, partly: a PM plans.", "A PM plans.", ()),
        ("So, in short, a PM plans.", "A PM plans.", ()),
        ("However, a PM plans.", "A PM plans.", ()),
        ("So a PM plans.", "So a PM plans.", ()),
        ("Not all PMs plan.", "Not all PMs plan.", ()),
        ("No PM plans alone.", "No PM plans alone.", ()),
        ("In short:", "In short:", ()),
        ("a  PM\tplans .", "A PM plans.", ()),
        ("[1]", "", (1,)),
        ("", "", ()),
    ],
)
def test_a_sentence_is_freed_of_marks_and_its_citations_are_read(sentence, text, numbers):
    assert tidy(sentence) == (text, numbers)


@settings(max_examples=100, deadline=None)
@given(ENDED)
def test_what_is_tidy_stays_as_it_is(sentence):
    text, _ = tidy(sentence)
    assert tidy(text) == (text, ())
