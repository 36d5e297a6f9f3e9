import pytest

from coach.statement import MODALS, QUANTIFIERS, opposites, read, word_for


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
