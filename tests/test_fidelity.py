import pytest

from coach.fidelity import clauses, slips

REPORTS = "A PM usually reports to a director, and may report to the founder in a small company."
MEETS = "A PM meets 5 customers a week and writes 2 pages of notes."
HIRES = "A VP of Product hires about 4 directors when the company grows."
SAYS = "A VP of Product hires about 4 directors when the company grows, says Ana Ruiz (2024)."
AT = "At Acme (handbook, 2023 or later), a PM plans the releases."
OWNS = "A PM owns the roadmap of one product and a VP of Product owns the strategy of all products."
PAYS = "A director should pay attention to some of the metrics and at least one budget."
LIMIT = "A director approves up to 3 promotions a year."
ONLY = "Only a VP of Product presents the plan to the board."
DOUBT = "A mentor can help a PM to see the path to the next role."
MOST = "Most PMs work with one team of engineers and often with a designer."
ALWAYS = "A VP of Product always keeps the strategy of the company in view."
MUST = "A VP of Product must explain the budget to the board."


@pytest.mark.parametrize(
    ("source", "wrong", "finding", "faithful"),
    [
        (REPORTS, "A PM reports to a director, and may report to the founder.", 'leaves out "usually"', "A PM usually reports to a director, and may report to the founder."),
        (REPORTS, "A PM usually reports to a director, and reports to the founder in a small company.", 'leaves out "may"', "A PM usually reports to a director, and might report to the founder in a small company."),
        (DOUBT, "A mentor helps a PM to see the path to the next role.", 'leaves out "can"', "A mentor may help a PM to see the path to the next role."),
        (PAYS, "A director pays attention to some of the metrics.", 'leaves out "should"', "A director should pay attention to some of the metrics."),
        (PAYS, "A director should pay attention to the metrics and at least one budget.", 'leaves out "some"', "A director should pay attention to some of the metrics and at least one budget."),
        (PAYS, "A director should pay attention to some of the metrics and one budget.", 'leaves out "at least"', "A director should pay attention to some of the metrics and at least one budget."),
        (HIRES, "A VP of Product hires 4 directors when the company grows.", 'leaves out "about"', "A VP of Product hires roughly 4 directors when the company grows."),
        (MOST, "PMs work with one team of engineers.", 'leaves out "most"', "Most PMs work with one team of engineers."),
        (MOST, "Most PMs work with one team of engineers and always with a designer.", 'says "always"', "Most PMs work with one team of engineers and frequently with a designer."),
        (ONLY, "A VP of Product presents the plan to the board.", 'leaves out "only"', "Only a VP of Product presents the plan to the board."),
        (LIMIT, "A director approves 3 promotions a year.", 'leaves out "up to"', "The director approves up to 3 promotions a year."),
        ("A PM meets more than 5 customers a week.", "A PM meets 5 customers a week.", 'leaves out "more than"', "A PM meets over 5 customers a week."),
        ("Usually, a PM reports to a director.", "A PM reports to a director.", 'leaves out "usually"', "A PM normally reports to a director."),
        ("Perhaps a PM needs a mentor.", "A PM needs a mentor.", 'leaves out "perhaps"', "A PM may need a mentor."),
        ("About 40% of PMs write code.", "40% of PMs write code.", 'leaves out "about"', "Around 40% of PMs write code."),
        ("A PM does not have to write code.", "A PM does not write code.", 'leaves out "does not have to"', "A PM need not write code."),
        (HIRES, "A VP of Product hires about 4 directors.", 'leaves out the condition "when ..."', "When the company grows, a VP of Product hires about 4 directors."),
        (HIRES, "A VP of Product must hire about 4 directors when the company grows.", 'says "must"', "A VP of Product hires about 4 directors when the company grows."),
        (HIRES, "A VP of Product will hire about 4 directors when the company grows.", 'says "will"', "When the company grows, a VP of Product hires about 4 directors."),
        (HIRES, "A VP of Product should hire about 4 directors when the company grows.", 'says "should"', "A VP of Product hires about 4 directors if the company grows."),
        (OWNS, "A PM only owns the roadmap of one product.", 'says "only"', "A PM owns the roadmap of one product."),
        (OWNS, "A PM never owns the roadmap of one product.", 'says "never"', "The PM owns the roadmap of one product."),
        (MEETS, "Most PMs meet 5 customers a week.", 'says "most"', "PMs meet 5 customers a week."),
        (MEETS, "A PM meets at least 5 customers a week.", 'says "at least"', "Each week a PM meets 5 customers."),
        (MEETS, "Each PM meets 5 customers a week.", 'says "each"', "A PM meets 5 customers every week."),
        (MEETS, "A PM meets up to 5 customers a week.", 'says "up to"', "A PM meets 5 customers a week."),
        (MEETS, "A PM writes 2 pages of notes because 5 customers meet a PM a week.", "adds a reason", "A PM writes 2 pages of notes and meets 5 customers a week."),
        (MEETS, "A PM meets 5 customers a week and therefore writes 2 pages of notes.", "adds a reason", "A PM meets 5 customers a week and also writes 2 pages of notes."),
        (OWNS, "A VP of Product owns a larger strategy than a PM.", "adds a comparison", "A VP of Product owns the strategy of all products."),
        (SAYS, "A VP of Product hires about 4 directors when the company grows.", "leaves out whose word it is: Ruiz", "Ana Ruiz says that a VP of Product hires about 4 directors when the company grows."),
        (AT, "A PM plans the releases.", "leaves out whose word it is: Acme", "At Acme a PM plans the releases."),
        (OWNS, "A VP of Product is the one owning the strategy of all products.", "singles out one", "A VP of Product owns the strategy of all products."),
        (MEETS, "A PM meets 5 customers better than pages of notes.", "adds a comparison", "A PM writes 2 pages of notes."),
        (MEETS, "A PM meets 2 customers a week and writes notes.", "what 2 counts is another thing in the source", "A PM meets 5 customers a week and writes notes."),
        (MEETS, "A PM writes 5 pages of notes and meets customers a week.", "what 5 counts is another thing in the source", "A PM writes 2 pages of notes and meets customers a week."),
        (SAYS, "Brian Lee says that a VP of Product hires about 4 directors when the company grows.", "names Lee", "Ana Ruiz says that a VP of Product hires about 4 directors when the company grows."),
        (HIRES, "At Acme a VP of Product hires about 4 directors when the company grows.", "names Acme", "A VP of Product hires about 4 directors when the company grows."),
        (OWNS, "A PM owns the strategy.", 'says it of "product manager"', "A VP of Product owns the strategy of all products."),
        (OWNS, "A VP of Product owns the roadmap of one product.", 'says it of "VP of Product"', "A product manager owns the roadmap of one product."),
        (OWNS, "A PM owns.", "is too short to say anything", "A PM owns the roadmap."),
        (MEETS, "They meet 5 customers a week.", "begins with a word that points at another sentence", "PMs meet 5 customers a week."),
        (MEETS, "So this writes 2 pages of notes.", "begins with a word that points at another sentence", "So a PM writes 2 pages of notes."),
        (MEETS, "Its PM meets 5 customers a week.", "begins with a word that points at another sentence", "The PM meets 5 customers a week."),
        (MEETS, "A PM travels to talk at fairs and greets 5 customers a week.", "says it in words that are far from the source's", "A PM meets and greets 5 customers a week."),
        (MEETS, "Customers enjoy swift replies.", "says it in words that are far from the source's", "Customers meet a PM."),
    ],
)  # fmt: skip
def test_one_slip_is_found_and_what_keeps_to_the_source_is_clean(source, wrong, finding, faithful):
    found = slips(wrong, source, [])
    assert [f for f in found if f.startswith(finding)], found
    assert slips(faithful, source, []) == ()


