import pytest

from coach.slips import exchanged, features
from coach.statement import read


def found(claim, *sources):
    """The findings that are not nothing, and the reasons, all sources being laid beside the claim."""
    near = [read(s) for s in sources]
    values, notes = features(read(claim), near, near)
    return {name for name, value in values.items() if value}, notes


@pytest.mark.parametrize(
    ("claim", "source", "expected"),
    [
        ("New cooks train chefs in knife work.", "Chefs train new cooks in knife work.", True),
        ("The line manager agrees dates with staff.", "Staff agrees dates with the line manager.", True),
        ("The packet is submitted by the manager.", "The manager submits the packet.", False),
        ("It covers pay, leave and travel.", "It covers travel, leave and pay.", False),
        ("The director splits it when a team grows.", "When a team grows, the director splits it.", False),
        ("The recruiter is the boss of the analyst.", "The analyst reports to the recruiter.", False),
        ("Chefs train new cooks.", "Chefs train new cooks.", False),
        ("", "Chefs train new cooks.", False),
        ("The board, not the dean, decides on sanctions.", "The dean, not the board, decides on sanctions.", True),
        ("On Monday she works, not on Friday.", "She works on Monday, not on Friday.", False),
    ],
    ids=[
        "sides",
        "sides with more words",
        "passive",
        "list",
        "clauses",
        "converse",
        "the same",
        "nothing",
        "one, not the other",
        "another order",
    ],
)
def test_an_exchange_is_told_from_other_orders(claim, source, expected):
    assert exchanged(read(claim).stemmed, read(source).stemmed) is expected


@pytest.mark.parametrize(
    ("claim", "finding"),
    [
        ("A PM meets 9 customers a week.", "digits_absent"),
        ("A PM meets seven customers a week.", "words_absent"),
        ("A PM meets twenty customers a week.", "digits_absent"),
        ("A third of the PMs meet customers each week.", "part_absent"),
        ("A PM meets 5 customers a month.", "period"),
        ("A VP of Product meets 5 customers a week.", "role_absent"),
        ("A PM meets 5 vendors a week.", "actor_absent"),
        ("A PM of Acme meets 5 customers a week.", "name_absent"),
        ("A PM never meets 5 customers a week.", "copy_denial"),
        ("A PM must meet 5 customers a week.", "modal_more"),
        ("A PM meets at most 5 customers a week.", "quantity_more"),
    ],
)
def test_one_change_of_a_sentence_is_found(claim, finding):
    source = "A PM meets 5 customers a week."
    assert finding in found(claim, source)[0]
    assert finding not in found(source, source)[0]


def test_the_same_words_with_two_parts_exchanged_are_certainly_wrong():
    source = "The board appoints the chief, and the dean may veto the choice."
    assert "exchanged_only" in found("The dean appoints the chief, and the board may veto the choice.", source)[0]
    assert "exchanged_only" in found("The chief appoints a board.", source)[0]
    assert "exchanged_only" in found("Nurses shadow you.", "In your first days you shadow nurses.")[0]
    assert "exchanged_only" not in found("The dean may veto the choice, and the board appoints the chief.", source)[0]


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ("The dean sets the yearly goals.", True),
        ("The board sets the weekly plan.", False),
        ("The board sets the goals for each year.", False),
        ("The council sets the yearly goals.", False),
    ],
    ids=["by another of the text", "two changes", "reworded", "of no word of the text"],
)
def test_a_part_that_gave_way_to_another_of_the_text_is_found(claim, expected):
    found_here = found(claim, "The board sets the yearly goals in May.", "The dean turns them into a plan.")[0]
    assert ("replaced" in found_here) is expected


def test_reasons_quote_what_a_reader_can_look_up():
    assert found("A PM meets 9 customers.", "A PM meets 5 customers.")[1] == ["the number 9 is not in the source"]
    assert 'says "must"; the source says "may"' in found("A PM must decide.", "A PM may decide.")[1]
    assert any('says "below"; the source says "above"' in note for note in found("It lies below.", "It lies above.")[1])
