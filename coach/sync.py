"""Corpus -> a new generation of the index -> published by one atomic rename; unchanged texts are not embedded again."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import os
import re
import shutil
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock, Timeout

from coach.border import drawn, fit_border
from coach.corpus import Corpus, Skipped, plain, read_corpus
from coach.embedding import Embedding, Progress, text_key
from coach.encoder import Encoder, Matrix
from coach.errors import IndexUnusable
from coach.index import (
    COLLECTION,
    POINTER,
    SCHEMA,
    checked_files,
    chroma_ids,
    file_digest,
    generation_path,
    manifest_digest,
    open_chroma,
    passage_row,
    read_manifest,
    read_pointer,
    terms,
    verify_files,
    words,
)
from coach.spelling import repair
from coach.types import Passage
from coach.vocabulary import name_roles

LOCK_SECONDS = 600
GRACE_SECONDS = 60  # how long a reader may go on with a generation after another one was published
_CHROMA_BATCH = 5000


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did, counted in files."""

    added: int
    changed: int
    removed: int
    unchanged: int
    skipped: tuple[Skipped, ...]
    passages: int
    embedded: int
    seconds: float
    generation: str


def sync(corpus_folder: Path, root: Path, encoder: Encoder, progress: Progress | None = None, force: bool = False) -> SyncReport:
    """Bring the index up to date with the corpus. Waits for another sync to end; raises CorpusError or IndexUnusable."""
    started = time.perf_counter()
    with write_lock(root):
        corpus = read_corpus(corpus_folder)
        old = None if force else _published(root, encoder)
        hashes = _document_hashes(corpus)
        before: dict[str, str] = old["documents"] if old else {}
        declined = hashlib.sha256(json.dumps([asdict(d) for d in corpus.declined]).encode()).hexdigest()
        added, removed = hashes.keys() - before.keys(), before.keys() - hashes.keys()
        changed = {d for d in hashes.keys() & before.keys() if hashes[d] != before[d]}
        embedded = 0
        name = old["name"] if old else ""
        if old is None or added or removed or changed or old["declined"] != declined:
            name, embedded = _build(root, corpus, {"documents": hashes, "declined": declined}, encoder, progress)
    return SyncReport(
        added=len(added),
        changed=len(changed),
        removed=len(removed),
        unchanged=len(hashes) - len(added) - len(changed),
        skipped=corpus.skipped,
        passages=len(corpus.passages),
        embedded=embedded,
        seconds=round(time.perf_counter() - started, 3),
        generation=name,
    )


def rollback(root: Path) -> str:
    """Publish the previous generation again; the current one becomes the previous. Raises IndexUnusable when there is none."""
    with write_lock(root):
        pointer = read_pointer(root)
        name = pointer["previous"]
        if not name:
            raise IndexUnusable(f"There is no previous generation in {root} to go back to.")
        folder = generation_path(root, name)
        verify_files(folder, read_manifest(folder))
        _publish(root, name, pointer["generation"])
    return name


@contextlib.contextmanager
def write_lock(root: Path) -> Iterator[None]:
    """The one writer's lock; the system gives it back when a process dies."""
    try:
        root.mkdir(parents=True, exist_ok=True)
        with FileLock(root / "index.lock", timeout=LOCK_SECONDS):
            yield
    except Timeout as error:
        raise IndexUnusable(
            f"Another process has been writing the index in {root} for {LOCK_SECONDS} s; stop it and try again."
        ) from error
    except (FileExistsError, NotADirectoryError) as error:
        raise IndexUnusable(f"The index folder {root} is a file; give a folder with --index or COACH_INDEX.") from error
    except PermissionError as error:
        raise IndexUnusable(f"The index folder {root} cannot be written; give another with --index or COACH_INDEX.") from error
    except OSError as error:
        raise IndexUnusable(
            f"The index in {root} cannot be written ({error.strerror or error}); free space or give another folder with --index."
        ) from error


def _document_hashes(corpus: Corpus) -> dict[str, str]:
    """By document id: a hash of everything that a generation stores of it, so that any change is seen."""
    rows: dict[str, list[dict[str, Any]]] = {d.id: [] for d in corpus.documents}
    for passage in corpus.passages:
        rows[passage.document_id].append(passage_row(passage))
    return {
        d.id: hashlib.sha256(json.dumps([asdict(d), rows[d.id]], sort_keys=True).encode()).hexdigest() for d in corpus.documents
    }


def _published(root: Path, encoder: Encoder) -> dict[str, Any] | None:
    """Name and document hashes of the current generation, or None when it cannot be built upon."""
    try:
        name = read_pointer(root)["generation"]
        folder = generation_path(root, name)
        manifest = read_manifest(folder)
        verify_files(folder, manifest)
    except IndexUnusable:
        return None
    if manifest["schema"] != SCHEMA or manifest["encoder_digest"] != encoder.digest:
        return None
    return {"name": name, "documents": manifest["documents"], "declined": manifest["declined"]}


