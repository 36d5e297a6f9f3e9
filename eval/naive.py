"""A pipeline from the parts of LangChain's tutorials, to compare the coach with: the same model and Chroma, the four nearest pieces pasted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from langchain_chroma import Chroma
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.vectorstores import VectorStoreRetriever
from langchain_text_splitters import RecursiveCharacterTextSplitter

from coach.corpus import plain
from coach.encoder import load_plain
from coach.types import Passage

PIECE, OVERLAP, NEAREST = 1000, 200, 4  # characters and pieces, as the tutorials have them


class SentenceTransformers(Embeddings):
    """A sentence-transformers model as LangChain wants it."""

    def __init__(self, model: Any) -> None:  # noqa: ANN401 - an optional heavy type
        self._model = model

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Unit vectors."""
        found: list[list[float]] = self._model.encode(texts, normalize_embeddings=True, show_progress_bar=False).tolist()
        return found

    def embed_query(self, text: str) -> list[float]:
        """One unit vector."""
        return self.embed_documents([text])[0]


def as_tutorials_serve_it() -> Embeddings:
    """The coach's default model without its adapter, under torch."""
    return SentenceTransformers(load_plain())


def build(passages: Sequence[Passage], embeddings: Embeddings, folder: Path) -> VectorStoreRetriever:
    """The pages that the passages come from, as a reader sees them, cut into pieces and stored."""
    pages: dict[str, list[str]] = {}
    for passage in passages:
        body = " ".join(plain(passage.quote(n)) for n in range(len(passage.sentences)))
        pages.setdefault(passage.document_id, [passage.title]).append(f"{passage.heading}\n{body}")
    splitter = RecursiveCharacterTextSplitter(chunk_size=PIECE, chunk_overlap=OVERLAP)
    pieces = splitter.split_documents([Document("\n\n".join(parts)) for parts in pages.values()])
    store: Any = Chroma.from_documents(pieces, embeddings, persist_directory=str(folder))
    return VectorStoreRetriever(vectorstore=store, search_kwargs={"k": NEAREST})


def ask(retriever: VectorStoreRetriever, question: str) -> str:
    """The nearest pieces, pasted."""
    return "\n\n".join(d.page_content for d in retriever.invoke(question))
