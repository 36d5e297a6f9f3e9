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
OWNED = Turn("How many levels does GitLab have?", "...", "How many levels does GitLab have?", ("GitLab has 8 levels.",))
STORY = Turn(
    "I was passed over for senior PM and I asked my boss.",
    "...",
    "I was passed over for senior PM and I asked my boss.",
    ("A senior PM leads.",),
)
REFUSED = Turn(
    "What does a bank in Oslo pay?", "I do not have that.", "What does a bank in Oslo pay?", (), "What decides the pay of a VP?"
)
BOTH = Turn("compare the vision of both roles", "...", "compare the vision of both roles")
ROLELESS = Turn(
    "What is a conversion rate?", "...", "What is a conversion rate?", ("A conversion rate is a share.",), "What is churn?"
)


@pytest.mark.parametrize(
    ("turn", "message", "holds", "lacks"),
    [
        (METRICS, "and directors?", ["metrics", "director of product"], ["VP"]),
        (METRICS, "what about a CPO", ["metrics", "chief product officer"], ["VP"]),
        (METRICS, "n the pm? what are theirs about", ["metrics", "product manager"], ["theirs", "VP"]),
        (METRICS, "And her GPM?", ["metrics", "group product manager"], ["VP", "her"]),
        (METRICS, "PM?", ["metrics", "product manager"], ["VP"]),
        (METRICS, "what about hiring?", ["hiring", "VP of Product"], ["metrics"]),
        (METRICS, "same for skills please", ["skills", "VP of Product"], ["metrics", "please"]),
        (COMPARED, "same for skills please", ["skills", "product manager", "VP of Product"], ["vision"]),
        (BOTH, "same for skills please", ["skills", "product manager", "VP of Product"], ["vision"]),
        (METRICS, "how come?", ["Why", "metrics", "VP"], []),
        (METRICS, "why?", ["Why", "metrics", "VP"], []),
        (METRICS, "tell me more", ["metrics", "VP"], []),
        (METRICS, "say more about the second point", ["market position"], ["revenue"]),
        (METRICS, "what do you mean by the last one?", ["market position"], ["revenue"]),
        (METRICS, "the other one?", ["metrics", "product manager"], ["VP"]),
        (METRICS, "and a VP of Engineering?", ["Which metrics does a VP of Engineering track"], ["Product"]),
        (OWNED, "and how many does Atlassian", ["How many levels does Atlassian have"], ["GitLab"]),
        (OWNED, "How many people does GitLab have?", ["How many people does GitLab have"], ["levels"]),
        (STORY, "and what should I say to him next week?", ["to him"], []),
        (METRICS, "no, I meant a director", ["metrics", "director of product"], ["VP"]),
        (
            METRICS,
            "no sorry, I meant as a PM, not as a VP. I start in June and report to the CEO",
            ["metrics", "product manager"],
            ["June"],
        ),
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
def test_a_yes_to_a_refusal_accepts_the_offer(message):
    assert standalone([REFUSED], message).text == REFUSED.offer


@pytest.mark.parametrize("message", ["yes", "Yes please!", "sure", "yeah go ahead", "ok, yes"])
def test_a_yes_to_an_answer_asks_for_more(message):
    rewrite = standalone([METRICS], message)
    assert (rewrite.more, rewrite.text) == (True, METRICS.standalone_question)


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
        "How do I run a one-on-one?",
        "Is it worth getting an MBA?",
        "Is it hard for an engineer to become a PM?",
        "Is it normal that a PM works weekends?",
        "What does a PM do when they disagree with the VP?",
        "How do I tell my boss they are wrong?",
        "What is churn and how do I measure it?",
        "My VP ignores me. Is that a bad sign?",
        "Does a company lose its focus without a PM?",
        "When a roadmap slips, should I explain that to the board?",
        "What is the role of AI in product work?",
        "Is there such a thing as a technical VP of Product?",
        "Are skills such as SQL needed for PMs?",
        "How do I prove that my feature works?",
        "Which metrics matter that a VP should know?",
        "What is the point of OKRs these days?",
        "Who approves a roadmap?",
        "What drives churn?",
        "How do engineers share their ideas with product?",
        "If my team misses a goal, is it my fault?",
        "What does a PM do, um, in a normal week?",
        "What is the first step to becoming a VP of Product?",
        "What is the number one skill of a VP of Product?",
        "Is it true that no one reports to a PM?",
        "Is the last part of the interview hard?",
    ],
)
def test_a_complete_question_is_left_alone(message):
    for history in ([], [METRICS], [ROLELESS], [ANALOGY]):
        assert standalone(history, message).text == message


