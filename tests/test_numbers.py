import pytest

from coach.numbers import Number, numbers, periods, same_amount, same_unit


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
        ("one hundred and fifty-two shifts, a hundred and more", [(152, "shift"), (100, "")]),
        ("half a dozen rescuers took half an hour", [(6, ""), (30, "minute")]),
        ("5m users", [(5e6, "")]),
    ],
)
def test_numbers_are_read_with_their_units(text, expected):
    assert [(n.value, n.unit) for n in numbers(text)] == expected


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
    first, second = numbers(one)[0], numbers(other)[0]
    assert same_amount(first, second) is amount
    assert same_unit(first, second) is unit


@pytest.mark.parametrize(
    ("text", "expected"), [("once a week", {"week"}), ("quarterly", {"quarter"}), ("an annual plan", {"year"}), ("a plan", set())]
)
def test_how_often_is_read_off_a_week_and_monthly(text, expected):
    assert periods(text) == expected


def test_a_number_keeps_its_own_words():
    assert numbers("about three months") == (Number(3.0, "month", "three"),)
