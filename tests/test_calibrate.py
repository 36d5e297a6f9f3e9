import json

import pytest
from asking import coach_over, write_pages

from coach.errors import CasesError, CorpusError
from coach.gate import CALIBRATION, Gate
from eval.calibrate import FEWEST, Calibration, save, scores, table
from eval.cases import Case

MIXED = Calibration(covered=(0.9, 0.8, 0.7, 0.6, 0.2), others=(0.65, 0.4, 0.1, 0.05))


@pytest.mark.parametrize(
    ("most", "threshold", "false_refusals", "refusals"),
    [(0.0, 0.15, 0.0, 0.5), (0.2, 0.5, 0.2, 0.75), (0.4, 0.675, 0.4, 1.0)],
)
def test_the_threshold_refuses_as_many_as_it_may(most, threshold, false_refusals, refusals):
    best = MIXED.best(most)
    assert best.threshold == pytest.approx(threshold)
    assert (best.false_refusals, best.refusals) == (false_refusals, refusals)


def test_no_question_to_be_answered_is_refused_at_nothing():
    assert Calibration((0.3, 0.4), (0.9,)).best(0.0).false_refusals == 0.0


def test_the_table_says_what_each_threshold_costs():
    lines = table(MIXED, 0.65, MIXED.best(0.0))
    assert lines[0] == "5 questions to be answered, 4 to be refused"
    assert lines[2].split() == ["now", "0.6500", "0.400", "0.750"]
    assert lines[-2].split() == ["chosen", "0.1500", "0.000", "0.500"]


def test_the_threshold_left_beside_a_corpus_is_the_gates(tmp_path):
    path = save(tmp_path, MIXED.best(0.0), MIXED)
    assert path == tmp_path / CALIBRATION
    gate = Gate.load().calibrated(tmp_path)
    assert gate.plain.threshold == gate.bordered.threshold == 0.15
    path.unlink()
    assert Gate.load().calibrated(tmp_path).plain.threshold == Gate.load().plain.threshold


@pytest.mark.parametrize("text", ["{", "{}", '{"threshold": "high"}', "[]", '{"threshold": NaN}', '{"threshold": -3}'])
def test_a_calibration_that_cannot_be_read_is_named_with_the_remedy(tmp_path, text):
    (tmp_path / CALIBRATION).write_text(text)
    with pytest.raises(CorpusError, match=r"calibration\.json cannot be read .*`coach calibrate` again or remove it"):
        Gate.load().calibrated(tmp_path)


def test_too_few_questions_are_refused(tmp_path, encoder):
    coach = coach_over(write_pages(tmp_path / "own"), tmp_path / "index", encoder)
    cases = [Case("own", "1", ("When may the dog visit?",)), Case("own", "2", ("Who sells tyres?",), "refused")]
    with pytest.raises(CasesError, match=f"needs {FEWEST} questions .* only 1 answered and 1 refused"):
        scores(coach, cases, quiet=True)
    coach.close()


def test_scores_come_from_the_gate_by_kind(tmp_path, encoder):
    coach = coach_over(write_pages(tmp_path / "own"), tmp_path / "index", encoder)
    cases = [Case("own", f"a{n}", ("When may the office dog visit?",)) for n in range(FEWEST)]
    cases += [Case("own", f"r{n}", ("Which tyres suit a tractor in winter?",), "refused") for n in range(FEWEST)]
    cases += [Case("own", "g", ("Hello!",), "greeting")]
    found = scores(coach, cases, quiet=True)
    assert (len(found.covered), len(found.others)) == (FEWEST, FEWEST)
    assert min(found.covered) > max(found.others)
    assert json.loads(save(tmp_path / "own", found.best(0.0), found).read_text())["refusals"] == 1.0
    coach.close()
