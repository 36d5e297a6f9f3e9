import json

import pytest

from coach.types import Answer, Citation, Evidence, Layout, Outcome, Passage, Sentence
from coach.wire import answer_json, evidence_json, verified_json

QUOTE = "A VP — “of Product” — leads."
ANSWER = Answer(
    question="vp?",
    standalone_question="What does a VP do?",
    outcome=Outcome.ANSWERED,
    sentences=(Sentence(QUOTE, (1,), score=0.9), Sentence("A VP hires.", (2,))),
    citations=(
        Citation(1, "vp#lead", "vp", "VP", "Lead?", "Book, Ann, 2021", "https://example.org", QUOTE, 10, 10 + len(QUOTE)),
        Citation(2, "vp#hire", "vp", "VP", "Hire?", "", "", "A VP hires.", 60, 71),
    ),
    follow_ups=("And a PM?",),
    timings_ms={"total": 1.5},
    explanation={"rewrite": "first"},
)


def test_an_answer_has_the_promised_names_and_shapes():
    out = answer_json(ANSWER)
    assert out.keys() >= {
        "question",
        "standalone_question",
        "outcome",
        "text",
        "sentences",
        "citations",
        "follow_ups",
        "nearest_topics",
        "timings_ms",
    }
    assert out["outcome"] == "answered"
    assert out["text"] == f"{QUOTE} [1] A VP hires. [2]"
    assert out["sentences"][0].items() >= {"text": QUOTE, "citations": [1], "supported": True, "score": 0.9}.items()
    assert out["citations"][0] == {
        "number": 1, "passage_id": "vp#lead", "document_id": "vp", "title": "VP", "heading": "Lead?", "source": "Book, Ann, 2021",
        "url": "https://example.org", "quote": QUOTE, "start": 10, "end": 10 + len(QUOTE),
    }  # fmt: skip
    assert (out["follow_ups"], out["nearest_topics"], out["timings_ms"]) == (["And a PM?"], [], {"total": 1.5})


@pytest.mark.parametrize("row_id", ["q1", 7, 0, ["odd"]], ids=str)
def test_an_id_comes_first_and_as_it_was_given(row_id):
    assert next(iter(answer_json(ANSWER, row_id).items())) == ("id", row_id)


def test_id_and_explanation_appear_only_when_wanted():
    assert not {"id", "explanation"} & answer_json(ANSWER).keys()
    assert answer_json(ANSWER, explain=True)["explanation"] == {"rewrite": "first"}


def test_an_answer_survives_the_way_through_json():
    assert json.loads(json.dumps(answer_json(ANSWER, "é", True), ensure_ascii=False)) == answer_json(ANSWER, "é", True)


@pytest.mark.parametrize("outcome", [Outcome.NO_EVIDENCE, Outcome.OUT_OF_SCOPE], ids=str)
def test_a_refusal_has_topics_and_no_citations(outcome):
    out = answer_json(Answer("q", "q", outcome, note="I do not have that.", nearest_topics=("A?", "B?")))
    assert (out["text"], out["citations"], out["sentences"], out["nearest_topics"]) == (
        "I do not have that.",
        [],
        [],
        ["A?", "B?"],
    )


def test_steps_are_numbered_in_the_text():
    steps = Answer("q", "q", Outcome.ANSWERED, sentences=ANSWER.sentences, citations=ANSWER.citations, layout=Layout.STEPS)
    assert answer_json(steps)["text"] == f"1. {QUOTE} [1]\n2. A VP hires. [2]"


def test_a_search_result_has_the_promised_names_and_the_parts_of_its_score():
    passage = Passage("vp#lead", "vp", "VP", "Lead?", QUOTE, 10, 10 + len(QUOTE))
    out = evidence_json(Evidence(passage, 0.8, 0.7, 0.9, 0.05))
    assert out.items() >= {"passage_id": "vp#lead", "document_id": "vp", "score": 0.8, "text": QUOTE}.items()
    assert out["parts"] == {"dense": 0.7, "lexical": 0.9, "steering": 0.05}


@pytest.mark.parametrize(
    ("sentences", "supported", "score"),
    [
        ((Sentence("A.", (), True, 1.0), Sentence("B.", (), True, 0.6)), True, 0.6),
        ((Sentence("A.", (), True, 1.0), Sentence("B.", (), False, 0.1, ("no",))), False, 0.1),
        ((), False, 0.0),
    ],
)
def test_a_claim_is_supported_only_if_every_sentence_is(sentences, supported, score):
    out = verified_json(sentences, "r1")
    assert (out["id"], out["supported"], out["score"]) == ("r1", supported, score)
    assert [s["reasons"] for s in out["sentences"]] == [list(s.reasons) for s in sentences]
    assert "id" not in verified_json(sentences)
