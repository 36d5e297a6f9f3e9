import math

import numpy as np
import pytest
from asking import assert_proved, coach_over, converse, write_pages

from coach.composing import Candidate, choose
from coach.question import understand
from coach.types import Answer, Layout, Outcome
from coach.vocabulary import roles_in

QUESTIONS = [
    "Who does a VP of Product report to?", "Which skills does a VP of Product need?", "Which KPIs does a VP track?", "Does a PM manage people?",
    "What is the difference between a PM and a VP of Product?", "How do the skills of a PM and a VP of Product differ?", "How do I ask for a promotion as a PM?",
    "How long does it take to become a VP of Product?", "What is a conversion rate?", "What is cohort analysis?", "What do both roles share?",
    "What does a group product manager do?", "How do I find a mentor?", "vp of prod = boss of pms?", "As VPs groom the backlog, how do they find the time?",
    "What should I do in my first 90 days as VP of Product?", "What is customer lifetime value?", "Should I move to another company to become VP?",
    "How wide is the scope of a director?", "How do I present to the board?",
]  # fmt: skip


@pytest.fixture(scope="module")
def answers(coach) -> dict[str, Answer]:
    return {question: coach.ask(question) for question in QUESTIONS}


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_sentence_is_proved_by_exact_words(coach, answers, question):
    assert answers[question].outcome is Outcome.ANSWERED
    assert_proved(coach, answers[question])


@pytest.mark.parametrize("question", QUESTIONS)
def test_an_answer_has_two_to_six_sentences_none_of_them_twice(answers, question):
    texts = [s.text for s in answers[question].sentences]
    assert 2 <= len(texts) <= 6
    assert len({t.lower() for t in texts}) == len(texts)


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_sentence_stands_as_a_reader_expects_it(answers, question):
    for sentence in answers[question].sentences:
        assert sentence.text[0].isupper() or sentence.text[0].isdigit()
        assert sentence.text.endswith((".", "!", ")", '"', "”"))
        assert not sentence.text.startswith(("#", "-", "|", "*"))
        assert "**" not in sentence.text
        assert "](" not in sentence.text


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_citation_names_its_page_and_its_source(answers, question):
    for citation in answers[question].citations:
        assert citation.title
        assert citation.heading
        assert citation.source
        assert citation.passage_id.startswith(f"{citation.document_id}#")


@pytest.mark.parametrize(
    "question",
    [
        "What is the difference between a PM and a VP of Product?",
        "How do the skills of a PM and a VP of Product differ?",
        "Compare the roadmap work of a PM and a VP.",
    ],
)
def test_a_comparison_sets_both_roles_in_parallel(coach, question):
    answer = coach.ask(question)
    assert answer.layout is Layout.COMPARISON
    columns = [s.role for s in answer.sentences if s.role]
    assert set(columns) == {"pm", "vp"}
    assert columns.count("pm") == columns.count("vp")


def test_steps_are_told_in_the_order_of_their_page(coach):
    answer = coach.ask("How do I ask for a promotion as a PM?")
    assert answer.layout is Layout.STEPS
    assert answer.text.startswith("1. ")
    assert len({c.passage_id for c in answer.citations}) == 1
    assert [c.start for c in answer.citations] == sorted(c.start for c in answer.citations)


def test_a_question_on_vps_is_not_answered_with_a_pm_first(answers):
    for question in (
        "Who does a VP of Product report to?",
        "Which skills does a VP of Product need?",
        "Which KPIs does a VP track?",
    ):
        assert "vp" in roles_in(answers[question].sentences[0].text)


def test_each_of_two_things_asked_is_answered(coach):
    answer = coach.ask("What is a promotion packet, and how many people does a director of product manage?")
    assert "packet" in answer.sentences[0].text
    assert "4 to 6 people" in answer.text
    assert_proved(coach, answer)


def test_a_false_premise_is_met_with_its_true_owner_first(answers):
    first = answers["As VPs groom the backlog, how do they find the time?"].sentences[0].text
    assert "backlog" in first
    assert "pm" in roles_in(first)


def test_more_says_nothing_twice(coach):
    first = converse(coach, "Which KPIs does a VP of Product track?")
    more = converse(coach, "Which KPIs does a VP of Product track?", "tell me more")
    assert more.outcome is Outcome.ANSWERED
    assert not {s.text for s in first.sentences} & {s.text for s in more.sentences}


def test_a_corpus_with_one_sentence_answers_with_that_one(tmp_path, encoder):
    line = "Biscuit, the office dog, may visit on Tuesdays."
    coach = coach_over(write_pages(tmp_path / "corpus", {"office-dog.txt": f"{line}\n"}), tmp_path / "index", encoder)
    answer = coach.ask("When may the office dog visit?")
    assert [s.text for s in answer.sentences] == [line]
    assert_proved(coach, answer)
    coach.close()


def test_markup_of_a_page_is_quoted_exactly_and_shown_plainly(tmp_path, encoder):
    text = "# Dogs\n\n## When may the office dog visit?\n\nThe **office dog** may visit on [Tuesdays](https://example.org). The dog & its owner sit at desk <4>.\n"
    coach = coach_over(write_pages(tmp_path / "corpus", {"dogs.md": text}), tmp_path / "index", encoder)
    answer = coach.ask("When may the office dog visit?")
    assert answer.sentences[0].text == "The office dog may visit on Tuesdays."
    assert answer.citations[0].quote == "The **office dog** may visit on [Tuesdays](https://example.org)."
    assert_proved(coach, answer)
    coach.close()


def test_an_unrelated_page_never_fills_an_answer_up(tmp_path, encoder):
    coach = coach_over(write_pages(tmp_path / "corpus"), tmp_path / "index", encoder)
    documents = {c.document_id for c in coach.ask("When may the office dog visit?").citations}
    coach.close()
    assert documents == {"office-dog"}


def test_a_sentence_that_repeats_another_is_not_shown(coach):
    passage = coach.passage(coach.ask("How do I ask for a promotion as a PM?").citations[0].passage_id)

    def candidate(number: int, stems: str, cosine: float) -> Candidate:
        vector = np.array([cosine, math.sqrt(1 - cosine**2)], dtype=np.float32)
        return Candidate(passage, number, 0, f"Sentence {number}.", frozenset(stems.split()), "", 0.9 - number / 100, vector, {})

    first = candidate(0, "tell manager promotion months date mind", 1.0)
    same = candidate(1, "say manager promotion months ahead clearly", 0.9)  # 0.9 and half of 3 words of 6: 1.15
    alike = candidate(2, "manager need see before support step", 0.9)  # 0.9 and half of 1 word of 6: 0.98
    shown, _ = choose(understand("When do I tell my manager?", lambda _: True, {}), [first, same, alike])
    assert shown == [first, alike]
