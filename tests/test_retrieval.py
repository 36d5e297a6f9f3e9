from itertools import pairwise

import numpy as np
import pytest

from coach.index import open_index
from coach.retrieval import Retriever, normalise
from coach.sync import sync
from coach.vocabulary import roles_in


@pytest.fixture
def retriever(small_corpus, tmp_path, counting_encoder):
    sync(small_corpus, tmp_path / "index", counting_encoder)
    index = open_index(tmp_path / "index", counting_encoder)
    yield Retriever(index, counting_encoder)
    index.close()


@pytest.mark.parametrize(
    ("query", "passage"),
    [
        ("Who does a VP report to?", "vp#who-does-a-vp-of-product-report-to"),
        ("Who does a PM report to?", "pm#who-does-a-product-manager-report-to"),
        ("share of visitors who buy", "metrics#what-is-a-conversion-rate"),
        ("hiring", "vp#who-does-a-vp-of-product-hire"),
    ],
    ids=["role steers", "other role", "words alone", "one word"],
)
def test_the_passage_that_answers_comes_first(retriever, query, passage):
    assert retriever.search(query).evidence[0].passage.id == passage


def test_evidence_comes_best_first_with_parts_that_explain_it(retriever):
    found = retriever.search("What is the roadmap of a PM?")
    assert all(a.score >= b.score for a, b in pairwise(found.evidence))
    assert all(0 <= part <= 1 for e in found.evidence for part in (e.dense, e.lexical))
    assert [retriever.index.passages[n] for n in found.numbers] == [e.passage for e in found.evidence]


def test_the_same_question_finds_the_same_evidence(retriever):
    assert retriever.search("strategy of a VP").evidence == retriever.search("strategy of a VP").evidence


@pytest.mark.parametrize("query", ["", "   "], ids=["empty", "blank"])
def test_an_empty_query_finds_nothing(retriever, query):
    assert retriever.search(query).evidence == ()


@pytest.mark.parametrize("limit", [1, 3])
def test_no_more_than_asked_for(retriever, limit):
    assert len(retriever.search("roadmap", limit).evidence) == limit


@pytest.mark.parametrize(
    "query", ["qqq zzz", "???", "日本語", "a" * 3000], ids=["unknown words", "marks", "another script", "long word"]
)
def test_any_text_can_be_searched(retriever, query):
    assert retriever.search(query, 2).evidence


def test_normalised_scores_stretch_from_none_to_all():
    assert normalise(np.array([2, 4, 3], dtype=np.float32)).tolist() == [0.0, 1.0, 0.5]
    assert normalise(np.zeros(3, dtype=np.float32)).tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    "question", ["do prodct mgrs hav direct reprts", "do pms manage ppl", "does a produkt manager have reports?"]
)
def test_misspelt_words_find_what_was_meant(coach, question):
    assert "pm" in coach.search(question, 1)[0].passage.about


COMPARISONS = [
    "What is the difference between a PM and a VP of Product?",
    "How do the skills of a PM and a VP of Product differ?",
    "PM vs VP: who owns the roadmap?",
    "compare metrics of product managers and vps",
    "Do a PM and a VP report to the same person?",
]


@pytest.mark.parametrize("question", COMPARISONS)
def test_a_comparison_brings_evidence_for_both_roles(coach, question):
    named = {role for e in coach.search(question, 5) for role in roles_in(f"{e.passage.heading} {e.passage.text}")}
    assert named >= {"pm", "vp"}


@pytest.mark.parametrize(
    "question",
    [
        "Which KPIs does a VP track?",
        "Which skills does a VP of Product need?",
        "Who does a VP report to?",
        "What does a VP product focus on?",
        "How does a VP of product lead people?",
    ],
)
def test_a_question_on_vps_does_not_find_a_pms_passage_first(coach, question):
    assert "vp" in coach.search(question, 1)[0].passage.about


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("What is CLV?", "lifetime value"),
        ("What does a GPM do?", "group product manager"),
        ("APM duties", "associate product manager"),
        ("what is the ic path", "individual contributor"),
        ("OKR scoring", "objectives"),
        ("what does a cpo do", "chief product officer"),
        ("NRR benchmark", "net revenue retention"),
        ("Who looks after the backlog?", "backlog"),
    ],
    ids=lambda v: v,
)
def test_short_forms_find_what_they_stand_for(coach, query, word):
    assert word in " ".join(f"{e.passage.title} {e.passage.heading} {e.passage.text}" for e in coach.search(query, 3)).lower()
