"""A published generation of the index, opened for reading: vectors in Chroma, words in BM25, passages as they were written.

    index/CURRENT                      the one pointer: {"generation": name, "previous": name}
    index/generations/NAME/manifest.json   schema, encoder, checksums of the files below
                          /passages.jsonl  documents.jsonl  passages.npy  sentences.npy  bm25/  chroma/

A generation never changes after it is published. Chroma touches its SQLite file whenever it opens it, so that one file is checked by
what it holds and all others by SHA-256.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from coach.encoder import Encoder, Matrix
from coach.errors import IndexUnusable
from coach.types import Document, Passage, Source

if TYPE_CHECKING:
    from chromadb.api.models.Collection import Collection

SCHEMA = 1
POINTER = "CURRENT"
COLLECTION = "passages"
_UNCHECKED = "chroma.sqlite3"


class IndexMissing(IndexUnusable):
    """There is no published generation yet."""


class IndexDamaged(IndexUnusable):
    """A file of the generation is not what was published."""


@lru_cache(maxsize=1)
def _stemmer() -> Any:  # noqa: ANN401 - a C extension without types
    import Stemmer

    return Stemmer.Stemmer("english")


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The Snowball stem of a lower-case word."""
    return str(_stemmer().stemWord(word))


_WORD = re.compile(r"[a-z0-9][a-z0-9&+'’-]*[a-z0-9+]|[a-z0-9]")
STOP_WORDS = frozenset(
    """a about above after again all also am an and any are aren't as at be because been before being below between both but by can can't
    cannot could did didn't do does doesn't doing don't down during each few for from further get gets got had has hasn't have haven't having he
    her here hers him his how i i'd i'll i'm i've if in into is isn't it it's its just let's like make makes me more most much my no nor not of
    off on once only or other our ours out over own please really same she should shouldn't so some such tell than that that's the their theirs them
    then there there's these they they're this those through to too under until up us very was wasn't we we're were weren't what what's when
    where which while who whom whose why will with won't would wouldn't you you'd you'll you're your yours""".split()
)


def words(text: str) -> list[str]:
    """Lower-case words; hyphens and apostrophes stay inside a word, possessive endings go."""
    found = _WORD.findall(text.lower().replace("’", "'"))
    return [w[:-2] if w.endswith("'s") else w for w in found]


@lru_cache(maxsize=32768)
def terms(text: str) -> tuple[str, ...]:
    """The stems that lexical search sees: content words, hyphenated words also in their parts."""
    found: list[str] = []
    for word in words(text):
        if word in STOP_WORDS:
            continue
        parts = word.split("-") if "-" in word else [word]
        found.extend(stem(p) for p in parts if p and p not in STOP_WORDS)
    return tuple(found)


def read_pointer(root: Path) -> dict[str, str]:
    """The names of the current and the previous generation. Raises IndexMissing or IndexDamaged."""
    try:
        pointer = json.loads((root / POINTER).read_text(encoding="utf-8"))
        return {"generation": str(pointer["generation"]), "previous": str(pointer.get("previous") or "")}
    except FileNotFoundError as error:
        raise IndexMissing(f"There is no index in {root}; run `coach index`.") from error
    except NotADirectoryError as error:
        raise IndexUnusable(f"The index folder {root} is a file; give a folder with --index or COACH_INDEX.") from error
    except PermissionError as error:
        raise IndexUnusable(f"The index folder {root} cannot be read; check its permissions.") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexDamaged(f"The index is damaged: {root / POINTER} cannot be read.") from error


def generation_path(root: Path, name: str) -> Path:
    """Where a generation lies."""
    return root / "generations" / name


def checked_files(folder: Path) -> Iterable[Path]:
    """The files of a generation that its checksums cover."""
    return (p for p in sorted(folder.rglob("*")) if p.is_file() and p.name not in ("manifest.json", _UNCHECKED) and not p.name.startswith(f"{_UNCHECKED}-"))


