import pytest

from eval.metrics import has_key_facts, percentile, share, wilson


@pytest.mark.parametrize(
    ("text", "key", "wrong", "expected"),
    [
        ("The CPO or the CEO.", [["cpo", "chief"], ["ceo"]], [], True),
        ("The CPO.", [["cpo"], ["ceo"]], [], False),
        ("The CPO, never a PM.", [["cpo"]], ["pm"], False),
        ("anything", [], [], True),
        ("", [["a"]], [], False),
    ],
    ids=["one of each group", "a group missing", "a wrong word", "no key", "no text"],
)
def test_key_facts_need_one_of_every_group_and_no_wrong_word(text, key, wrong, expected):
    assert has_key_facts(text, key, wrong) is expected


@pytest.mark.parametrize(
    ("hits", "expected"),
    [([True, False, True, True], 0.75), ([], 0.0), ([False], 0.0), (iter([True]), 1.0)],
    ids=["some", "none given", "none", "iterator"],
)
def test_a_share_counts_the_true_ones(hits, expected):
    assert share(hits) == expected


@pytest.mark.parametrize(
    ("hits", "total", "expected"),
    [(0, 0, (0.0, 1.0)), (0, 10, (0.0, 0.2775)), (10, 10, (0.7225, 1.0)), (5, 10, (0.2366, 0.7634)), (90, 100, (0.8256, 0.9448))],
    ids=["nothing seen", "never", "always", "half", "nine of ten"],
)
def test_wilsons_interval_has_its_known_values(hits, total, expected):
    assert wilson(hits, total) == pytest.approx(expected, abs=1e-4)


def test_more_observations_narrow_the_interval():
    narrow, wide = wilson(900, 1000), wilson(9, 10)
    assert wide[0] < narrow[0] < 0.9 < narrow[1] < wide[1]


@pytest.mark.parametrize(
    ("values", "rank", "expected"),
    [
        ([3, 1, 2], 0.5, 2),
        ([1, 2, 3, 4], 0.5, 2),
        (list(range(1, 101)), 0.95, 95),
        ([7], 0.95, 7),
        ([], 0.5, 0.0),
        ([1, 2, 3], 1.0, 3),
    ],
    ids=["odd", "even", "hundred", "one", "none", "greatest"],
)
def test_a_percentile_is_the_value_of_its_rank(values, rank, expected):
    assert percentile(values, rank) == expected
