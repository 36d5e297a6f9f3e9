"""A published generation of the index, opened for reading: vectors in Chroma, words in BM25, passages as they were written.

    index/CURRENT                      the one pointer: {"generation": name, "previous": name}
    index/generations/NAME/manifest.json   schema, encoder, checksums of the files below
                          /documents.jsonl passages.jsonl   what was read
                          /passages.npy questions.npy sentences.npy   vectors, in order of the passages
                          /bm25/ words.json terms.json      lexical index, words and document frequencies
                          /declined.npy declined.json border.npz    what the corpus does not answer
                          /chroma/                          passages ("p0", "p1", ...) and their questions ("q0", ...)

A generation never changes after it is published, and every file of it is checked before it is used. Chroma writes a mark into its
SQLite file whenever it opens it, so that file's checksum is over what it holds and all others' over their bytes.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from coach.border import Border
from coach.encoder import Encoder, Matrix
from coach.errors import IndexUnusable
from coach.types import Document, Passage, Source

if TYPE_CHECKING:
    from chromadb.api.models.Collection import Collection

SCHEMA = 8
POINTER = "CURRENT"
COLLECTION = "passages"
_STORE = "chroma.sqlite3"
_STORE_HEADER = 24  # bytes of the SQLite header before the count of changes


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
    return (
        p for p in sorted(folder.rglob("*")) if p.is_file() and p.name != "manifest.json" and not p.name.startswith(f"{_STORE}-")
    )


def file_digest(path: Path) -> str:
    """SHA-256 of a file, hexadecimal; of what it holds for Chroma's SQLite file."""
    if path.name == _STORE:
        return _store_digest(path)
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _store_digest(path: Path) -> str:
    """SHA-256 over every table but the one that Chroma marks when it opens the file; "" when SQLite finds the file unsound.

    Chroma must not see an unsound file: some make its Rust part abort the process.
    """
    with path.open("rb") as file:
        digest = hashlib.sha256(file.read(_STORE_HEADER))
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True)) as store:
            if store.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
                return ""
            for name, made in store.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall():
                digest.update(repr((name, made)).encode())
                if name != "acquire_write" and not made.startswith("CREATE VIRTUAL"):
                    for row in store.execute(f'SELECT * FROM "{name}"'):
                        digest.update(repr(row).encode())
    except (sqlite3.Error, UnicodeError):
        return ""
    return digest.hexdigest()


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
        try:
            same = file_digest(path) == expected
        except OSError as error:
            raise IndexDamaged(f"The index is damaged: {path} cannot be read ({error.strerror}).") from error
        if not same:
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
        asked=tuple(row["asked"]),
        answers=tuple(tuple(numbers) for numbers in row["answers"]),
        about=tuple(row["about"]),
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
        "asked": passage.asked,
        "answers": passage.answers,
        "about": passage.about,
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
    try:
        return client, client.get_collection(COLLECTION, embedding_function=None)
    except BaseException:
        client.close()  # type: ignore[attr-defined] # or the next opening of this folder would get the same broken client
        raise


class _Grouped:
    """Vectors of a varying number per passage, read from disk as they are needed."""

    def __init__(self, path: Path, sizes: Sequence[int]) -> None:
        self._vectors: Matrix = np.asarray(np.load(path, mmap_mode="r"))
        self._first: list[int] = [0, *accumulate(sizes)]
        if self.size != len(self._vectors):
            raise ValueError(f"{path.name} holds {len(self._vectors)} vectors, expected {self.size}")

    @property
    def size(self) -> int:
        return self._first[-1]

    def of(self, number: int) -> Matrix:
        return self._vectors[self._first[number] : self._first[number + 1]]

    def best(self, numbers: Sequence[int], vector: Matrix) -> Matrix:
        """For each passage the greatest cosine of its vectors with a unit vector, 0 when it has none."""
        return np.array([(held @ vector).max() if len(held := self.of(n)) else 0.0 for n in numbers], dtype=np.float32)

    def owners(self, rows: Sequence[int]) -> list[int]:
        """The passage of each vector."""
        return [bisect_right(self._first, row) - 1 for row in rows]


@dataclass(frozen=True, slots=True)
class DeclinedNear:
    """Cosines with the nearest declined question, the mean of the nearest 5 and 20, and who could help with the nearest."""

    nearest: float
    mean5: float
    mean20: float
    turn_to: str