def sentence_texts(passage: Passage) -> list[str]:
    """What is embedded of each sentence: its words as a reader sees them."""
    return [plain(passage.quote(n)) for n in range(len(passage.sentences))]


def _build(root: Path, corpus: Corpus, hashes: dict[str, Any], encoder: Encoder, progress: Progress | None) -> tuple[str, int]:
    """Write, verify and publish a new generation; its name and how many texts were embedded."""
    generations = root / "generations"
    generations.mkdir(exist_ok=True)
    for draft in generations.glob(".draft-*"):  # left by a sync that was killed
        shutil.rmtree(draft, ignore_errors=True)
    draft = generations / f".draft-{uuid.uuid4().hex[:12]}"
    draft.mkdir()
    pool = ThreadPoolExecutor(os.cpu_count())
    try:
        passage_texts = [p.embedding_text for p in corpus.passages]
        said = [t for p in corpus.passages for t in sentence_texts(p)]
        embedding = Embedding(pool, encoder, _reusable(root, encoder), progress)
        pool.submit(_import_writers)
        embedding.add(passage_texts)
        # Questions are embedded as a visitor's question will be: spelling repaired, roles under their full names.
        known = Counter(w for text in passage_texts for w in words(text))
        question_texts = [name_roles(repair(q, encoder.is_word, known)) for p in corpus.passages for q in p.questions]
        declined_texts = [name_roles(repair(e, encoder.is_word, known)) for d in corpus.declined for e in d.examples]
        asked = passage_texts + question_texts + declined_texts
        embedding.add(asked)

        def write() -> int:
            vectors = embedding.vectors(asked)
            dense, question, declined = np.split(vectors, np.cumsum([len(passage_texts), len(question_texts)]))
            _write(draft, corpus, passage_texts, (dense, question, declined))
            _verify_chroma(draft, dense, question)
            return int(dense.shape[1])

        # Its place in the queue is behind all that it waits for and ahead of the sentences, which keep the other processors busy.
        written = pool.submit(write)
        embedding.add(said)
        np.save(draft / "sentences.npy", embedding.vectors(said))
        dimension = written.result()
        (draft / "texts.json").write_text(json.dumps([text_key(t) for t in asked + said]), encoding="utf-8")
        manifest: dict[str, Any] = {
            "schema": SCHEMA,
            "encoder": encoder.name,
            "encoder_digest": encoder.digest,
            "dimension": dimension,
            "passages": len(corpus.passages),
            **hashes,
        }
        manifest["files"] = {p.relative_to(draft).as_posix(): file_digest(p) for p in checked_files(draft)}
        manifest["digest"] = manifest_digest(manifest)
        (draft / "manifest.json").write_text(json.dumps(manifest, sort_keys=True), encoding="utf-8")
        _fsync_tree(draft)
        name = f"{_next_number(generations):06d}-{manifest['digest'][:8]}"
        os.rename(draft, generations / name)
    except BaseException:
        pool.shutdown(cancel_futures=True)
        shutil.rmtree(draft, ignore_errors=True)
        raise
    pool.shutdown()
    previous = _newest_sound(root)
    _publish(root, name, previous)
    _clear(generations, {name, previous})
    return name, embedding.embedded


def _clear(generations: Path, kept: set[str]) -> None:
    """Remove what nobody needs: generations that were superseded so long ago that no answer is still made from them."""
    found = sorted(generations.glob("[0-9]*"))
    for old, successor in itertools.pairwise(found):
        if old.name not in kept and successor.stat().st_mtime < time.time() - GRACE_SECONDS:
            shutil.rmtree(old, ignore_errors=True)


def _newest_sound(root: Path) -> str:
    """The generation that a new one can be rolled back to: the current one, the one before it when that is damaged, or ""."""
    with contextlib.suppress(IndexUnusable):
        pointer = read_pointer(root)
        for name in filter(None, (pointer["generation"], pointer["previous"])):
            with contextlib.suppress(IndexUnusable):
                verify_files(generation_path(root, name), read_manifest(generation_path(root, name)))
                return name
    return ""


def _next_number(generations: Path) -> int:
    numbers = [int(m[1]) for p in generations.iterdir() if (m := re.match(r"(\d+)-", p.name))]
    return max(numbers, default=0) + 1


def _reusable(root: Path, encoder: Encoder) -> dict[str, Matrix]:
    """Vectors of the newest undamaged generation of this encoder, by the hash of their text."""
    with contextlib.suppress(IndexUnusable):
        pointer = read_pointer(root)
        for name in (pointer["generation"], pointer["previous"]):
            folder = generation_path(root, name)
            with contextlib.suppress(IndexUnusable):
                manifest = read_manifest(folder)
                verify_files(folder, manifest)
                if name and manifest["encoder_digest"] == encoder.digest and manifest["schema"] == SCHEMA:
                    keys = json.loads((folder / "texts.json").read_text(encoding="utf-8"))
                    rows = [
                        row
                        for part in ("passages", "questions", "declined", "sentences")
                        for row in np.load(folder / f"{part}.npy", mmap_mode="r")
                    ]
                    return dict(zip(keys, rows, strict=True))
    return {}