@pytest.mark.parametrize("opener", ["New subject. ", "ok thanks. different thing: ", "Hi coach, "])
def test_a_new_subject_is_asked_as_it_stands(opener):
    question = "How soon may a new director change the team?"
    assert standalone([METRICS], opener + question).text == question


def test_a_greeting_before_a_question_is_cut_off():
    assert standalone([], "Hi coach, what does a VP do?").text == "what does a VP do?"


def test_a_correction_by_a_whole_question_keeps_the_question():
    text = standalone([METRICS], "sorry, I meant what does a director of product earn?").text
    assert text.lower() == "what does a director of product earn?"


def test_small_talk_in_between_does_not_lose_the_thread():
    thanks = Turn("thanks!", "You are welcome.")
    assert "director of product" in standalone([METRICS, thanks], "and directors?").text
    assert "metrics" in standalone([METRICS, thanks], "and directors?").text


@pytest.mark.parametrize("message", ["explain #2", "no. 2 please", "give me an example of the second thing you mentioned"])
def test_a_point_is_found_however_it_is_named(message):
    assert "market position" in standalone([METRICS], message).text


def test_a_point_beyond_the_answer_is_no_error():
    assert standalone([METRICS], "explain point 6").text
    assert standalone([METRICS], "say more about step 7").text


def test_a_point_that_was_not_made_is_not_invented():
    assert "market position" not in standalone([METRICS], "say more about the fifth point").text


ANALOGY = Turn(
    "Who came up with the tower analogy?",
    "The tower analogy goes back to Maria Lopez, a coach. A PM may use it.",
    "Who came up with the tower analogy?",
)
ATTRIBUTED = Turn(
    "What separates a PM from an owner?", "Ana Ruiz argues that they overlap.", "What separates a PM from an owner?"
)
UNNAMED = Turn("Who wrote the guide for PMs?", "The guide names no author.", "Who wrote the guide for PMs?")


@pytest.mark.parametrize(
    "message",
    [
        "is that number still realistic in a bank?",
        "what if there is no such figure at hand?",
        "Would reading those help me as an APM?",
        "Is learning that something worth my time as a PM?",
        "how would a PM influence that?",
        "As an APM, is that something I should watch?",
        "what are its limits?",
        "Is this true at a seed-stage firm too?",
        "does it hold for long?",
        "is it worth doing as a junior PM?",
        "is it normal in banks?",
        "and what if the company is tiny?",
        "which ones exactly?",
    ],
)
def test_what_points_back_carries_the_previous_question(message):
    text = standalone([METRICS], message).text
    assert text.startswith(message.rstrip("?")), text
    assert "metrics" in text and "VP of Product" in text, text


def test_they_may_be_things_that_the_message_names():
    assert standalone([ROLELESS], "Speaking of surveys, how are they made?").text == "Speaking of surveys, how are they made?"


@pytest.mark.parametrize("message", ["now what?", "who gains?", "and how many hours each month does that cost?"])
def test_a_message_too_poor_for_a_question_carries_the_topic(message):
    assert standalone([ROLELESS], message).text == f"{message.rstrip('?')} (conversion rate)?"


@pytest.mark.parametrize("message", ["What is churn?", "what's stickiness", "Explain OKRs."])
def test_a_word_that_is_asked_for_makes_a_question_of_its_own(message):
    assert standalone([ROLELESS], message).text == message


def test_a_point_of_the_answer_keeps_what_was_asked():
    text = standalone([METRICS], "say more about the second point").text
    assert text == "A VP of Product tracks market position (Which metrics does a VP of Product track)?"


@pytest.mark.parametrize(
    ("turn", "message", "holds"),
    [
        (ANALOGY, "When did he publish it?", ["Maria Lopez", "tower analogy"]),
        (ANALOGY, "what is her background?", ["Maria Lopez's background", "tower analogy"]),
        (ATTRIBUTED, "why does she think so?", ["Ana Ruiz", "owner"]),
        (UNNAMED, "is he a PM himself?", ["is he", "wrote the guide"]),
    ],
    ids=lambda v: v if isinstance(v, str) else None,
)
def test_a_person_who_was_asked_about_does_not_become_a_role(turn, message, holds):
    text = standalone([turn], message).text
    assert [w for w in holds if w not in text] == [], text
    assert "a product manager" not in text


@pytest.mark.parametrize(
    ("message", "holds"),
    [
        ("do they report to a CPO?", "do VPs of Product report to a CPO"),
        ("Do folks like that sit on the board?", "Do VPs of Product sit on the board"),
        ("what would someone like that earn?", "what would a VP of Product earn"),
        ("what does her week look like?", "a VP of Product's week"),
    ],
)
def test_people_who_were_not_named_again_become_the_role(message, holds):
    assert holds in standalone([METRICS], message).text