def _rows(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def chroma_ids(passages: int, questions: int) -> list[str]:
    """The ids under which Chroma holds passages and questions."""
    return [f"p{n}" for n in range(passages)] + [f"q{n}" for n in range(questions)]


class Index:
    """One generation, opened. Not for use by two encoders: `open_index` compares digests."""

    def __init__(self, folder: Path, manifest: dict[str, Any]) -> None:
        self.folder = folder
        self.manifest = manifest
        self.documents: dict[str, Document] = {row["id"]: document_from(row) for row in _rows(folder / "documents.jsonl")}
        self.passages: tuple[Passage, ...] = tuple(passage_from(row, self.documents) for row in _rows(folder / "passages.jsonl"))
        self.number: dict[str, int] = {p.id: n for n, p in enumerate(self.passages)}
        self._sentence_vectors = _Grouped(folder / "sentences.npy", [len(p.sentences) for p in self.passages])
        self._question_vectors = _Grouped(folder / "questions.npy", [len(p.questions) for p in self.passages])
        self._passage_vectors: Matrix = np.asarray(np.load(folder / "passages.npy", mmap_mode="r"))
        self.words: dict[str, int] = json.loads((folder / "words.json").read_text(encoding="utf-8"))
        self.document_frequency: dict[str, int] = json.loads((folder / "terms.json").read_text(encoding="utf-8"))
        self._bm25 = _load_bm25(folder / "bm25")
        self.border = Border.load(folder / "border.npz")
        self._declined_vectors: Matrix = np.load(folder / "declined.npy")
        self._turn_to: list[str] = json.loads((folder / "declined.json").read_text(encoding="utf-8"))
        self._client, self._collection = self._open_collection()

    def _open_collection(self) -> tuple[Any, Collection]:
        try:
            client, collection = open_chroma(self.folder)
            collection.query(
                query_embeddings=np.full((1, self.manifest["dimension"]), 0.1, dtype=np.float32), n_results=1, include=[]
            )
        except BaseException as error:  # a damaged store can panic in Rust, which is no Exception
            if isinstance(error, (KeyboardInterrupt, SystemExit)):
                raise
            raise IndexDamaged(
                f"The index is damaged: {self.folder / 'chroma'} cannot be opened ({type(error).__name__})."
            ) from error
        return client, collection

    @property
    def name(self) -> str:
        """The generation's name."""
        return self.folder.name

    def dense(self, vector: Matrix, limit: int) -> list[int]:
        """Numbers of the passages nearest to a unit vector (shape (1, dimension)) by their text or by a question they answer, best first."""
        held = len(self.passages) + self._question_vectors.size
        ids = self._collection.query(query_embeddings=vector, n_results=min(limit, held), include=[])["ids"][0]
        owners = self._question_vectors.owners([int(i[1:]) for i in ids])
        return list(dict.fromkeys(int(i[1:]) if i[0] == "p" else owner for i, owner in zip(ids, owners, strict=True)))

    def lexical(self, query: Sequence[str]) -> Matrix:
        """BM25 of every passage for these terms; zeros when no term occurs."""
        known = [t for t in query if t in self._bm25.vocab_dict]
        if not known:
            return np.zeros(len(self.passages), dtype=np.float32)
        return np.asarray(self._bm25.get_scores(known), dtype=np.float32)

    def passage_vectors(self, numbers: Sequence[int]) -> Matrix:
        """Unit vectors of passages, shape (len(numbers), dimension)."""
        return np.asarray(self._passage_vectors[np.asarray(numbers, dtype=int)])

    def sentence_vectors(self, number: int) -> Matrix:
        """Unit vectors of a passage's sentences, shape (sentences, dimension)."""
        return self._sentence_vectors.of(number)

    def best_sentence(self, numbers: Sequence[int], vector: Matrix) -> Matrix:
        """For each passage the greatest cosine of one of its sentences with a unit vector."""
        return self._sentence_vectors.best(numbers, vector)

    def best_question(self, numbers: Sequence[int], vector: Matrix) -> Matrix:
        """For each passage the greatest cosine of one of the questions that it answers with a unit vector."""
        return self._question_vectors.best(numbers, vector)

    def question_vectors(self, number: int) -> Matrix:
        """Unit vectors of the questions that a passage answers, its heading first."""
        return self._question_vectors.of(number)

    def nearest_declined(self, vector: Matrix) -> DeclinedNear:
        """How near a unit vector lies to the declined questions; zeros without a list."""
        if not len(self._declined_vectors):
            return DeclinedNear(0.0, 0.0, 0.0, "")
        cosines = self._declined_vectors @ vector
        top = np.sort(cosines)[::-1]
        return DeclinedNear(float(top[0]), float(top[:5].mean()), float(top[:20].mean()), self._turn_to[int(cosines.argmax())])

    def rarity(self, term: str) -> float:
        """How rare a stem is in the corpus: its inverse document frequency over the greatest possible one, 1 when it is absent."""
        held = self.document_frequency.get(term, 0)
        count = len(self.passages)
        return float(np.log((count + 1) / (held + 1)) / np.log(count + 1)) if count else 1.0

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
    name = read_pointer(root)["generation"]
    while True:
        try:
            return open_generation(root, name, encoder)
        except IndexUnusable:
            # Other processes may have published twice meanwhile, and with the second sync a generation goes.
            tried, name = name, read_pointer(root)["generation"]
            if name == tried:
                raise


def open_generation(root: Path, name: str, encoder: Encoder) -> Index:
    """One generation by name, verified; raises like `open_index`."""
    folder = generation_path(root, name)
    manifest = read_manifest(folder)
    if manifest["schema"] != SCHEMA:
        raise IndexUnusable(
            f"The index in {root} has schema {manifest['schema']}, this version reads {SCHEMA}; run `coach index`."
        )
    if manifest["encoder_digest"] != encoder.digest:
        raise IndexUnusable(
            f"The index in {root} was built with the encoder {manifest['encoder']}, not {encoder.name}; run `coach index` to rebuild it."
        )
    verify_files(folder, manifest)
    try:
        return Index(folder, manifest)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexDamaged(f"The index is damaged: {folder} cannot be read ({type(error).__name__}: {error}).") from error
