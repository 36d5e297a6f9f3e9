import json
from dataclasses import replace

import pytest
from labelled import case, checked, result, run_of

from coach.errors import CasesError
from eval.baseline import Baseline, difference, failures, read_baseline, snapshot
from eval.judging import Verdict

GOOD = [result(name=f"q-{n}", case=case(f"q-{n}", kind="easy", passages=("vp#boss",))) for n in range(40)]


def kept(run, tmp_path):
    path = tmp_path / "baseline.json"
    path.write_text(json.dumps(snapshot(run)))
    return read_baseline(path)


def turned(results, count, verdict=Verdict.ANSWERED_UNSUPPORTED, **fields):
    """The first results end in another way."""
    return [replace(r, verdict=verdict, why="lacks CEO", **fields) if n < count else r for n, r in enumerate(results)]


def test_the_same_run_passes_and_nothing_has_changed(tmp_path):
    run = run_of(*GOOD, claims=(checked(False, False),))
    before = kept(run, tmp_path)
    assert failures(run, before) == []
    assert difference(run, before) == []


def test_a_measure_that_falls_beyond_the_tolerance_fails_by_name(tmp_path):
    before = kept(run_of(*GOOD), tmp_path)
    after = run_of(*turned(GOOD, 8, key_recall=0.0))
    found = failures(after, replace(before, must_pass=frozenset()))
    assert any(line.startswith("key facts was 1.000") and "and is 0.800" in line for line in found)


def test_a_measure_where_less_is_better_fails_when_it_rises(tmp_path):
    before = kept(run_of(*GOOD), tmp_path)
    after = run_of(*turned(GOOD, 8, Verdict.REFUSED_WRONG))
    assert any(line.startswith("false refusals was 0.000") for line in failures(after, before))


def test_one_must_pass_case_that_flips_fails_with_its_reason(tmp_path):
    before = kept(run_of(*GOOD), tmp_path)
    assert "q-0 must pass: answered-unsupported, lacks CEO" in failures(run_of(*turned(GOOD, 1)), before)


def test_a_must_pass_case_cannot_be_dropped_nor_a_measure(tmp_path):
    before = kept(run_of(*GOOD, claims=(checked(False, False),)), tmp_path)
    found = failures(run_of(*GOOD[1:]), before)
    assert "q-0 must pass and is not among the cases" in found
    assert "check (hand): kills role is measured no more" in found


@pytest.mark.parametrize(("lost", "fails"), [(1, False), (2, False), (6, True)])
def test_a_claim_or_two_may_fall_on_the_other_side_on_another_processor(tmp_path, lost, fails):
    before = kept(run_of(*GOOD, claims=(checked(False, False),) * 55), tmp_path)
    after = run_of(*GOOD, claims=(checked(True, False),) * lost + (checked(False, False),) * (55 - lost))
    assert any("kills role was 1.000" in line for line in failures(after, before)) is fails


def test_without_a_baseline_errors_and_missing_passages_still_fail():
    run = run_of(*turned(GOOD, 1, Verdict.ERROR), missing=("gone#b (answers q-1)",))
    assert failures(run, None) == [
        "the labels name a passage that the corpus does not hold: gone#b (answers q-1)",
        "q-0 ended in an error: lacks CEO",
    ]


def test_a_gain_passes_and_is_listed_with_its_interval(tmp_path):
    before = kept(run_of(*turned(GOOD, 4, key_recall=0.0)), tmp_path)
    after = run_of(*GOOD)
    assert failures(after, before) == []
    lines = difference(after, before)
    assert "key facts: 0.900 -> 1.000" in lines
    assert "q-0: answered-unsupported -> answered-supported" in lines
    assert lines[-1].startswith("right cases: +0.1000 (+0.0")


@pytest.mark.parametrize("text", ["{", "{}", '{"measures": {}, "verdicts": {}}', "[]", '{"measures": []}'])
def test_a_baseline_that_cannot_be_read_is_named_with_the_remedy(tmp_path, text):
    path = tmp_path / "baseline.json"
    path.write_text(text)
    with pytest.raises(CasesError, match=r"baseline\.json cannot be read .*`python -m eval\.baseline` writes a new one"):
        read_baseline(path)


def test_the_shipped_baseline_can_be_read():
    shipped = read_baseline()
    assert isinstance(shipped, Baseline)
    assert len(shipped.must_pass) > 100
    assert {"key facts", "refusals", "false refusals", "check (rule): kills role"} <= set(shipped.measures)
