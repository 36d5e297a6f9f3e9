import pytest

from coach.statement import MODALS, QUANTIFIERS, Number, opposites, read, same_amount, same_unit, word_for


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It takes 18 to 20 weeks.", [(18, "week"), (20, "week")]),
        ("Twenty-five percent of PMs", [(25, "percent")]),
        ("$1.5 million a year", [(1.5e6, "dollar")]),
        ("5% of 1,200 people", [(5, "percent"), (1200, "people")]),
        ("three months", [(3, "month")]),
        ("one of them", []),
        ("a 90-day plan", [(90, "day")]),
        ("a fifth of them", [(20, "percent")]),
        ("two and a half years", [(2.5, "year")]),
        ("the fourth level", [(4, "")]),
        ("some 70 m of trench", [(70, "metre")]),
        ("$3m", [(3e6, "dollar")]),
        ("two hundred people", [(200, "people")]),
        ("5m users", [(5e6, "")]),
    ],
)
def test_numbers_are_read_with_their_units(text, expected):
    assert [(n.value, n.unit) for n in read(text).numbers] == expected


@pytest.mark.parametrize(
    ("one", "other", "amount", "unit"),
    [
        ("12 months", "1 year", True, True),
        ("two weeks", "14 days", True, True),
        ("6 months", "6 weeks", True, False),
        ("45 pence", "0.45 pounds", True, True),
        ("20 percent", "a fifth of it", True, True),
        ("7", "7 weeks", True, True),
        ("7 days", "8 days", False, True),
    ],
)
def test_amounts_are_compared_across_units(one, other, amount, unit):
    first, second = read(one).numbers[0], read(other).numbers[0]
    assert same_amount(first, second) is amount
    assert same_unit(first, second) is unit


@pytest.mark.parametrize(
    ("text", "expected"), [("once a week", {"week"}), ("quarterly", {"quarter"}), ("an annual plan", {"year"}), ("a plan", set())]
)
def test_how_often_is_read_off_a_week_and_monthly(text, expected):
    assert read(text).periods == expected


def test_a_number_keeps_its_own_words():
    assert read("about three months").numbers == (Number(3.0, "month", "three"),)


@pytest.mark.parametrize(
    ("text", "field", "expected"),
    [
        ("A PM may never skip it.", "denied", ("never",)),
        ("You don't need it.", "denied", ("don't",)),
        ("A VP must approve it.", "modals", {"must"}),
        ("A VP has to approve it.", "modals", {"must"}),
        ("You may, but need not ask.", "modals", {"may"}),
        ("Most PMs manage at least one product.", "quantifiers", {"most", "least"}),
        ("Up to six people", "quantifiers", {"limit"}),
        ("No more than six people", "quantifiers", {"limit"}),
        ("No more than six people", "denied", ()),
        ("You do not have to ask.", "modals", {"may"}),
    ],
)
def test_denial_strength_and_amount_are_read_off_the_words(text, field, expected):
    assert getattr(read(text), field) == expected


def test_roles_and_others_are_named_whatever_they_are_called():
    assert read("Product managers meet engineers.").actors == read("A PM meets the engineers.").actors
    assert read("The VP of Product hires.").actors == ("vp",)


def test_who_does_what_is_told_clause_by_clause():
    doers = dict((what, who) for who, what in read("A PM writes stories, and a VP sets the vision.").doers)
    assert (doers["stori"], doers["vision"]) == ("pm", "vp")


def test_names_are_capitalised_words_inside_a_sentence():
    assert read("Later Maria Lopez joined a VP of Product.").names == ("Maria", "Lopez")
    assert read("GitLab's ladder, I'm told, is that of 18F.").names == ("GitLab", "18F")


def test_opposites_are_known_both_ways():
    assert "less" in opposites("more")
    assert "more" in opposites("less")
    assert opposites("roadmap") == frozenset()


@pytest.mark.parametrize(
    ("text", "kind", "kinds", "expected"),
    [
        ("Up to six people may join.", "limit", QUANTIFIERS, "Up to"),
        ("Up to six people may join.", "may", MODALS, "may"),
        ("You can't.", "most", QUANTIFIERS, "most"),
    ],
)
def test_a_reason_quotes_the_words_themselves(text, kind, kinds, expected):
    assert word_for(text, kind, kinds) == expected
