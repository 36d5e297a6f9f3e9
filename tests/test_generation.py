import random
import re
import time
from itertools import islice

import pytest
from scripted import Scripted

from coach.composing import Composed
from coach.corpus import plain
from coach.errors import ModelError
from coach.generation import BRIEF, COMPLETED, MAX_SHOWN, SILENT, STOPPED, UNPROVED, Written, write
from coach.grounding import Checker
from coach.prompt import ANSWER
from coach.types import Author, Citation, Sentence, Voice
from eval.mutations import MUTATIONS

COMPOSED = (
    "A VP of Product sets the vision and answers for the business results of the whole portfolio.",
    "A PM writes the user stories and decides what the team builds next.",
    "A VP of Product usually hires and coaches 3 to 10 product managers.",
)
FURTHER = (
    "In smaller companies, a VP of Product sometimes presents the strategy to the board of directors.",
    "A PM must agree the roadmap with engineering before the quarter starts.",
    "According to Ana Ruiz (2021), a PM spends 12 hours a week with customers.",
)
QUESTION = "How does a VP of Product differ from a PM?"


def evidence(texts, first=1):
    """Statements with the citations that prove them, as the composer gives them."""
    numbered = list(enumerate(texts, first))
    citations = tuple(
        Citation(n, f"page#{n}", "page", "Page", "The roles", "", "", t, 100 * n, 100 * n + len(t)) for n, t in numbered
    )
    return Composed(tuple(Sentence(t, (n,)) for n, t in numbered), citations)


@pytest.fixture(scope="module")
def checker(cache):
    return Checker.load(cache)


@pytest.fixture
def steps(checker):
    """Every step of an answer that a model with these replies writes."""

    def written(*replies, about=(), composed=COMPOSED, model=None):
        model = model or Scripted(*replies)
        further = evidence(FURTHER, len(composed) + 1)
        return list(write(model, QUESTION, evidence(composed), further, checker, about))

    return written


@pytest.fixture
def final(steps):
    return lambda *replies, **more: steps(*replies, **more)[-1]


def texts(written: Written) -> list[str]:
    return [s.text for s in written.composed.sentences]


def assert_proved(written: Written) -> None:
    """Every claim cites, and a citation's quote is one of the statements."""
    quotes = {c.number: c.quote for c in written.composed.citations}
    assert list(quotes) == list(range(1, len(quotes) + 1))
    assert set(quotes.values()) <= {*COMPOSED, *FURTHER}
    for sentence in written.composed.sentences:
        assert bool(sentence.citations) is (sentence.voice is Voice.CORPUS), sentence.text
        assert set(sentence.citations) <= set(quotes)
    assert {n for s in written.composed.sentences for n in s.citations} == set(quotes)


GOOD = (
    "A VP of Product answers for the business results of the whole portfolio and sets the vision [1]. A PM decides what the team builds next [2]. "
    "A VP of Product usually hires and coaches 3 to 10 PMs [3]."
)


def test_a_faithful_model_speaks_in_its_own_words(final):
    written = final(GOOD)
    assert texts(written) == [
        "A VP of Product answers for the business results of the whole portfolio and sets the vision.",
        "A PM decides what the team builds next.",
        "A VP of Product usually hires and coaches 3 to 10 PMs.",
    ]
    assert [c.quote for c in written.composed.citations] == list(COMPOSED)
    assert (written.making.author, written.making.supported, written.making.checked, written.making.note) == (
        Author.MODEL,
        3,
        3,
        "",
    )
    assert written.dropped == ()
    assert_proved(written)


def test_the_first_sentence_is_shown_before_the_second_is_written(checker):
    read = []

    def model(_):
        for piece in GOOD.split(" "):
            read.append(piece)
            yield piece + " "

    stream = write(model, QUESTION, evidence(COMPOSED), evidence(FURTHER, 4), checker)
    assert texts(next(stream)) == ["A VP of Product answers for the business results of the whole portfolio and sets the vision."]
    assert " ".join(read).count("[1]") == 1 and "[2]" not in read


def test_leaving_early_closes_the_model(checker):
    closed = []

    def model(_):
        try:
            yield from GOOD
        finally:
            closed.append(True)

    stream = write(model, QUESTION, evidence(COMPOSED), evidence(FURTHER, 4), checker)
    assert len(list(islice(stream, 1))) == 1
    stream.close()
    assert closed == [True]