@pytest.mark.parametrize("text", [REPORTS, MEETS, HIRES, OWNS, PAYS, LIMIT, ONLY, DOUBT, MOST, ALWAYS, MUST])
def test_a_sentence_that_is_its_own_source_is_clean(text):
    assert slips(text, text, []) == ()
    assert slips(text.rstrip("."), text, [MEETS, OWNS]) == ()
    assert slips(text.replace("A VP of Product", "The product VP").replace("A PM", "A product manager"), text, []) == ()


def test_several_slips_are_all_told():
    found = slips("They must hire 4 better managers for Acme.", HIRES, [])
    assert [f.split(" ")[0] for f in found][:2] == ["begins", "says"]
    assert {f.split(" ")[0] for f in found} == {"begins", "says", "leaves", "adds", "what", "names"}


def test_strength_and_reasons_may_come_from_any_source_but_names_only_from_the_nearest():
    reason = "A VP of Product must hire early because a search takes time."
    claim = "A VP of Product must hire about 4 directors when the company grows, because a search takes time."
    assert slips(claim, HIRES, [reason]) == ()
    assert [f for f in slips(claim, HIRES, []) if f.startswith(("says", "adds"))]
    named = "A VP of Product hires about 4 directors when the company grows, says Brian Lee."
    assert slips(named, HIRES, ["Brian Lee writes about PMs."]) == (
        "names Brian, whom the nearest source does not name",
        "names Lee, whom the nearest source does not name",
    )


