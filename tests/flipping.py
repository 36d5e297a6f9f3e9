"""Damages every file of an index byte by byte, in a process of its own: python flipping.py INDEX SEED.

Prints one JSON list a line: file, position, what came of it ("same", "different", or the error's class and text).
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from counting import VOCABULARY, CountingEncoder

from coach.errors import IndexUnusable
from coach.index import POINTER, Index, generation_path, open_index, read_pointer

FLIPS = {"chroma.sqlite3": 60, "manifest.json": 12, POINTER: 12}
FEWEST = 4


def seen(index: Index) -> Any:
    """All that a search shows: passages, their documents, rankings, scores and vectors."""
    encoder = CountingEncoder()
    rankings = [
        (index.dense(encoder.encode([word]), limit), index.lexical([word]).tolist())
        for word in (*VOCABULARY, "page number")
        for limit in (3, 50)
    ]
    numbers = range(len(index.passages))
    vectors = [
        index.passage_vectors(numbers).tolist(),
        *(index.sentence_vectors(n).tolist() + index.question_vectors(n).tolist() for n in numbers),
    ]
    nearest = index.nearest_declined(encoder.encode(["pm board"])[0])
    return index.passages, index.documents, rankings, vectors, nearest, index.words, index.document_frequency


def positions(name: str, content: bytes, choice: random.Random) -> Iterator[int]:
    """Where to flip: anywhere, but half the time where something is written (SQLite leaves much empty)."""
    written = [n for n, byte in enumerate(content) if byte] or [0]
    for n in range(FLIPS.get(name, FEWEST)):
        yield choice.choice(written) if n % 2 else choice.randrange(len(content))


def main(root: Path, seed: int) -> None:
    """Flip, look, mend; a crash of the process shows in its exit code."""
    choice = random.Random(seed)
    folder = generation_path(root, read_pointer(root)["generation"])
    store = next(folder.rglob("chroma.sqlite3"))
    sound = store.read_bytes()  # Chroma writes into it at every opening
    index = open_index(root, CountingEncoder())
    expected = seen(index)
    index.close()
    for path in [root / POINTER, *sorted(p for p in folder.rglob("*") if p.is_file())]:
        content = sound if path == store else path.read_bytes()
        for position in positions(path.name, content, choice):
            flipped = bytearray(content)
            flipped[position] ^= choice.randrange(1, 256)
            store.write_bytes(sound)
            path.write_bytes(flipped)
            sys.stdout.write(f"{json.dumps([path.name, position])}\n")
            sys.stdout.flush()
            try:
                index = open_index(root, CountingEncoder())
                outcome = "same" if seen(index) == expected else "different"
                index.close()
            except IndexUnusable as error:
                outcome = f"{type(error).__name__}: {error}"
            path.write_bytes(content)
            sys.stdout.write(f"{json.dumps([path.name, position, outcome])}\n")
    store.write_bytes(sound)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
