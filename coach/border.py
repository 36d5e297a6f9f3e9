"""Where the corpus ends: kernel ridge regression between the questions that its passages answer and those that its declined list names.

The list (`declined.yaml` beside the pages) is the corpus's own; a corpus without one has no border, and the gate judges by the evidence alone.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from coach.encoder import Matrix

GAMMA = 2.0  # width of the kernel and its ridge: best of a grid on eval/fit
RIDGE = 0.3
MOST = 4_000  # questions of a side that are fitted on: time and memory grow with the square
TOLERANCE = 1e-3  # of the solution; a hundred times coarser told the two sides apart as well
MIN_EXAMPLES = 50  # fewer declined questions than this draw no line


@dataclass(frozen=True, slots=True)
class Border:
    """The questions' vectors (n, dimension) and the weight of each (n,)."""

    vectors: Matrix
    weights: Matrix

    def side(self, vector: Matrix) -> float:
        """How far a unit vector (shape (dimension,)) lies on the answered side; negative on the declined side."""
        return float(_kernel(self.vectors @ vector) @ self.weights)

    def save(self, path: Path) -> None:
        """Write the border to an .npz file."""
        np.savez(path, vectors=self.vectors.astype(np.float16), weights=self.weights)

    @classmethod
    def load(cls, path: Path) -> Border | None:
        """The border from its file, None when there is none."""
        if not path.is_file():
            return None
        with np.load(path) as data:
            return cls(data["vectors"].astype(np.float32), data["weights"].astype(np.float32))


def _kernel(cosines: Matrix) -> Matrix:
    """The Gaussian kernel of unit vectors, whose squared distance is 2 - 2 cos, written over their cosines."""
    cosines -= 1.0
    cosines *= 2.0 * GAMMA
    return np.exp(cosines, out=cosines)


def drawn(texts: Sequence[str], most: int = MOST) -> list[int]:
    """The places of at most `most` texts, drawn by what they say: one text more or less changes one place at most, on any machine."""
    order = sorted(range(len(texts)), key=lambda n: (zlib.crc32(texts[n].encode()), texts[n], n))
    return sorted(order[:most])


def fit_border(answered: Matrix, declined: Matrix) -> Border | None:
    """The border between two sets of unit vectors; None when the declined are too few. Deterministic."""
    if len(declined) < MIN_EXAMPLES or not len(answered):
        return None
    from scipy.sparse.linalg import LinearOperator, cg

    sides = [answered, declined]
    vectors = np.concatenate(sides).astype(np.float32)
    signs = np.repeat(np.array([1, -1], dtype=np.float32), [len(side) for side in sides])
    # Each side weighs as much as the other, however many questions it has.
    share = np.repeat(np.array([len(vectors) / 2 / len(side) for side in sides], dtype=np.float32), [len(side) for side in sides])
    kernel = _kernel(vectors @ vectors.T)
    kernel[np.diag_indices(len(vectors))] += RIDGE / share
    diagonal = kernel.diagonal().copy()
    scaled = LinearOperator(kernel.shape, matvec=lambda v: v / diagonal, dtype=kernel.dtype)
    weights, _ = cg(kernel, signs, rtol=TOLERANCE, M=scaled)
    return Border(vectors, weights.astype(np.float32))
