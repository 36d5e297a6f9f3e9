import pytest
from labelled import case, checked, result

from eval.judging import Verdict
from eval.measuring import KILLS, Measure, counts, measure
from eval.metrics import balanced_accuracy


def test_a_rate_has_wilsons_interval_and_a_mean_one_by_bootstrap():
    rate, average = Measure("rate", (1.0,) * 9 + (0.0,), rate=True), Measure("mean", (0.1, 0.5, 0.9))
    assert rate.value == 0.9
    assert rate.interval == pytest.approx((0.596, 0.982), abs=1e-3)
    assert 0.1 <= average.interval[0] < 0.5 < average.interval[1] <= 0.9
    assert rate.detectable > 0.3
    assert average.detectable == 0.0


@pytest.mark.parametrize(
    ("better", "aim", "reached"), [(1, 0.9, True), (1, 0.91, False), (-1, 0.9, True), (-1, 0.89, False), (1, None, True)]
)
def test_an_aim_is_reached_from_its_own_side(better, aim, reached):
    assert Measure("m", (1.0,) * 9 + (0.0,), better, aim).reaches_aim is reached


def test_every_case_is_counted_once():
    results = [result(), result(Verdict.ERROR), result(Verdict.REFUSED_WRONG), result()]
    assert counts(results) == {
        "answered-supported": 2, "answered-unsupported": 0, "refused-right": 0, "refused-wrong": 1, "error": 1,
    }  # fmt: skip


def test_the_measures_say_what_happened():
    answerable = [
        result(name="a"),
        result(Verdict.REFUSED_WRONG, "b", answer=None, proofs=(), key_recall=1.0),  # a refusal that happens to hold the words
        result(Verdict.ANSWERED_UNSUPPORTED, "c", key_recall=0.0),
        result(Verdict.ERROR, "d", answer=None, proofs=(), key_recall=0.0, found=()),
    ]
    refusals = [
        result(Verdict.REFUSED_RIGHT, "r", case=case("r", expect="refused"), proofs=()),
        result(Verdict.ANSWERED_UNSUPPORTED, "s", case=case("s", expect="refused")),
    ]
    found = {name: m.value for name, m in measure([*answerable, *refusals]).items()}
    assert found["key facts"] == 0.25
    assert found["answered and supported"] == 0.25
    assert found["false refusals"] == 0.25
    assert found["refusals"] == 0.5
    assert found["errors"] == pytest.approx(1 / 6)
    assert found["recall@5"] == found["MRR"] == found["nDCG@10"] == 0.75
    assert found["groundedness"] == found["citation recall"] == found["citation precision"] == 1.0
    assert "care" not in found  # no rows, no measure


def test_the_check_is_measured_by_operator_and_balanced():
    claims = [checked(False, False), checked(True, False), checked(True, True, "paraphrase"), checked(False, False, "number")]
    found = measure([], claims)
    assert found["check (hand): kills role"].value == 0.5
    assert found["check (hand): kills number"].value == 1.0
    assert found["check (hand): false alarms"].value == 0.0
    assert found["check (hand): balanced accuracy"].value == pytest.approx(
        balanced_accuracy((c.claim.supported, c.said) for c in claims)
    )
    low, high = found["check (hand): balanced accuracy"].interval
    assert 0 <= low <= high <= 1
    assert set(KILLS) >= {"role", "item", "number", "unit", "actor", "negation", "modality", "quantifier"}
