"""A search as a LangChain retriever, for programs that speak that interface; `Coach.retriever` makes one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever

from coach.types import Evidence


class CoachRetriever(BaseRetriever):
    """Passages for a query, best first, as LangChain documents with id, heading, source and score."""

    search: Callable[[str, int], Sequence[Evidence]]
    """A query and how many in, evidence out."""
    k: int = 5

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        return [
            Document(
                id=e.passage.id,
                page_content=e.passage.text,
                metadata={
                    "document_id": e.passage.document_id,
                    "heading": e.passage.heading,
                    "sources": [s.label for s in e.passage.sources],
                    "score": e.score,
                },
            )
            for e in self.search(query, self.k)
        ]
