"""The fake encoder, whose numbers a person can work out, and a corpus in two versions that tells itself apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from coach.encoder import Matrix

VOCABULARY = ("pm", "vp", "roadmap", "strategy", "metrics", "hiring", "board", "customer", "team", "report")


class CountingEncoder:
    """Counts of ten words, brought to length one; a text with none of them points along an eleventh axis.

    "roadmap, roadmap and metrics" is 2 along "roadmap" and 1 along "metrics", each over the square root of 5.
    """

    def __init__(self, digest: str = "counts of ten words", name: str = "counting") -> None:
        self.name = name
        self.digest = digest
        self.seen: list[str] = []
        """Every text that was ever encoded, in order."""

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Unit vectors, shape (len(texts), 11), float32."""
        self.seen.extend(texts)
        counts = np.zeros((len(texts), len(VOCABULARY) + 1), dtype=np.float32)
        for row, text in zip(counts, texts, strict=True):
            words = re.findall(r"[a-z]+", text.lower())
            row[:-1] = [words.count(word) for word in VOCABULARY]
            row[-1] = not row.any()
        return np.asarray(counts / np.linalg.norm(counts, axis=1, keepdims=True), dtype=np.float32)

    def is_word(self, word: str) -> bool:
        """Whether it is one of the ten."""
        return word in VOCABULARY


def write_version(folder: Path, version: str, pages: int = 5) -> Path:
    """A corpus whose every sentence names its version, so that a mix of two shows; the second page is in `version` only."""
    folder.mkdir(parents=True, exist_ok=True)
    topics = VOCABULARY[2:6]
    for page in range(pages):
        sections = [
            f"## Who owns {topic} number {page}?\n\nThe {topic} of a PM is {version}. A VP keeps the {topic} of page {page} {version} too.\n"
            for topic in topics
        ]
        (folder / f"page-{page}.md").write_text(f"# Page {page}\n\n" + "\n".join(sections), encoding="utf-8")
    (folder / f"only-{version}.txt").write_text(f"The board reads a page that is {version}.\n", encoding="utf-8")
    return folder
