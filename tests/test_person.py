"""What visitors say about themselves: what is taken, what must not be, and the box in which they edit it."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coach.person import MAX_EACH, MAX_LINE, MAX_LINES, MAX_TEXT, Note, Trait, introduced, read_back, spoken, told


@pytest.mark.parametrize(
    ("message", "notes"),
    [
        ("I'm a senior PM at a 40 person startup", "Role: senior PM|Company: 40 person startup"),
        ("im a pm w 6 yoe", "Role: pm|Years: 6 yoe"),
        ("I’m a PM with over ten years of experience, how do I get on?", "Role: PM|Years: over ten years"),
        ("been a PM for four years", "Role: PM|Years: four years"),
        ("currently a group PM at Stripe, 8 years in", "Role: group PM|Years: 8 years|Company: Stripe"),
        ("Hi, senior PM here. Which skills do I lack?", "Role: senior PM"),
        ("as a group PM in a bank I rarely see the board", "Role: group PM|Company: bank"),
        ("As a PM, I run three squads.", "Role: PM, run three squads"),
        ("I lead 3 PMs at a Series B fintech", "Role: lead 3 PMs|Company: Series B fintech"),
        ("My title is GPM and I've 9 years in product", "Role: GPM|Years: 9 years"),
        ("I was promoted to director last year", "Role: director"),
        ("I'm a software engineer in healthcare and want to become a PM", "Role: software engineer|Company: healthcare|Goal: become a PM"),
        ("I'm a VP of Sales in retail", "Role: VP of Sales|Company: retail"),
        ("I work at a hospital", "Company: hospital"),
        ("I work as a PM for a small company with 30 people", "Role: PM|Company: small company with 30 people"),
        ("we're about 300 people", "Company: about 300 people"),
        ("I'm a PM at a bank. We have 5,000 employees.", "Role: PM|Company: bank, 5,000 employees"),
        ("Our company is a non-profit", "Company: non-profit"),
        ("I have 7 years of experience as a product manager in fintech", "Role: product manager|Years: 7 years|Company: fintech"),
        ("I want to be VP in two years", "Goal: be VP in two years"),
        ("my goal is a director job", "Goal: a director job"),
        ("I'm hoping to move to a bigger company, is that wise?", "Goal: move to a bigger company"),
        ("I'd love to become a CPO one day", "Goal: become a CPO one day"),
        ("I'm aiming for a head of product role", "Goal: a head of product role"),
        ("I can't relocate", "Constraint: can't relocate"),
        ("I can't relocate how do I become a director", "Constraint: can't relocate"),
        ("I only have 5 hours a week", "Constraint: 5 hours a week"),
        ("I'm on parental leave until May", "Constraint: on parental leave until May"),
        ("I don't have an MBA and can't afford one", "Constraint: don't have an MBA and can't afford one"),
        ("I have two small kids, no relocation", "Constraint: two small kids, no relocation"),
        ("I'm a PM and can't travel", "Role: PM|Constraint: can't travel"),
        ("I've never managed anyone", "Constraint: never managed anyone"),
        ("I work remotely from a village", "Constraint: remotely from a village"),
        ("My budget is 500 euros", "Constraint: budget is 500 euros"),
        ("I want to be a VP; when I'm a VP, who do I report to?", "Goal: be a VP"),
    ],
    ids=lambda v: v[:40],
)  # fmt: skip
def test_what_people_say_of_themselves_is_taken(message, notes):
    assert spoken(told([message])).split("\n") == notes.split("|")


@pytest.mark.parametrize(
    "message",
    [
        "my VP is a micromanager",
        "a PM with 5 years",
        "and a VP at a bank?",
        "our VP has 10 years",
        "My boss is a director with 12 years of experience, no MBA",
        "She is a PM at a startup and wants to be a VP",
        "I report to a VP, 20 years of experience",
        "I'm talking to Anna, a VP at a bank",
        "what if I were a VP?",
        "If I were a VP, I lead 40 PMs, right?",
        "Suppose I am a VP at a bank. I lead 40 PMs. What do I present?",
        "imagine I'm a CPO",
        "imagine: I'm a CPO, I have 20 years of experience",
        "when I'm a VP",
        "should I become a director?",
        "Am I a senior PM?",
        "could I lead 10 PMs as a GPM?",
        "as a VP, what would I do?",
        "As a CPO I'd cut the roadmap",
        "As a CPO, I present to the board, how should I prepare?",
        "I'm not a PM",
        "I'm no longer a PM",
        "I was a PM",
        "I'm an aspiring VP",
        "I'm an ex-PM",
        "I'm a VP's assistant",
        "I'm hiring PMs",
        "I'm a fan of the VP at my company",
        "They said I'm a great PM",
        "My boss said, I can't relocate",
        'My mentor wrote: "I\'m a VP at a bank"',
        "I think a PM with 5 years can be a director",
        "I don't want to be a director",
        "I want to know what a CPO earns",
        "I want to make sure my VP listens",
        "I have a question about VPs",
        "I have two years to become a director",
        "I can't wait to move up",
        "I can't do this anymore",
        "I'm at a loss",
        "I'm in a team of five",
        "I don't have a clue what a VP does",
        "",
    ],
    ids=lambda v: v[:40] or "empty",
)
def test_what_is_not_said_of_the_writer_is_not_taken(message):
    assert told([message]) == ()


@pytest.mark.parametrize(
    ("message", "notes"),
    [
        ("I'm tired", ""),
        ("I have ADHD and two kids", ""),
        ("I'm a pregnant PM", ""),
        ("I'm a Muslim PM at a bank", ""),
        ("I'm on sick leave", ""),
        ("I can't work on the sabbath", ""),
        ("I'm depressed, and I can't travel", "Constraint: can't travel"),
        ("I can't travel because of chemotherapy", "Constraint: can't travel"),
        ("I have cancer so I can only work part-time", "Constraint: can only work part-time"),
        ("I'm a PM at a startup and my union is on strike", "Role: PM|Company: startup"),
    ],
    ids=lambda v: v[:40] or "nothing",
)
def test_what_is_private_is_never_kept(message, notes):
    assert spoken(told([message])) == notes.replace("|", "\n")


def test_a_later_role_replaces_the_earlier_and_goals_add_up():
    notes = told(["I'm a PM with 4 years of experience. I want to be a director.", "I'm a senior PM now", "I want to be a VP"])
    assert spoken(notes).split("\n") == ["Role: senior PM", "Years: 4 years", "Goal: be a director", "Goal: be a VP"]


def test_a_new_company_leaves_the_size_of_the_last_behind():
    first = "I work at a bank. We have 900 employees."
    assert spoken(told([first])) == "Company: bank, 900 employees"
    assert spoken(told([first, "I work at a startup"])) == "Company: startup"
    assert spoken(told([first, "We are 950 people"])) == "Company: bank, 950 people"


def test_the_newest_goals_are_kept_each_once():
    said = [f"I want to be a {role}" for role in ("director", "GPM", "VP", "CPO", "VP")]
    assert [note.text for note in told(said)] == ["be a GPM", "be a CPO", "be a VP"]
    assert len(told(said)) == MAX_EACH


def test_a_text_is_short():
    (note,) = told(["I want to be a VP " + "in a very small town " * 20])
    assert note.text.startswith("be a VP in a very") and len(note.text) <= MAX_TEXT


def test_the_box_is_read_back_as_it_was_spoken():
    notes = told(["I'm a senior PM at a bank with 6 yoe. I want to be a VP. I can't relocate. I only have 5 hours a week."])
    assert len(notes) == 6
    assert read_back(spoken(notes)) == notes


def test_an_edited_box():
    text = "goals: become a VP\n- Role : GPM\u202e at\x00 a bank\nCompany:\n\nno travel: ever\nno travel: ever\nI have ADHD"
    assert read_back(text) == (
        Note(Trait.ROLE, "GPM at a bank"),
        Note(Trait.GOAL, "become a VP"),
        Note(Trait.CONSTRAINT, "no travel: ever"),
        Note(Trait.CONSTRAINT, "I have ADHD"),
    )


@settings(deadline=None, max_examples=60, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(st.text())
def test_any_text_is_read(text):
    assert all(note.text == note.text.strip() and len(note.text) <= MAX_TEXT for note in told([text, f"I'm a PM, {text}"]))
    notes = read_back(text)
    assert len(notes) <= MAX_LINES
    assert all(0 < len(note.text) <= MAX_LINE and note.text.isprintable() for note in notes)
    assert read_back(spoken(notes)) == notes


@pytest.mark.parametrize(
    ("message", "rest"),
    [
        ("I'm a senior PM at a 40-person startup. How do I ask for a promotion?", "How do I ask for a promotion?"),
        ("I'm Priya, PM at a SaaS company. I want to be a VP. What are the steps?", "I want to be a VP. What are the steps?"),
        ("Group PM here, 9 yrs experience. How much of a VP's job is people?", "How much of a VP's job is people?"),
        ("just became group PM, 3 PMs report to me. any advice?", "any advice?"),
        ("I work in HR and we have a VP. What does a VP of Product do all day?", "What does a VP of Product do all day?"),
        ("I was an engineer for ten years. What does a PM measure?", "What does a PM measure?"),
        ("I'm a nurse with 6 years of experience. How do I ask for a promotion?", ""),
        ("I read that a VP has no seat at the table. How can such a person shape strategy?", ""),
        ("I work at a bank as a PM. When do they promote people?", ""),
        ("How do I ask for a promotion? I'm a senior PM.", ""),
        ("I'm a VP of Sales. What do I measure?", ""),
        ("I'm a senior PM.", ""),
        ("", ""),
    ],
)
def test_an_introduction_is_told_from_the_question(message, rest):
    intro, found = introduced(message)
    assert (found if intro else "") == rest
