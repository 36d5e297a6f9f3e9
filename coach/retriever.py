"""The coach's search as a LangChain retriever, for programs that speak that interface."""

from __future__ import annotations

from typing import TYPE_CHECKING

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

if TYPE_CHECKING:
    from coach.pipeline import Coach
else:
    Coach = object


class CoachRetriever(BaseRetriever):
    """Passages for a query, best first, as LangChain documents with id, heading, source and score."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    coach: Coach
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
            for e in self.coach.search(query, self.k)
        ]