def file_digest(path: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def manifest_digest(manifest: dict[str, Any]) -> str:
    """SHA-256 over all of a manifest but its own digest."""
    rest = {key: value for key, value in manifest.items() if key != "digest"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a generation. Raises IndexDamaged when it is missing or altered."""
    try:
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        if manifest["digest"] != manifest_digest(manifest):
            raise ValueError("digest")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexDamaged(f"The index is damaged: {folder / 'manifest.json'} is missing or altered.") from error
    return manifest


def verify_files(folder: Path, manifest: dict[str, Any]) -> None:
    """Compare every file with its checksum. Raises IndexDamaged naming the first that differs."""
    for name, expected in manifest["files"].items():
        path = folder / name
        if not path.is_file() or file_digest(path) != expected:
            raise IndexDamaged(f"The index is damaged: {path} does not match its checksum.")


def passage_from(row: dict[str, Any], documents: dict[str, Document]) -> Passage:
    """A passage from its stored row; what it shares with its document is taken from there."""
    document = documents[row["document_id"]]
    return Passage(
        id=row["id"],
        document_id=document.id,
        title=document.title,
        heading=row["heading"],
        text=document.text[row["start"] : row["end"]],
        start=row["start"],
        end=row["end"],
        kind=document.kind,
        roles=document.roles,
        dimensions=document.dimensions,
        sources=tuple(Source(**s) for s in row["sources"]),
        sentences=tuple((a, b) for a, b in row["sentences"]),
    )


def passage_row(passage: Passage) -> dict[str, Any]:
    """What is stored of a passage."""
    return {
        "id": passage.id,
        "document_id": passage.document_id,
        "heading": passage.heading,
        "start": passage.start,
        "end": passage.end,
        "sources": [asdict(s) for s in passage.sources],
        "sentences": passage.sentences,
    }


def document_from(row: dict[str, Any]) -> Document:
    """A document from its stored row."""
    lists = {key: tuple(row[key]) for key in ("roles", "dimensions")}
    return Document(**{**row, **lists, "sources": tuple(Source(**s) for s in row["sources"])})


def open_chroma(folder: Path) -> tuple[Any, Collection]:
    """Chroma's client and the collection of a generation; no embedding function, no telemetry."""
    import chromadb
    from chromadb.config import Settings as ChromaSettings

    client = chromadb.PersistentClient(str(folder / "chroma"), ChromaSettings(anonymized_telemetry=False))
    return client, client.get_collection(COLLECTION, embedding_function=None)


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage's number in its generation and its score."""

    number: int
    score: float


class Index:
    """One generation, opened. Not for use by two encoders: `open_index` compares digests."""

    def __init__(self, folder: Path, manifest: dict[str, Any]) -> None:
        self.folder = folder
        self.manifest = manifest
        rows = [json.loads(line) for line in (folder / "documents.jsonl").open(encoding="utf-8")]
        self.documents: dict[str, Document] = {row["id"]: document_from(row) for row in rows}
        stored = [json.loads(line) for line in (folder / "passages.jsonl").open(encoding="utf-8")]
        self.passages: tuple[Passage, ...] = tuple(passage_from(row, self.documents) for row in stored)
        self.number: dict[str, int] = {p.id: n for n, p in enumerate(self.passages)}
        self._first_sentence = np.concatenate([[0], np.cumsum([len(p.sentences) for p in self.passages])]).astype(int)
        self._sentence_vectors: NDArray[np.float16] = np.load(folder / "sentences.npy", mmap_mode="r")
        self._bm25 = _load_bm25(folder / "bm25")
        self._client, self._collection = self._open_collection()

    def _open_collection(self) -> tuple[Any, Collection]:
        try:
            client, collection = open_chroma(self.folder)
            held = collection.get(include=[])["ids"]
            collection.query(query_embeddings=np.zeros((1, self.manifest["dimension"]), dtype=np.float32) + 0.1, n_results=1, include=[])
        except BaseException as error:  # a damaged store can panic in Rust, which is no Exception
            if isinstance(error, (KeyboardInterrupt, SystemExit)):
                raise
            raise IndexDamaged(f"The index is damaged: {self.folder / 'chroma'} cannot be opened ({type(error).__name__}).") from error
        if sorted(map(int, held)) != list(range(len(self.passages))):
            raise IndexDamaged(f"The index is damaged: {self.folder / 'chroma' / _UNCHECKED} holds other passages than were published.")
        return client, collection

    @property
    def name(self) -> str:
        """The generation's name."""
        return self.folder.name

    def dense(self, vector: Matrix, limit: int) -> list[Hit]:
        """The passages nearest to a unit vector, cosine, best first."""
        found = self._collection.query(query_embeddings=vector, n_results=min(limit, len(self.passages)), include=["distances"])
        distances = found["distances"] or [[]]
        return [Hit(int(i), 1.0 - float(d)) for i, d in zip(found["ids"][0], distances[0], strict=True)]

    def lexical(self, query: Sequence[str], limit: int) -> list[Hit]:
        """The passages with the highest BM25 for these terms, best first; none when no term occurs."""
        known = [t for t in query if t in self._bm25.vocab_dict]
        if not known:
            return []
        scores = self._bm25.get_scores(known)
        top = np.argpartition(-scores, min(limit, len(scores) - 1))[:limit]
        return [Hit(int(i), float(scores[i])) for i in sorted(top, key=lambda i: (-scores[i], i)) if scores[i] > 0]

    def sentence_vectors(self, number: int) -> Matrix:
        """Unit vectors of a passage's sentences, shape (sentences, dimension)."""
        first, last = self._first_sentence[number], self._first_sentence[number + 1]
        return np.asarray(self._sentence_vectors[first:last], dtype=np.float32)

    def knows(self, term: str) -> bool:
        """Whether a stem occurs anywhere in the corpus."""
        return term in self._bm25.vocab_dict

    def close(self) -> None:
        """Give Chroma's files back."""
        self._client.close()


def _load_bm25(folder: Path) -> Any:  # noqa: ANN401 - bm25s has no types
    import bm25s

    return bm25s.BM25.load(str(folder), load_corpus=False)


def open_index(root: Path, encoder: Encoder) -> Index:
    """The current generation, verified. Raises IndexMissing, IndexDamaged, or IndexUnusable when another encoder built it."""
    return open_generation(root, read_pointer(root)["generation"], encoder)


def open_generation(root: Path, name: str, encoder: Encoder) -> Index:
    """One generation by name, verified; raises like `open_index`."""
    folder = generation_path(root, name)
    manifest = read_manifest(folder)
    if manifest["schema"] != SCHEMA:
        raise IndexUnusable(f"The index in {root} has schema {manifest['schema']}, this version reads {SCHEMA}; run `coach index`.")
    if manifest["encoder_digest"] != encoder.digest:
        raise IndexUnusable(
            f"The index in {root} was built with the encoder {manifest['encoder']}, not {encoder.name}; run `coach index` to rebuild it."
        )
    verify_files(folder, manifest)
    try:
        return Index(folder, manifest)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexDamaged(f"The index is damaged: {folder} cannot be read ({type(error).__name__}: {error}).") from error
