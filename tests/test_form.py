"""Which messages want the last answer in another form, and how short it then is."""

from __future__ import annotations

import pytest

from coach.form import Form, form_of, most_of
from coach.types import Turn


@pytest.mark.parametrize(
    ("message", "form"),
    [
        ("make it shorter", Form.SHORT),
        ("Too long, tl;dr?", Form.SHORT),
        ("can you sum that up?", Form.SHORT),
        ("that's way too much text", Form.SHORT),
        ("Say that in simpler words.", Form.SHORT),
        ("explain it like I'm a 12 year old", Form.SHORT),
        ("sorry my english is not so good. can you say it more simple please? short", Form.SHORT),
        ("Can you make it shorter and take out anything that sounds like jargon?", Form.SHORT),
        ("put it into a list", Form.LIST),
        ("As bullet points please", Form.LIST),
        ("Can I have that as a table?", Form.LIST),
    ],
)
def test_a_message_about_the_form_alone_is_told_from_a_question(message: str, form: Form):
    assert form_of(message) is form


@pytest.mark.parametrize(
    "message",
    [
        "",
        "…",
        "List the KPIs of a PM",
        "give me more points",
        "the second point",
        "Is it a long way?",
        "Can you make that a plan?",
        "What is a line manager?",
        "I feel like I'm five steps behind everyone",
        "like i'm dying",
        "please just make it like I was nothing",
        "Too long. What does a PM do?",
        "That was short. I was passed over for promotion last week and do not know what to say to my boss.",
        "Explain like I'm a director who wants to quit",
    ],
)
def test_a_message_that_asks_something_is_no_matter_of_form(message: str):
    assert form_of(message) is None


@pytest.mark.parametrize(
    ("message", "said", "most"),
    [("shorter", 6, 2), ("shorter", 2, 1), ("shorter", 1, 1), ("in one sentence please", 6, 1), ("a short one", 6, 2)],
)
def test_a_short_answer_is_shorter_than_the_last_one(message: str, said: int, most: int):
    assert most_of(message, Turn("q", "a", "q", ("A.",) * said)) == most
