import pytest

from coach.vocabulary import CHAT_SPELLING, ROLE_LABELS, ROLE_NAMES, SYNONYMS, name_roles, other_roles, role_mentions, roles_in

NAMES = {
    "pm": ["a PM", "pms", "Product Manager", "product managers", "a PM's day", "prod mgr", "product mgrs"],
    "vp": [
        "VP",
        "VP of Product",
        "VP Product",
        "vps",
        "vice president of product",
        "Vice-President",
        "product VP",
        "SVP of product",
        "vp of prod",
    ],
    "cpo": ["CPO", "chief product officer", "product chief", "CPOs", "chief of product"],
    "head": ["head of product", "heads of product", "product head"],
    "director": [
        "director of product",
        "product director",
        "directors",
        "director of product management",
        "senior director of product",
    ],
    "gpm": ["GPM", "group product manager", "lead PM", "group PMs"],
    "principal-pm": ["principal PM", "staff product manager", "principal product managers"],
    "senior-pm": ["senior PM", "sr. PM", "Senior Product Manager", "SPM"],
    "apm": ["APM", "associate product manager", "junior PM", "associate PMs"],
}
OTHERS = [
    "VP of Sales", "vice president of engineering", "director of marketing", "head of design", "VP Finance", "head of HR", "VP of customer success",
    "directors of operations", "SVP of sales", "EVP marketing",
]  # fmt: skip


@pytest.mark.parametrize(("role", "name"), [(role, name) for role, names in NAMES.items() for name in names], ids=lambda v: v)
def test_a_role_is_known_under_each_of_its_names(role, name):
    assert roles_in(f"What does {name} own?") == (role,)


@pytest.mark.parametrize("name", OTHERS)
def test_another_professions_leader_is_no_product_role(name):
    assert roles_in(f"What does a {name} do?") == ()
    assert other_roles(f"What does a {name} do?")


@pytest.mark.parametrize(
    "text", ["the board of directors", "rpm and vpn", "a spammer", "my boss", "", "the product"], ids=lambda t: t or "empty"
)
def test_words_that_only_look_like_a_role_name_none(text):
    assert roles_in(text) == ()


def test_a_product_role_beside_another_profession_is_still_found():
    assert roles_in("Does a VP of Sales earn more than a VP of Product or a PM?") == ("vp", "pm")


def test_roles_come_once_each_in_the_order_of_the_text():
    assert roles_in("Is a VP above a director, and is a PM below the VP?") == ("vp", "director", "pm")


def test_both_roles_are_the_pm_and_the_vp():
    assert roles_in("What do both roles share?") == ("pm", "vp")


def test_mentions_point_at_their_characters():
    text = "Must a GPM ask the head of product?"
    assert [(m.role, text[slice(*m.span)]) for m in role_mentions(text)] == [("gpm", "GPM"), ("head", "head of product")]


@pytest.mark.parametrize("role", ROLE_NAMES)
def test_a_full_name_is_recognised_and_stays_as_it_is(role):
    assert roles_in(ROLE_NAMES[role]) == (role,)
    assert name_roles(f"a {ROLE_NAMES[role]} decides") == f"a {ROLE_NAMES[role]} decides"


def test_every_spelling_of_a_role_becomes_its_full_name():
    assert name_roles("Does a VP product lead APMs?") == "Does a VP of Product lead associate product manager?"


def test_every_role_has_a_label():
    assert ROLE_LABELS.keys() == ROLE_NAMES.keys()


def test_written_out_chat_spelling_needs_no_second_repair():
    assert [key for key, value in CHAT_SPELLING.items() if any(word in CHAT_SPELLING for word in value.split())] == []


def test_no_synonym_stands_twice_in_its_group_or_alone():
    assert [g for g in SYNONYMS if len(set(g)) != len(g) or len(g) < 2 or any(m != m.lower() for m in g)] == []