def _import_writers() -> None:
    """Load what writes an index; done ahead, beside the encoder's work."""
    import bm25s  # noqa: F401
    import chromadb  # noqa: F401
    import scipy.sparse.linalg  # noqa: F401


def _write(draft: Path, corpus: Corpus, passage_texts: list[str], vectors: tuple[Matrix, Matrix, Matrix]) -> None:
    def lines(rows: Iterator[dict[str, Any]]) -> str:
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)

    (draft / "documents.jsonl").write_text(lines(asdict(d) for d in corpus.documents), encoding="utf-8")
    (draft / "passages.jsonl").write_text(lines(passage_row(p) for p in corpus.passages), encoding="utf-8")
    dense, question, declined = vectors
    np.save(draft / "passages.npy", dense)
    np.save(draft / "questions.npy", question)
    np.save(draft / "declined.npy", declined)
    (draft / "declined.json").write_text(json.dumps([d.turn_to for d in corpus.declined for _ in d.examples]), encoding="utf-8")
    asked = [q for p in corpus.passages for q in p.questions]
    examples = [e for d in corpus.declined for e in d.examples]
    if border := fit_border(question[drawn(asked)], declined[drawn(examples)]):
        border.save(draft / "border.npz")
    lexical = [" ".join([text, *p.asked]) for text, p in zip(passage_texts, corpus.passages, strict=True)]
    # Only the pages' own words are spelt right for sure; asked questions may hold slips on purpose.
    counts = Counter(w for text in passage_texts for w in words(text))
    (draft / "words.json").write_text(json.dumps(counts), encoding="utf-8")
    frequency = Counter(t for text in lexical for t in set(terms(text)))
    (draft / "terms.json").write_text(json.dumps(frequency), encoding="utf-8")
    _write_bm25(draft / "bm25", lexical)
    _write_chroma(draft, dense, question)


def _write_bm25(folder: Path, texts: list[str]) -> None:
    import bm25s

    retriever = bm25s.BM25()
    # A word that no passage has keeps the vocabulary from being empty.
    retriever.index([list(terms(t)) or ["\0"] for t in texts], show_progress=False)
    retriever.save(str(folder), show_progress=False)


@contextlib.contextmanager
def _store_errors() -> Iterator[None]:
    """Chroma's own errors as IndexUnusable: a full disk, mostly."""
    from chromadb.errors import ChromaError

    try:
        yield
    except ChromaError as error:
        raise IndexUnusable(
            f"Chroma could not write the index ({error}); the old one stays in use. Check the disk and run `coach index` again."
        ) from error


@_store_errors()
def _write_chroma(draft: Path, dense: Matrix, question: Matrix) -> None:
    import chromadb
    from chromadb.config import Settings as ChromaSettings

    client = chromadb.PersistentClient(str(draft / "chroma"), ChromaSettings(anonymized_telemetry=False))
    ids, rows = chroma_ids(len(dense), len(question)), np.concatenate([dense, question])
    # One batch as large as the whole: everything lies in the HNSW files, nothing in the write-ahead log.
    hnsw = {"space": "cosine", "ef_construction": 100, "ef_search": 100, "max_neighbors": 16, "sync_threshold": max(len(ids), 3)}
    hnsw["batch_size"] = max(2, min(len(ids), 100))
    try:
        collection = client.create_collection(COLLECTION, embedding_function=None, configuration={"hnsw": hnsw})  # type: ignore[arg-type]
        for at in range(0, len(ids), _CHROMA_BATCH):
            collection.add(ids=ids[at : at + _CHROMA_BATCH], embeddings=rows[at : at + _CHROMA_BATCH])
    finally:
        client.close()  # type: ignore[attr-defined]


@_store_errors()
def _verify_chroma(draft: Path, dense: Matrix, question: Matrix) -> None:
    """Every id and vector as it was written. Raises IndexUnusable."""
    client, collection = open_chroma(draft)
    try:
        held = collection.get(include=["embeddings"])
        place = {i: n for n, i in enumerate(held["ids"])}
        ids = chroma_ids(len(dense), len(question))
        same = place.keys() == set(ids) and np.allclose(
            np.asarray(held["embeddings"])[[place[i] for i in ids]], np.concatenate([dense, question]), atol=1e-6
        )
    finally:
        client.close()
    if not same:
        raise IndexUnusable(
            "Chroma did not keep what was written; the old index stays in use. Check the disk and run `coach index` again."
        )


def _publish(root: Path, name: str, previous: str) -> None:
    """The one step that readers see: the pointer is replaced whole."""
    draft = root / f".{POINTER}"  # there is one writer; what a killed one left is overwritten
    with draft.open("w", encoding="utf-8") as file:
        json.dump({"generation": name, "previous": previous}, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, root / POINTER)
    _fsync(root)


def _fsync_tree(folder: Path) -> None:
    for path in folder.rglob("*"):
        _fsync(path)
    _fsync(folder)


def _fsync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
