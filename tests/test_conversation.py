import pytest

from coach.conversation import small_talk, standalone
from coach.types import Turn

METRICS = Turn(
    "Which metrics does a VP track?",
    "A VP of Product tracks revenue. A VP of Product tracks market position.",
    "Which metrics does a VP of Product track?",
    ("A VP of Product tracks revenue.", "A VP of Product tracks market position."),
    "What does a VP of Product measure?",
)
SKILLS = Turn(
    "Which skills does a PM need?",
    "A PM needs empathy.",
    "Which skills does a PM need?",
    ("A PM needs empathy.",),
    "Does a PM manage people?",
)
COMPARED = Turn(
    "How do a PM and a VP differ in vision?", "...", "How do a PM and a VP differ in vision?", ("A PM plans.", "A VP leads.")
)
ROLELESS = Turn(
    "What is a conversion rate?", "...", "What is a conversion rate?", ("A conversion rate is a share.",), "What is churn?"
)


@pytest.mark.parametrize(
    ("turn", "message", "holds", "lacks"),
    [
        (METRICS, "and directors?", ["metrics", "director of product"], ["VP"]),
        (METRICS, "what about a CPO", ["metrics", "chief product officer"], ["VP"]),
        (METRICS, "PM?", ["metrics", "product manager"], ["VP"]),
        (METRICS, "what about hiring?", ["hiring", "VP of Product"], ["metrics"]),
        (METRICS, "same for skills please", ["skills", "VP of Product"], ["metrics", "please"]),
        (COMPARED, "same for skills please", ["skills", "product manager", "VP of Product"], ["vision"]),
        (METRICS, "how come?", ["Why", "metrics", "VP"], []),
        (METRICS, "why?", ["Why", "metrics", "VP"], []),
        (METRICS, "tell me more", ["metrics", "VP"], []),
        (METRICS, "say more about the second point", ["market position"], ["revenue"]),
        (METRICS, "what do you mean by the last one?", ["market position"], ["revenue"]),
        (METRICS, "the other one?", ["metrics", "product manager"], ["VP"]),
        (METRICS, "no, I meant a director", ["metrics", "director of product"], ["VP"]),
        (METRICS, "sorry, I mean PMs not VPs", ["metrics", "product manager"], ["VP"]),
        (METRICS, "how do they measure success?", ["VPs of Product", "measure success"], ["they"]),
        (SKILLS, "what is their boss called?", ["product manager"], ["their"]),
        (SKILLS, "and in a startup?", ["startup", "product manager"], []),
        (ROLELESS, "and for a startup?", ["startup", "conversion rate"], []),
        (ROLELESS, "why does it matter?", ["conversion rate", "matter"], []),
    ],
    ids=lambda v: v if isinstance(v, str) else None,
)
def test_a_follow_up_becomes_a_complete_question(turn, message, holds, lacks):
    text = standalone([turn], message).text
    assert [w for w in holds if w.lower() not in text.lower()] == [], text
    assert [w for w in lacks if w.lower() in text.lower()] == [], text


@pytest.mark.parametrize("message", ["yes", "Yes please!", "sure", "yeah go ahead", "ok, yes"])
def test_a_yes_accepts_the_offer(message):
    assert standalone([METRICS], message).text == METRICS.offer


def test_a_yes_without_an_offer_asks_for_more():
    rewrite = standalone([COMPARED], "yes")
    assert rewrite.more
    assert rewrite.text == COMPARED.standalone_question


@pytest.mark.parametrize("message", ["how come?", "tell me more", "say more about the second point", "elaborate please"])
def test_asking_for_more_is_marked(message):
    assert standalone([METRICS], message).more


@pytest.mark.parametrize(
    "message",
    [
        "Who does a product manager report to?",
        "What is a good conversion rate?",
        "How do I find a mentor in product?",
        "Is it true that VPs of Product earn equity?",
        "How long does it take to become a VP of Product?",
        "What does a director of product do?",
        "Which skills matter most in the first 90 days?",
    ],
)
def test_a_complete_question_is_left_alone(message):
    assert standalone([METRICS], message).text == message
    assert standalone([], message).text == message


def test_a_greeting_before_a_question_is_cut_off():
    assert standalone([], "Hi coach, what does a VP do?").text == "what does a VP do?"


def test_a_correction_by_a_whole_question_keeps_the_question():
    text = standalone([METRICS], "sorry, I meant what does a director of product earn?").text
    assert text.lower() == "what does a director of product earn?"


def test_small_talk_in_between_does_not_lose_the_thread():
    thanks = Turn("thanks!", "You are welcome.")
    assert "director of product" in standalone([METRICS, thanks], "and directors?").text
    assert "metrics" in standalone([METRICS, thanks], "and directors?").text


def test_a_point_that_was_not_made_is_not_invented():
    assert "market position" not in standalone([METRICS], "say more about the fifth point").text


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("hi", "greeting"), ("Hello there!", "greeting"), ("good morning coach", "greeting"), ("how are you?", "greeting"),
        ("thanks!", "thanks"), ("thank you so much, that was helpful", "thanks"), ("great", "thanks"), ("got it", "thanks"),
        ("bye", "bye"), ("ok, see you later", "bye"),
        ("who are you?", "who"), ("are you a bot", "who"),
        ("what can you do?", "what"), ("help", "what"), ("how can you help me?", "what"),
    ],
    ids=lambda v: v,
)  # fmt: skip
def test_small_talk_is_told_apart(message, kind):
    assert small_talk(message) == kind


@pytest.mark.parametrize(
    "message",
    [
        "Hi, what does a VP do?",
        "thanks, and directors?",
        "What can a VP do?",
        "who are the stakeholders of a PM?",
        "help me get promoted",
        "bread",
        "why?",
        "",
    ],
    ids=lambda m: m or "empty",
)
def test_a_question_is_no_small_talk(message):
    assert small_talk(message) == ""
