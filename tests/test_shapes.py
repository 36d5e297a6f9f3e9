"""The shapes say what is written, name for name."""

from __future__ import annotations

from browser.standin import StandIn

from coach.shapes import AnswerShape, EvidenceShape, SearchShape, SentenceShape
from coach.types import Evidence, Passage
from coach.wire import answer_json, evidence_json


def test_an_answer_has_the_names_of_its_shape_and_no_other():
    row = answer_json(StandIn().ask("Compare a PM and a VP"))
    assert set(row) == set(AnswerShape.model_fields)
    assert set(row["sentences"][0]) == set(SentenceShape.model_fields)
    assert AnswerShape.model_validate(row).model_dump(mode="json") == row


def test_a_search_result_has_the_names_of_its_shape_and_no_other():
    row = evidence_json(Evidence(Passage("vp#lead", "vp", "VP", "Lead?", "A VP leads.", 0, 11), 0.8, 0.7, 0.9))
    assert set(row) == set(EvidenceShape.model_fields)
    assert SearchShape.model_validate({"results": [row]}).results[0].passage_id == "vp#lead"