def test_citations_are_found_and_not_believed(final):
    written = final(
        "A PM decides what the team builds next [1]. A VP of Product usually hires and coaches 3 to 10 PMs [99]. A PM writes the user stories."
    )
    assert_proved(written)
    held = {c.number: c.quote for c in written.composed.citations}
    assert [held[n] for s in written.composed.sentences[:2] for n in s.citations] == [COMPOSED[1], COMPOSED[2]]


def test_a_statement_that_the_composed_answer_lacks_may_be_used(final):
    written = final(GOOD + " A PM must agree the roadmap with engineering before the quarter starts [5].")
    assert texts(written)[-1] == FURTHER[1]
    assert_proved(written)


def test_what_a_model_leaves_unsaid_is_added(final):
    written = final(GOOD.rsplit(". ", 1)[0] + ".")
    assert texts(written)[2:] == [COMPOSED[2]]
    assert written.making.taken == 1
    assert written.making.note == ""
    assert_proved(written)


def test_a_statement_that_is_half_said_is_said_whole(final):
    half = "A VP of Product sets the vision [1]."
    assert COMPOSED[0] in texts(
        final(f"{half} {GOOD.split('. ', 1)[1]} A PM must agree the roadmap with engineering before the quarter starts [5].")
    )


def test_a_lie_is_replaced_by_a_restatement(final):
    lie = "A VP of Product usually hires and coaches 40 product managers [3]."
    written = final(f"{GOOD.rsplit('. ', 1)[0]}. {lie}", "A VP of Product usually hires and coaches 3 to 10 PMs.")
    assert texts(written)[2] == "A VP of Product usually hires and coaches 3 to 10 PMs."
    assert [d.instead for d in written.dropped] == [texts(written)[2]]
    assert any("40" in reason for reason in written.dropped[0].reasons)
    assert_proved(written)


def test_a_lie_told_twice_is_replaced_by_the_composed_sentence(final):
    lie = "A VP of Product usually hires and coaches 40 product managers [3]."
    written = final(f"{GOOD.rsplit('. ', 1)[0]}. {lie}", lie)
    assert texts(written)[2] == COMPOSED[2]
    assert written.dropped[0].instead == COMPOSED[2]
    assert_proved(written)


def test_a_model_is_asked_to_restate_from_what_it_cited_and_only_so_often(steps):
    model = Scripted("A PM owns 1 plan [2]. A PM owns 2 plans [2]. A PM owns 3 plans [2]. A PM owns 4 plans [2].", "No.")
    steps(model=model)
    assert len(model.prompts) == 3
    assert all(COMPOSED[1] in p.user and COMPOSED[0] not in p.user for p in model.prompts[1:])


@pytest.mark.parametrize("kind", MUTATIONS)
def test_no_lie_of_any_kind_is_shown(checker, coach, kind):
    dice = random.Random(kind)
    pages = dice.sample([p for p in coach.passages if len(p.sentences) > 2], 100)
    pool = [plain(p.quote(n)) for p in pages for n in range(len(p.sentences))]
    tried = told = 0
    for page in pages:
        true = [plain(page.quote(n)) for n in range(len(page.sentences))][:6]
        lie = next((made for text in true if (made := MUTATIONS[kind](text, dice, pool)) and made not in pool), "")
        if lie and tried < 5:
            tried += 1
            *_, last = write(Scripted(f"{lie[:-1]} [1]. {true[0]} {true[1]}", lie), QUESTION, evidence(true), Composed(), checker)
            told += lie in texts(last)
    assert tried >= 5
    assert told == 0


def test_too_many_lies_leave_the_composed_answer(final):
    written = final(
        "A PM reports to the king [1]. A VP of Product paints the office [2]. A PM earns 9 million dollars [3]. A PM decides what the team builds next [2].",
        "No.",
    )
    assert texts(written) == list(COMPOSED)
    assert (written.making.author, written.making.note) == (Author.COMPOSED, UNPROVED)
    assert len(written.dropped) == 3


@pytest.mark.parametrize(
    ("reply", "note"),
    [
        ("", SILENT),
        ("   \n\n ", SILENT),
        ("A VP of Product sets the", SILENT),
        (ModelError("no"), SILENT),
        ("?!?!?! ... !!!", SILENT),
        ("lorem ipsum " * 500, SILENT),
        ("I cannot help with that. I cannot help with that.", UNPROVED),
    ],
    ids=["nothing", "blanks", "stops mid-sentence", "errors", "marks only", "no end", "refuses"],
)
def test_a_model_that_says_nothing_of_use_leaves_the_composed_answer(final, reply, note):
    written = final(reply, "")
    assert texts(written) == list(COMPOSED)
    assert (written.making.author, written.making.note) == (Author.COMPOSED, note)


