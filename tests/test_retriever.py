import pytest
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever

QUERY = "Which KPIs does a VP of Product track?"


def test_it_is_a_langchain_retriever_that_finds_what_the_coach_finds(coach):
    retriever = coach.retriever()
    assert isinstance(retriever, BaseRetriever)
    assert [d.id for d in retriever.invoke(QUERY)] == [e.passage.id for e in coach.search(QUERY, 5)]


def test_a_document_holds_the_passage_and_where_it_comes_from(coach):
    document = coach.retriever().invoke(QUERY)[0]
    passage = coach.passage(document.id)
    assert isinstance(document, Document)
    assert document.page_content == passage.text
    assert document.metadata["document_id"] == passage.document_id
    assert document.metadata["heading"] == passage.heading
    assert document.metadata["sources"] == [s.label for s in passage.sources]
    assert document.metadata["score"] > 0


@pytest.mark.parametrize("k", [1, 3])
def test_k_says_how_many(coach, k):
    assert len(coach.retriever(k).invoke(QUERY)) == k


def test_an_empty_query_finds_nothing(coach):
    assert coach.retriever().invoke("") == []
