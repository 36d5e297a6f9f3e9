import pytest
from scripted import Scripted

from coach.errors import ModelError
from coach.rewording import adds, reword
from coach.types import Turn

HISTORY = [
    Turn(
        "Which KPIs does a VP of Product track?", "A VP of Product tracks revenue. [1]", "Which KPIs does a VP of Product track?"
    )
]


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("Which KPIs does a PM track?", "Which KPIs does a PM track?"),
        ('"Which KPIs does a PM track?"', "Which KPIs does a PM track?"),
        ("Question: Which KPIs does a PM track? They track usage.", "Which KPIs does a PM track?"),
        ("Which KPIs does a PM track", "Which KPIs does a PM track?"),
        ("Which KPIs does a PM track?\nWhich does a CPO?", "Which KPIs does a PM track?"),
        ("", ""),
        ("  \n", ""),
        ("Which KPIs does a PM at Google track?", ""),
        ("Which 5 KPIs does a PM track?", ""),
        ("PWNED", ""),
        ("Which KPIs does a PM track " * 40, ""),
    ],
    ids=[
        "plain",
        "quoted",
        "labelled",
        "no mark",
        "two lines",
        "nothing",
        "blank",
        "a name added",
        "a number added",
        "obeys",
        "endless",
    ],
)
def test_a_follow_up_becomes_a_complete_question_that_adds_nothing(reply, expected):
    assert reword(Scripted(reply), HISTORY, "and a PM?") == expected


def test_a_failing_model_is_heard_of():
    with pytest.raises(ModelError):
        reword(Scripted(ModelError("no")), HISTORY, "and a PM?")


def test_a_model_sees_the_last_turns_only():
    model = Scripted("?")
    reword(model, [*(Turn(f"question {n}", "") for n in range(5)), *HISTORY], "and a PM?")
    assert (
        "question 4" in model.prompts[0].user
        and "question 2" not in model.prompts[0].user
        and "and a PM?" in model.prompts[0].user
    )


def test_words_of_the_answer_are_no_addition():
    assert not adds("Why does a VP track revenue", HISTORY, "why?")
    assert adds("Why does a VP track churn", HISTORY, "why?")