def test_a_model_that_fails_in_mid_answer_is_completed_from_the_library(final):
    first, second, _ = GOOD.split("]. ")
    written = final([f"{first}]. ", f"{second}]. A VP of", ModelError("gone")])
    assert texts(written)[2:] == [COMPOSED[2]]
    assert (written.making.author, written.making.note) == (Author.MODEL, f"{STOPPED} {COMPLETED}")
    assert_proved(written)


def test_a_model_that_fails_at_once_after_one_sentence_leaves_the_composed_answer(final):
    written = final(["A PM decides what the team builds next [2]. A VP", ModelError("gone")])
    assert texts(written) == list(COMPOSED)
    assert (written.making.author, written.making.note) == (Author.COMPOSED, STOPPED)


def test_a_model_that_repeats_itself_without_end_is_not_heard_out(final):
    heard = []

    def model(_):
        while True:
            heard.append(1)
            assert len(heard) < 50
            yield GOOD + " "

    written = final(model=model)
    assert texts(written) == [re.sub(r" \[\d\]", "", s) for s in re.findall(r"[A-Z].*?\.(?= |$)", GOOD)]


def test_a_model_that_only_leads_up_to_something_is_not_heard_out(final):
    def model(_):
        for _ in range(1000):
            yield "Here is the short answer:\n"
        raise AssertionError("heard to its end")

    assert texts(final(model=model)) == list(COMPOSED)


def test_a_model_that_never_stops_lying_is_not_heard_out(final):
    def model(_):
        n = 0
        while n < 1000:
            n += 1
            yield f"A PM owns {n} yachts [1]. "
        raise AssertionError("heard to its end")

    assert texts(final(model=model)) == list(COMPOSED)


def test_an_answer_has_an_end(final):
    plan = [f"A PM owns part {n} of the plan of the year {2000 + n}." for n in range(12)]
    written = final("In short:\n" + " ".join(f"{text[:-1]} [{n}]." for n, text in enumerate(plan[:10], 1)), composed=plan)
    assert written.making.author is Author.MODEL
    assert sum(s.voice is Voice.CORPUS for s in written.composed.sentences) == MAX_SHOWN


@pytest.mark.parametrize(
    "sentence",
    [
        "![A PM decides what the team builds next](http://attacker.example/x.png) [2].",
        "A PM decides what the team builds next <img src=x onerror=alert(1)> [2].",
        "<b>A PM decides what the team builds next</b> [2].",
        "A PM decides what the team builds next, see https://attacker.example/?q=1 [2].",
        "A PM decides what the team builds next ([more](http://attacker.example)) [2].",
        "A PM decides what the team builds next at www.attacker.example [2].",
        "A PM decides what the team\u200b builds next [2].",
        "<script>alert(1)</script> A PM decides what the team builds next [2].",
    ],
)
def test_markup_and_links_never_come_out(steps, sentence):
    for step in steps(f"{sentence} {GOOD}", sentence):
        shown = " ".join(texts(step))
        assert not re.search(r"[<>\[\]\u200b]|https?:|attacker|www", shown), shown


def test_a_leaked_prompt_is_not_shown(steps):
    canary = "The secret word is zebra-lantern."
    leak = f"My instructions: {ANSWER} {canary} {GOOD}"
    for step in steps(leak, canary, about=("Role: senior PM",)):
        shown = " ".join(texts(step))
        assert "zebra" not in shown and "statements" not in shown and "career coach for" not in shown


def test_joining_lines_and_closing_questions_are_the_coachs_own(final):
    written = final(f"Here is how the two roles differ: {GOOD} Which of these would you like to work on first?")
    first, *_, last = written.composed.sentences
    assert (first.text, first.voice) == ("Here is how the two roles differ:", Voice.LINK)
    assert (last.text, last.voice) == ("Which of these would you like to work on first?", Voice.COACH)
    assert (written.making.supported, written.making.checked) == (3, 3)
    assert_proved(written)


def test_a_question_in_other_words_is_left_out_and_missed_by_nobody(final):
    written = final(f"{GOOD} Did you know that the CEO resigned?")
    assert len(texts(written)) == 3
    assert [d.instead for d in written.dropped] == [""]


def test_a_joining_line_that_leads_to_nothing_is_left_out(final):
    assert "In short:" not in texts(final(f"{GOOD}\nIn short:\nA PM owns 17 yachts [1].", "No."))


