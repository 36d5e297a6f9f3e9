import pytest

from eval.metrics import (
    balanced_accuracy,
    bootstrap,
    citation_precision,
    citation_recall,
    has_key_facts,
    key_fact_recall,
    mean,
    ndcg_at,
    paired_difference,
    percentile,
    recall_at,
    reciprocal_rank,
    share,
    smallest_detectable,
    token_f1,
    wilson,
)


@pytest.mark.parametrize(
    ("text", "key", "wrong", "expected"),
    [
        ("The CPO or the CEO.", [["cpo", "chief"], ["ceo"]], [], True),
        ("The CPO.", [["cpo"], ["ceo"]], [], False),
        ("The CPO, never a PM.", [["cpo"]], ["pm"], False),
        ("anything", [], [], True),
        ("", [["a"]], [], False),
        ("Product development.", [["pm"]], [], False),
        ("What is reported", [["report"]], [], True),
        ("She speaks up, and invests too little.", [["speaking up"], ["investing too little"]], ["speak little"], True),
    ],
    ids=[
        "one of each group",
        "a group missing",
        "a wrong word",
        "no key",
        "no text",
        "inside a word",
        "a word's beginning",
        "other endings",
    ],
)
def test_key_facts_need_one_of_every_group_and_no_wrong_word(text, key, wrong, expected):
    assert has_key_facts(text, key, wrong) is expected


def test_key_fact_recall_is_the_share_of_groups_held():
    assert key_fact_recall("The CPO.", [["cpo", "chief"], ["ceo"]]) == 0.5
    assert key_fact_recall("", []) == 1.0


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


@pytest.mark.parametrize(
    ("k", "ranked", "relevant", "expected"),
    [
        (2, ["a", "b", "c"], {"a", "c"}, 0.5),
        (3, ["a", "b", "c"], {"a", "c"}, 1.0),
        (1, ["a", "b"], {"a", "b", "c"}, 1.0),
        (2, [], {"a"}, 0.0),
        (2, ["a"], set(), 0.0),
    ],
    ids=["half", "all", "as many as there is room for", "nothing found", "nothing relevant"],
)
def test_recall_is_capped_by_the_places(k, ranked, relevant, expected):
    assert recall_at(k, ranked, relevant) == expected


@pytest.mark.parametrize(("ranked", "expected"), [(["x", "a", "b"], 0.5), (["a"], 1.0), (["x"], 0.0), ([], 0.0)])
def test_the_reciprocal_rank_is_that_of_the_first_relevant_one(ranked, expected):
    assert reciprocal_rank(ranked, {"a", "b"}) == expected


def test_ndcg_has_its_known_values():
    gains = {"a": 3.0, "b": 2.0, "c": 1.0}
    assert ndcg_at(10, ["a", "b", "c"], gains) == 1.0
    # (2/log2(2) + 3/log2(3)) / (3/log2(2) + 2/log2(3) + 1/log2(4)), worked out by hand
    assert ndcg_at(2, ["b", "a"], gains) == pytest.approx((2 + 3 / 1.584963) / (3 + 2 / 1.584963), abs=1e-6)
    assert ndcg_at(10, ["x"], gains) == 0.0
    assert ndcg_at(10, ["a"], {}) == 0.0


def holds(text, cited):
    """A support that a reader can follow: every word of the text stands in a citation."""
    return set(text.split()) <= set(" ".join(cited).split())


@pytest.mark.parametrize(
    ("cited", "recall", "precision"),
    [
        (["a b", "c"], True, [True, True]),
        (["a b c", "x"], True, [True, False]),
        (["a", "b"], False, [False, False]),
        ([], False, []),
        (["a b c", "c b a"], True, [True, True]),
    ],
    ids=["both needed", "one of no use", "not enough", "none", "each enough alone"],
)
def test_citations_count_as_alce_counts_them(cited, recall, precision):
    assert citation_recall("a b c", cited, holds) is recall
    assert citation_precision("a b c", cited, holds) == precision


def test_balanced_accuracy_gives_both_kinds_half_the_say():
    assert balanced_accuracy([(True, True)] * 9 + [(False, True)]) == 0.5
    assert balanced_accuracy([(True, True), (False, False), (False, True)]) == 0.75
    assert balanced_accuracy([]) == 0.5


def test_a_bootstrap_is_the_same_each_time_and_holds_the_mean():
    values = [0.0, 0.2, 0.9, 1.0, 0.4, 0.7]
    low, high = bootstrap(values)
    assert (low, high) == bootstrap(values)
    assert low < mean(values) < high
    assert bootstrap(values, seed=1) != (low, high)
    assert bootstrap([]) == (0.0, 0.0)
    assert bootstrap([0.5] * 10) == (0.5, 0.5)


def test_a_paired_difference_sees_what_each_row_gained():
    before, after = [0.0] * 50 + [1.0] * 50, [0.0] * 40 + [1.0] * 60
    change, low, high = paired_difference(before, after)
    assert change == pytest.approx(0.1)
    assert 0 < low < 0.1 < high
    with pytest.raises(ValueError):
        paired_difference([1.0], [])


def test_more_rows_show_smaller_changes():
    assert smallest_detectable(0.9, 1000) < smallest_detectable(0.9, 100) < smallest_detectable(0.9, 10) <= 1.0
    assert smallest_detectable(1.0, 100) > 0
    assert smallest_detectable(0.5, 0) == 1.0


@pytest.mark.parametrize(
    ("text", "reference", "expected"),
    [
        ("Who owns it?", "who owns IT", 1.0),
        ("who owns it", "who owns the backlog", 4 / 7),
        ("a a a", "a b", 2 / 5),
        ("why", "how", 0.0),
        ("", "how", 0.0),
        ("", "", 0.0),
    ],
    ids=["the same", "a part", "a word counts as often as it stands there", "nothing shared", "no text", "no texts"],
)
def test_token_f1(text, reference, expected):
    assert token_f1(text, reference) == pytest.approx(expected)
