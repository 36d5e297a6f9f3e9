"""Texts -> vectors in small batches on a pool of threads, each different text once and known ones not at all."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future

import numpy as np

from coach.encoder import Encoder, Matrix

BATCH = 32  # texts; one batch keeps one processor busy, so no processor waits for another

Progress = Callable[[int, int], None]
"""Called with texts done and texts in all."""


def text_key(text: str) -> str:
    """What a text's vector is found by: 32 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


class Embedding:
    """Texts on their way through an encoder. `add` queues them on the pool, `vectors` waits for them."""

    def __init__(self, pool: Executor, encoder: Encoder, known: dict[str, Matrix], progress: Progress | None = None) -> None:
        self._pool = pool
        self._encoder = encoder
        self._rows = known
        self._batches: dict[str, Future[None]] = {}
        self._progress = progress
        self._lock = threading.Lock()
        self.embedded = 0

    def add(self, texts: Sequence[str]) -> None:
        """Queue those that are neither known nor queued, the short ones first: a batch is padded to its longest text."""
        fresh = {k: t for t in texts if (k := text_key(t)) not in self._rows and k not in self._batches}
        keys = sorted(fresh, key=lambda k: len(fresh[k]))
        for at in range(0, len(keys), BATCH):
            batch = keys[at : at + BATCH]
            future = self._pool.submit(self._embed, batch, [fresh[k] for k in batch])
            self._batches.update(dict.fromkeys(batch, future))

    def vectors(self, texts: Sequence[str]) -> Matrix:
        """A unit vector for each text that was added, shape (len(texts), dimension)."""
        keys = [text_key(t) for t in texts]
        for batch in dict.fromkeys(self._batches[k] for k in keys if k in self._batches):
            batch.result()
        return np.stack([self._rows[k] for k in keys]).astype(np.float32)

    def _embed(self, keys: Sequence[str], texts: Sequence[str]) -> None:
        rows = self._encoder.encode(texts)
        with self._lock:
            self._rows.update(zip(keys, rows, strict=True))
            self.embedded += len(keys)
            if self._progress:
                self._progress(self.embedded, len(self._batches))