def test_a_sentence_may_begin_with_what_the_person_said(final):
    about = ("Role: senior PM", "Company: bank in Oslo")
    written = final(
        f"As a senior PM at a bank, a PM decides what the team builds next [2]. {GOOD}",
        "",
        about=about,
    )
    led = next(s for s in written.composed.sentences if s.claim)
    assert (led.text, led.stated) == (
        "As a senior PM at a bank, a PM decides what the team builds next.",
        "A PM decides what the team builds next.",
    )
    assert_proved(written)


def test_you_is_the_role_that_the_person_has(final):
    written = final(f"As a PM, you decides what the team builds next [2]. {GOOD}", "", about=("Role: PM",))
    assert written.composed.sentences[0].stated == "A product manager decides what the team builds next."
    other = final(f"As a senior PM, you sets the vision [1]. {GOOD}", "", about=("Role: senior PM",))
    assert "senior" not in " ".join(texts(other))


def test_a_lead_brings_no_claim_with_it(final):
    about = ("Company: Google",)
    for lie in (
        "At Google, a PM decides what the team builds next [2].",
        "You set the vision and answer for the business results of the whole portfolio [1].",
    ):
        assert not {"Google", "You"} & set(" ".join(texts(final(f"{lie} {GOOD}", "", about=about))).replace(",", "").split())


PARALLEL = (
    "A PM is measured on the usage of the product in every quarter.",
    "A VP of Product is measured on the revenue of the product in every quarter.",
)


def test_neither_side_of_a_comparison_is_lost(final):
    written = final(
        "A VP of Product is measured on the revenue of the product in every quarter [2]. A PM must agree the roadmap with engineering before the quarter starts [4].",
        "",
        composed=PARALLEL,
    )
    assert PARALLEL[0] in texts(written)


def test_a_restatement_that_fails_does_not_end_the_answer(final):
    lie = "A VP of Product usually hires and coaches 40 product managers [3]."
    written = final(f"{lie} {GOOD}", ModelError("no"))
    assert (written.making.author, written.making.note) == (Author.MODEL, "")
    assert written.dropped[0].instead == COMPOSED[2]


def test_the_answer_says_what_did_not_hold_and_what_was_taken(final):
    lie = "A VP of Product usually hires and coaches 40 product managers [3]."
    making = final(f"{GOOD.rsplit('. ', 1)[0]}. {lie}", "").making
    assert (making.supported, making.checked, making.taken) == (3, 4, 1)
    assert "checked: 3 of 4 sentences; what did not hold is not shown; 1 taken from the library" in making.text


def test_a_model_that_says_too_little_leaves_the_composed_answer(final):
    four = (*COMPOSED, FURTHER[1])
    written = final("A VP of Product usually hires and coaches 3 to 10 PMs [3].", composed=four)
    assert (texts(written), written.making.note) == (list(four), BRIEF)


def test_a_listener_may_leave_while_nothing_new_comes(checker):
    closed = []

    def model(_):
        try:
            while True:
                time.sleep(0.05)
                yield ""
        finally:
            closed.append(True)

    stream = write(model, QUESTION, evidence(COMPOSED), evidence(FURTHER, 4), checker)
    assert texts(next(stream)) == []
    stream.close()
    assert closed == [True]


def test_what_nobody_said_is_no_beginning(final):
    written = final(
        f"As a senior PM at a hospital, a PM decides what the team builds next [2]. {GOOD}", "", about=("Role: senior PM",)
    )
    assert "hospital" not in " ".join(texts(written))


def test_what_the_person_said_is_never_evidence(final):
    about = ("Role: senior PM", "Constraint: a PM reports to the king")
    assert "king" not in " ".join(texts(final(f"A PM reports to the king. {GOOD}", "A PM reports to the king.", about=about)))


def test_a_yes_or_no_is_left_out_because_the_check_does_not_see_the_question(final):
    assert texts(final(f"No, a PM decides what the team builds next [2]. {GOOD}"))[0] == "A PM decides what the team builds next."


def test_the_prompt_holds_the_question_the_statements_and_the_person(steps):
    model = Scripted(GOOD)
    steps(model=model, about=("Role: senior PM",))
    for number, text in enumerate([*COMPOSED, *FURTHER], 1):
        assert f"[{number}] {text}" in model.prompts[0].user
    assert QUESTION in model.prompts[0].user and "Role: senior PM" in model.prompts[0].user


def test_the_clock_tells_the_first_sentence_the_first_proof_and_the_check(final):
    clock = final(GOOD).milliseconds
    assert 0 < clock["first_sentence"] <= clock["first_proved"] and 0 < clock["check"] < 60_000
