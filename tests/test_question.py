import pytest

from coach.question import clean, question_proper, synonyms_of, understand

WORDS = {
    w: n
    for n, w in enumerate(
        "product manager managers have direct reports report skills strategy roadmap metrics difference promotion".split(), 1
    )
}
ENGLISH = {"does", "what", "take", "bread", "weather", "between", "need", "want"}


def read(text: str):
    return understand(text, ENGLISH.__contains__, WORDS)


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("a\x00b\x07c", "a b c"),
        ("who\u200b is\u202e it", "who is it"),
        ("  a \n\t b ", "a b"),
        ("", ""),
        ("\x00\x1f", ""),
        ("ＶＰ", "VP"),
        ("né à", "né à"),
    ],
    ids=["control", "invisible", "white space", "empty", "only control", "full width", "accents"],
)
def test_a_message_is_cleaned_of_what_cannot_be_read(raw, kept):
    assert clean(raw) == kept


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("What is the difference between a PM and a VP?", "differs"),
        ("Compare a PM with a VP.", "differs"),
        ("How do I get a promotion?", "how_to"),
        ("Make me a plan for the next months", "how_to"),
        ("How many reports does a VP have?", "figure"),
        ("Is a VP of Product above a director?", "claims"),
        ("As VPs groom the backlog, how do they plan?", "claims"),
    ],
    ids=lambda v: v,
)
def test_the_form_of_a_question_is_seen(text, mark):
    assert getattr(read(text), mark)
    assert not getattr(read("Which skills are needed?"), mark)


def test_a_premise_is_taken_apart_from_the_question():
    assert read("Since a PM hires directors, what does a VP do?").premise == "a product manager hires directors".replace(
        "directors", "director of product"
    )


def test_roles_are_found_and_named_in_full():
    question = read("does a vp of prod need skils?")
    assert question.roles == ("vp",)
    assert question.focus == "does a VP of Product need skills?"


def test_another_professions_role_is_kept_apart():
    question = read("What does a VP of Sales earn?")
    assert (question.roles, len(question.other_roles)) == ((), 1)


def test_a_long_story_keeps_its_question_and_its_whole():
    story = "I work at a bank. " * 15 + "Which skills does a VP need? Thanks a lot for reading."
    question = read(story)
    assert question.focus == "Which skills does a VP of Product need?"
    assert question.story
    assert question_proper("Short one. Which?") == "Short one. Which?"


def test_search_terms_hold_the_words_and_what_means_the_same():
    question = read("What does a VP earn?")
    assert "earn" in (*question.terms, *question.synonym_terms)
    assert "salari" in (*question.terms, *question.synonym_terms)
    assert "salari" in synonyms_of("earn", "earn")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("What goes into a strategy, and how binding is it?", ("What goes into a strategy", "how binding is it?")),
        (
            "Who sets the goals? To whom does a director report?",
            ("Who sets the goals?", "To whom does a director of product report?"),
        ),
        ("Do hires from outside stay behind, or do they catch up?", ("Do hires from outside stay behind", "do they catch up?")),
        ("What do people who lead and inspire do?", ()),
        ("How do planning and delivery differ?", ()),
        ("Which, and why is that so?", ()),
    ],
    ids=["and how", "two questions", "or do they", "two verbs", "two nouns", "one word alone"],
)
def test_a_question_may_ask_several_things(text, parts):
    assert read(text).parts == parts


def test_a_question_without_words_has_no_terms():
    assert read("???").terms == ()


@pytest.mark.parametrize(
    ("text", "asserted"),
    [
        ("As VPs groom the backlog, how do they find the time?", True),
        ("As VP of Product I'd report to the group product manager, right? How do I keep that healthy?", True),
        ("As a senior PM in a big bank, how do I get promoted?", False),
        ("I am a PM at a start-up. How do I get promoted?", False),
    ],
    ids=["clause", "tag question", "who asks", "statement about oneself"],
)
def test_a_premise_may_say_something_of_a_role(text, asserted):
    assert read(text).asserted is asserted