def test_years_and_names_with_digits_count_nothing():
    assert slips("In 2024 18F hired PMs.", "18F hired PMs in 2024, and 18F trained VPs.", []) == ()


def test_a_condition_may_be_put_in_other_words_and_in_another_place():
    source = "When a product fails, a PM should tell the board."
    for faithful in ("A PM should tell the board if a product fails.", "Once a product fails, a PM should tell the board."):
        assert slips(faithful, source, []) == ()
    assert slips("A PM should tell the board.", source, []) == ('leaves out the condition "when ..."',)


def test_a_sentence_without_a_word_of_the_source_is_only_far_from_it():
    assert slips("Dogs bark loudly at night.", "A PM usually plans.", []) != ()
    assert slips("", "", []) == ("is too short to say anything",)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("A PM owns the roadmap, while a VP of Product owns the strategy.", ["A PM owns the roadmap.", "A VP of Product owns the strategy."]),
        ("A PM plans and the VP leads.", ["A PM plans.", "The VP leads."]),
        ("A PM plans quarters whereas directors plan years, but a VP plans further.", ["A PM plans quarters.", "Directors plan years.", "A VP plans further."]),
        ("A PM plans and a product manager writes.", []),
        ("A PM plans and writes.", []),
        ("A PM works with a VP and a director.", []),
        ("PMs and VPs plan.", []),
        ("In a bank a PM plans and a VP leads.", []),
        ("A PM plans.", []),
        ("", []),
    ],
    ids=["while", "and", "three", "the same role", "one role", "roles in a row", "two that do the same", "a role that comes late", "one clause", "nothing"],
)  # fmt: skip
def test_only_a_sentence_that_sets_roles_side_by_side_has_clauses(sentence, expected):
    assert clauses(sentence) == expected


KPIS = (
    "A VP of Product watches business performance, with KPIs such as revenue and market position, while a product manager watches product usage, "
    "with KPIs such as user numbers and demos."
)


@pytest.mark.parametrize(
    ("claim", "found"),
    [
        (
            "A VP of Product watches business performance, while a product manager watches product usage, with KPIs such as revenue and market position.",
            "says it of",
        ),
        ("A VP of Product watches business performance, with revenue, position, and the market position.", "says"),
        (
            "A VP of Product is watched by business performance, with KPIs such as revenue and market position.",
            "turns who does it round",
        ),
        ("A VP of Product watches business performance, with KPIs such as revenue and market position.", ""),
    ],
    ids=["other role", "word again", "passive", "faithful"],
)
def test_what_a_small_model_mixes_up_is_found(claim, found):
    slipped = slips(claim, KPIS, [])
    assert any(slip.startswith(found) for slip in slipped) if found else slipped == ()


def test_the_kind_of_a_role_is_not_left_out():
    source = "An exceptional VP of Product speaks up for customers and defends the interests of the business."
    assert slips("A VP of Product speaks up for customers and defends the interests of the business.", source, []) == (
        'leaves out "exceptional"',
    )


def test_a_list_does_not_grow():
    source = "A VP of Product watches business performance, with KPIs such as revenue and market position."
    claim = "A VP of Product watches business performance, with KPIs such as revenue, churn and market position."
    assert "lists more than the source" in slips(claim, source, [])