@pytest.mark.parametrize(
    ("message", "role"),
    [
        ("Mine?", "VP of Product"),
        ("what about me?", "VP of Product"),
        ("I'm a director btw", "director of product"),
        ("my title is GPM by the way", "group product manager"),
        ("and a step down... wait, no, at PM level?", "product manager"),
        ("APM, uh, sorry, I mean senior PM?", "senior product manager"),
        ("oops, I wanted to ask about the CPO", "chief product officer"),
        ("no wait, I meant directors. long day", "director of product"),
        ("oh sorry, wrong level. Director.", "director of product"),
    ],
)
def test_a_role_and_nothing_else_asks_the_same_for_that_role(message, role):
    assert standalone([METRICS], message).text == f"Which metrics does a {role} track?"


def test_mine_means_the_role_that_the_person_has_named_as_their_own():
    own = Turn("I'm a GPM btw", "...", "Which metrics does a group product manager track?")
    salary = Turn("What does a VP earn?", "...", "What does a VP of Product earn?")
    assert standalone([METRICS, own, salary], "and mine?").text == "What does a group product manager earn?"


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("and a PM in a startup?", "Which metrics does a product manager track in a startup?"),
        ("sorry, I meant the director in a firm without a CPO", "Which metrics does a director of product track in a firm without a CPO?"),
        ("what about at a bank?", "Which metrics does a VP of Product track at a bank?"),
    ],
)  # fmt: skip
def test_a_place_is_added_to_the_previous_question(message, expected):
    assert standalone([METRICS], message).text == expected


def test_a_new_place_replaces_the_old_one():
    before = Turn("What does a PM earn in Oslo?", "...", "What does a PM earn in Oslo?")
    assert standalone([before], "and in Rome?").text == "What does a product manager earn in Rome?"


def test_the_topic_survives_a_chain_of_follow_ups():
    history = [ROLELESS]
    for message in ("how do I calculate it?", "is that hard?", "which tool?"):
        rewrite = standalone(history, message)
        assert "conversion rate" in rewrite.text
        history.append(Turn(message, "...", rewrite.text))
    assert rewrite.text == "which tool (hard; conversion rate)?"


def test_a_history_without_standalone_questions_is_read_again():
    history = [Turn("What is a conversion rate?", "..."), Turn("how do I calculate it?", "..."), Turn("thanks!", "...")]
    assert "conversion rate" in standalone(history, "is that hard?").text


def test_small_talk_alone_is_no_topic():
    assert standalone([Turn("hello there", "Hello.")], "and a CPO?").text == "and a CPO?"


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("hi", "greeting"), ("Hello there!", "greeting"), ("good morning coach", "greeting"), ("how are you?", "greeting"),
        ("thanks!", "thanks"), ("thank you so much, that was helpful", "thanks"), ("great", "thanks"), ("got it", "thanks"), ("no", "thanks"), ("Nope.", "thanks"),
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


@pytest.mark.parametrize(
    "message", ["everywhere, or just in some places?", "and how early, though", "is the best part of it new?"]
)
def test_a_short_message_may_also_belong_to_the_question_before(message):
    found = standalone([METRICS], message)
    assert any("Which metrics does a VP of Product track" in reading for reading in (found.text, *found.others))


def test_a_short_message_with_another_role_may_also_repeat_the_question_for_it():
    assert standalone([METRICS], "ok. and the PM, same ones?").swapped == "Which metrics does a product manager track?"


@pytest.mark.parametrize(
    "message",
    [
        "and directors?",
        "tell me more",
        "yes",
        "Which of the measures that investors and boards read every quarter should somebody new in finance learn to explain first?",
    ],
)
def test_a_plain_follow_up_or_a_long_message_has_one_reading(message):
    found = standalone([METRICS], message)
    assert (found.swapped, found.others) == ("", ())


def test_a_first_message_has_one_reading():
    found = standalone([], "everywhere, or just in some places?")
    assert (found.swapped, found.others) == ("", ())


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("back to the board, how many numbers?", "back to the board, how many numbers (How does a VP of Product brief a board)?"),
        (
            "the first question, any survey on it?",
            "the first question, any survey on it (How does a VP of Product brief a board)?",
        ),
    ],
    ids=["back to", "first"],
)
def test_message_that_points_to_an_earlier_question_is_carried_there_first(message, text):
    history = [Turn("How does a VP brief a board?", "...", "How does a VP of Product brief a board?"), METRICS]
    found = standalone(history, message)
    assert (found.text, found.rule) == (text, "return to an earlier question")
    assert any("Which metrics" in other for other in found.others)


def test_short_message_may_belong_to_the_question_before_the_last():
    history = [Turn("How does a VP brief a board?", "...", "How does a VP of Product brief a board?"), METRICS]
    assert any("brief a board" in other for other in standalone(history, "how many numbers then?").others)
