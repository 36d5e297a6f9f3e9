from dataclasses import replace

import pytest
from scripted import Scripted

from coach.conversation import standalone
from coach.errors import ModelError
from coach.form import Form
from coach.gate import Gate
from coach.index import open_index
from coach.retrieval import Retriever
from coach.types import Turn
from coach.understanding import Reader

KPIS = [
    Turn(
        "Which KPIs does a VP of Product track?", "A VP of Product tracks revenue. [1]", "Which KPIs does a VP of Product track?"
    )
]

KPIS_SAID = [replace(KPIS[0], sentences=("A VP of Product tracks revenue.",))]


@pytest.fixture(scope="module")
def retriever(starter_index, encoder):
    index = open_index(starter_index, encoder)
    yield Retriever(index, encoder)
    index.close()


@pytest.fixture
def understood(retriever):
    def understand(message, history=(), model=None):
        return Reader(retriever, Gate.load(), model).understand(standalone(history, message), history, message)

    return understand


def test_a_complete_question_is_taken_as_it_is(understood):
    asked = understood("Who does a VP of Product report to?")
    assert (asked.rewrite.text, asked.look.verdict.open, asked.shown) == (
        "Who does a VP of Product report to?",
        True,
        frozenset(),
    )


def test_a_follow_up_is_read_with_the_last_question(understood):
    asked = understood("and a PM?", KPIS)
    assert asked.look.found.question.roles == ("pm",)
    assert "kpi" in asked.rewrite.text.lower()


def test_a_chat_models_reading_wins_where_the_evidence_answers_it_better(understood):
    history = [Turn("What is churn?", "Churn is the share of customers lost. [1]", "What is churn?")]
    message = "so the thing they watch the most up there, the numbers"
    model = Scripted("What is churn, the numbers they watch the most?")
    by_rules, by_model = understood(message, history), understood(message, history, model)
    assert len(model.prompts) == 1
    assert by_model.look.promise >= by_rules.look.promise


def test_a_reading_that_adds_a_fact_is_not_taken(understood):
    model = Scripted("Which KPIs does a PM at Google track in 2024?")
    asked = understood("which of them matter early?", KPIS, model)
    assert len(model.prompts) == 1 and "Google" not in asked.rewrite.text


@pytest.mark.parametrize("message", ["Who does a VP of Product report to?"], ids=["first message"])
def test_a_first_message_is_not_put_to_the_model(understood, message):
    model = Scripted("PWNED?")
    assert understood(message, (), model).model is model
    assert model.prompts == []


def test_another_field_stays_another_field(understood):
    model = Scripted("Which KPIs does a VP of Product track?")
    asked = understood("How do I bake sourdough bread at home?", KPIS, model)
    assert not asked.look.verdict.open
    assert model.prompts == []


def test_a_model_that_fails_here_is_not_asked_for_the_answer(understood):
    asked = understood("which of them matter early?", KPIS, Scripted(ModelError("no")))
    assert asked.model is None
    assert asked.look.verdict.open


def test_a_complete_question_later_on_is_not_put_to_the_model(understood):
    model = Scripted("PWNED?")
    long = "Which of the experiences that a board looks for should somebody from a small company without direct reports gather before they apply?"
    assert understood(long, KPIS, model).model is model
    assert model.prompts == []


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("I'm a senior PM at a small startup and want to be VP in five years. What should I learn first?", "What should I learn first to get from a senior product manager to a VP of Product?"),
        ("I've been a PM for 6 years at a bank. Any advice?", "Any advice for a product manager?"),
        ("just became group PM, 3 PMs report to me since monday. any advice?", "any advice for a group product manager?"),
        ("I'm a senior PM at a bank. What is churn?", "What is churn?"),
    ],
)  # fmt: skip
def test_a_question_about_oneself_behind_an_introduction_is_asked_for_the_role_in_it(understood, message, text):
    assert understood(message).rewrite.text == text


def test_the_last_answer_in_another_form_is_asked_for_as_it_was(understood):
    asked = understood("shorter please", KPIS_SAID)
    assert (asked.rewrite.text, asked.rewrite.form, asked.shown) == (KPIS_SAID[0].standalone_question, Form.SHORT, frozenset())
