"""Corpus -> a new generation of the index -> published by one atomic rename; unchanged texts are not embedded again."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock, Timeout

from coach.corpus import Corpus, Skipped, plain, read_corpus
from coach.encoder import Encoder, Matrix
from coach.errors import IndexUnusable
from coach.index import (
    COLLECTION,
    POINTER,
    SCHEMA,
    checked_files,
    file_digest,
    generation_path,
    manifest_digest,
    open_chroma,
    passage_row,
    read_manifest,
    read_pointer,
    terms,
    verify_files,
)
from coach.types import Passage

LOCK_SECONDS = 600
_ENCODE_BATCH = 64
_CHROMA_BATCH = 5000

Progress = Callable[[int, int], None]
"""Called with texts done and texts in all."""


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
        hashes = {d.id: _document_hash(corpus, d.id) for d in corpus.documents}
        before: dict[str, str] = old["documents"] if old else {}
        added, removed = hashes.keys() - before.keys(), before.keys() - hashes.keys()
        changed = {d for d in hashes.keys() & before.keys() if hashes[d] != before[d]}
        embedded = 0
        name = old["name"] if old else ""
        if old is None or added or removed or changed:
            name, embedded = _build(root, corpus, hashes, encoder, progress)
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
        raise IndexUnusable(f"Another process has been writing the index in {root} for {LOCK_SECONDS} s; stop it and try again.") from error
    except (FileExistsError, NotADirectoryError) as error:
        raise IndexUnusable(f"The index folder {root} is a file; give a folder with --index or COACH_INDEX.") from error
    except PermissionError as error:
        raise IndexUnusable(f"The index folder {root} cannot be written; give another with --index or COACH_INDEX.") from error
    except OSError as error:
        raise IndexUnusable(f"The index in {root} cannot be written ({error.strerror or error}); free space or give another folder with --index.") from error


def _document_hash(corpus: Corpus, document_id: str) -> str:
    """Everything of a document that a generation stores, so that any change is seen."""
    document = next(d for d in corpus.documents if d.id == document_id)
    rows = [passage_row(p) for p in corpus.passages if p.document_id == document_id]
    return hashlib.sha256(json.dumps([asdict(document), rows], sort_keys=True).encode()).hexdigest()


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
    return {"name": name, "documents": manifest["documents"]}


def sentence_texts(passage: Passage) -> list[str]:
    """What is embedded of each sentence: its words as a reader sees them."""
    return [plain(passage.quote(n)) for n in range(len(passage.sentences))]


def _text_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _build(root: Path, corpus: Corpus, hashes: dict[str, str], encoder: Encoder, progress: Progress | None) -> tuple[str, int]:
    """Write, verify and publish a new generation; its name and how many texts were embedded."""
    generations = root / "generations"
    generations.mkdir(exist_ok=True)
    for draft in generations.glob(".draft-*"):  # left by a sync that was killed
        shutil.rmtree(draft, ignore_errors=True)
    draft = generations / f".draft-{uuid.uuid4().hex[:12]}"
    draft.mkdir()
    try:
        passage_texts = [p.embedding_text for p in corpus.passages]
        spans = [sentence_texts(p) for p in corpus.passages]
        texts = passage_texts + [t for group in spans for t in group]
        vectors, embedded = _vectors(texts, _reusable(root, encoder), encoder, progress)
        dense, sentence = vectors[: len(passage_texts)], vectors[len(passage_texts) :]
        _write(draft, corpus, passage_texts, dense, sentence, [_text_hash(t) for t in texts])
        manifest: dict[str, Any] = {
            "schema": SCHEMA,
            "encoder": encoder.name,
            "encoder_digest": encoder.digest,
            "dimension": int(dense.shape[1]),
            "passages": len(corpus.passages),
            "documents": hashes,
        }
        _verify_chroma(draft, dense)
        manifest["files"] = {p.relative_to(draft).as_posix(): file_digest(p) for p in checked_files(draft)}
        manifest["digest"] = manifest_digest(manifest)
        (draft / "manifest.json").write_text(json.dumps(manifest, sort_keys=True), encoding="utf-8")
        _fsync_tree(draft)
        name = f"{_next_number(generations):06d}-{manifest['digest'][:8]}"
        os.rename(draft, generations / name)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    try:
        previous = read_pointer(root)["generation"]
        previous = previous if generation_path(root, previous).is_dir() else ""
    except IndexUnusable:
        previous = ""
    _publish(root, name, previous)
    for old in generations.iterdir():
        if old.name not in (name, previous):
            shutil.rmtree(old, ignore_errors=True)
    return name, embedded


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
                    sentence = np.load(folder / "sentences.npy", mmap_mode="r")
                    rows = [*np.load(folder / "passages.npy", mmap_mode="r"), *sentence]
                    return dict(zip(keys, rows, strict=True))
    return {}


def _vectors(texts: Sequence[str], known: dict[str, Matrix], encoder: Encoder, progress: Progress | None) -> tuple[Matrix, int]:
    """A vector for each text, taken from `known` where the text is the same, and how many were embedded."""
    keys = [_text_hash(t) for t in texts]
    missing = list(dict.fromkeys(k for k in keys if k not in known))
    by_key = dict(zip(keys, texts, strict=True))
    # Long and short texts apart: a batch is padded to its longest text.
    missing.sort(key=lambda k: len(by_key[k]))
    fresh: dict[str, Matrix] = {}
    for at in range(0, len(missing), _ENCODE_BATCH):
        batch = missing[at : at + _ENCODE_BATCH]
        fresh.update(zip(batch, encoder.encode([by_key[k] for k in batch]), strict=True))
        if progress:
            progress(min(at + _ENCODE_BATCH, len(missing)), len(missing))
    return np.stack([fresh[k] if k in fresh else known[k] for k in keys]).astype(np.float32), len(missing)


def _write(draft: Path, corpus: Corpus, passage_texts: list[str], dense: Matrix, sentence: Matrix, hashes: list[str]) -> None:
    def lines(rows: Iterator[dict[str, Any]]) -> str:
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)

    (draft / "documents.jsonl").write_text(lines(asdict(d) for d in corpus.documents), encoding="utf-8")
    (draft / "passages.jsonl").write_text(lines(passage_row(p) for p in corpus.passages), encoding="utf-8")
    (draft / "texts.json").write_text(json.dumps(hashes), encoding="utf-8")
    np.save(draft / "passages.npy", dense)
    np.save(draft / "sentences.npy", sentence.astype(np.float16))
    _write_bm25(draft / "bm25", passage_texts)
    _write_chroma(draft, dense)


def _write_bm25(folder: Path, texts: list[str]) -> None:
    import bm25s

    retriever = bm25s.BM25()
    # A word that no passage has keeps the vocabulary from being empty.
    retriever.index([list(terms(t)) or ["\0"] for t in texts], show_progress=False)
    retriever.save(str(folder), show_progress=False)


def _write_chroma(draft: Path, dense: Matrix) -> None:
    import chromadb
    from chromadb.config import Settings as ChromaSettings

    client = chromadb.PersistentClient(str(draft / "chroma"), ChromaSettings(anonymized_telemetry=False))
    hnsw = {"space": "cosine", "ef_construction": 100, "ef_search": 100, "max_neighbors": 16, "sync_threshold": max(len(dense), 3)}
    # Batches as large as the whole: everything lies in the HNSW files, nothing in the write-ahead log.
    hnsw["batch_size"] = max(2, min(len(dense), 100))
    collection = client.create_collection(COLLECTION, embedding_function=None, configuration={"hnsw": hnsw})  # type: ignore[arg-type, typeddict-item]
    for at in range(0, len(dense), _CHROMA_BATCH):
        rows = dense[at : at + _CHROMA_BATCH]
        collection.add(ids=[str(at + n) for n in range(len(rows))], embeddings=rows)
    client.close()


def _verify_chroma(draft: Path, dense: Matrix) -> None:
    """Every id and vector as it was written. Raises IndexUnusable."""
    client, collection = open_chroma(draft)
    try:
        held = collection.get(include=["embeddings"])
        order = np.argsort([int(i) for i in held["ids"]])
        same = len(order) == len(dense) and np.allclose(np.asarray(held["embeddings"])[order], dense, atol=1e-6)
    finally:
        client.close()
    if not same:
        raise IndexUnusable("Chroma did not keep what was written; the old index stays in use. Check the disk and run `coach index` again.")


def _publish(root: Path, name: str, previous: str) -> None:
    """The one step that readers see: the pointer is replaced whole."""
    draft = root / f".{POINTER}-{os.getpid()}"
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
