"""Where the corpus ends: a kernel machine between the questions that its passages answer and those that its declined list names.

The list (`declined.yaml` beside the pages) is the corpus's own; a corpus without one has no border, and the gate judges by the evidence alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from coach.encoder import Matrix

GAMMA = 2.0  # width of the kernel and cost of a wrong side: best of a grid on eval/fit
COST = 3.0
MIN_EXAMPLES = 50  # fewer declined questions than this draw no line


@dataclass(frozen=True, slots=True)
class Border:
    """Support vectors (n, dimension), their weights (n,) and the intercept of a fitted machine."""

    vectors: Matrix
    weights: Matrix
    intercept: float

    def side(self, vector: Matrix) -> float:
        """How far a unit vector (shape (dimension,)) lies on the answered side; negative on the declined side."""
        # For unit vectors the squared distance is 2 - 2 cos.
        kernel = np.exp(-2.0 * GAMMA * (1.0 - self.vectors @ vector))
        return float(kernel @ self.weights) + self.intercept

    def save(self, path: Path) -> None:
        """Write the machine to an .npz file."""
        np.savez(path, vectors=self.vectors.astype(np.float16), weights=self.weights, intercept=np.float32(self.intercept))

    @classmethod
    def load(cls, path: Path) -> Border | None:
        """The machine from its file, None when there is none."""
        if not path.is_file():
            return None
        with np.load(path) as data:
            return cls(data["vectors"].astype(np.float32), data["weights"].astype(np.float32), float(data["intercept"]))


def fit_border(answered: Matrix, declined: Matrix) -> Border | None:
    """The machine between two sets of unit vectors; None when the declined are too few. Deterministic."""
    if len(declined) < MIN_EXAMPLES or not len(answered):
        return None
    from sklearn.svm import SVC

    machine = SVC(C=COST, gamma=GAMMA, class_weight="balanced", cache_size=400)
    machine.fit(np.concatenate([answered, declined]), np.repeat([1, 0], [len(answered), len(declined)]))
    return Border(
        machine.support_vectors_.astype(np.float32),
        machine.dual_coef_[0].astype(np.float32),
        float(machine.intercept_[0]),
    )
