"""The gate's threshold for an owner's corpus, from the owner's questions: `coach calibrate`."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tqdm import tqdm

from coach.errors import CasesError
from coach.gate import CALIBRATION
from coach.pipeline import Coach
from eval.cases import Case
from eval.metrics import share, wilson

FEWEST = 20  # questions of each kind that a threshold is fitted to


@dataclass(frozen=True, slots=True)
class Cost:
    """What a threshold does: the shares of the questions to be answered that it refuses, and of the others."""

    threshold: float
    false_refusals: float
    refusals: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """The gate's scores of an owner's questions, covered by the corpus and not."""

    covered: tuple[float, ...]
    others: tuple[float, ...]

    def cost(self, threshold: float) -> Cost:
        """What a threshold does to these questions."""
        return Cost(threshold, share(s < threshold for s in self.covered), share(s < threshold for s in self.others))

    def best(self, most_refused: float) -> Cost:
        """The threshold that refuses most of the others and at most so great a share of the covered; halfway to the next score, as room for unseen questions."""
        ordered = sorted(self.covered)
        allowed = math.floor(most_refused * len(ordered) + 1e-9)
        top = ordered[allowed]  # the first covered question that must be answered
        below = max((s for s in (*self.covered, *self.others) if s < top), default=0.0)
        return self.cost(round((top + below) / 2, 4))


def scores(coach: Coach, cases: Sequence[Case], quiet: bool = False) -> Calibration:
    """The gate's score of each question; what needs no gate (care, small talk) is left out. Raises CasesError for too few of a kind."""
    found: dict[str, list[float]] = {"answered": [], "refused": []}
    for case in tqdm(cases, desc="Questions", unit="question", disable=quiet):
        gate = coach.converse(case.turns).explanation.get("gate")
        if case.expect in found and isinstance(gate, dict):
            found[case.expect].append(float(gate["score"]))
    few = [f"{len(rows)} {kind}" for kind, rows in found.items() if len(rows) < FEWEST]
    if few:
        raise CasesError(
            f"A threshold needs {FEWEST} questions that the corpus answers and {FEWEST} that it must refuse; there are only {' and '.join(few)}."
        )
    return Calibration(tuple(found["answered"]), tuple(found["refused"]))


def table(calibration: Calibration, now: float, chosen: Cost) -> list[str]:
    """What several thresholds cost, as text."""
    rows = [("now", calibration.cost(now))]
    rows += [(f"{most:.0%} refused", calibration.best(most)) for most in (0.0, 0.02, 0.05, 0.10)]
    rows.append(("chosen", chosen))
    covered, others = len(calibration.covered), len(calibration.others)
    out = [f"{covered} questions to be answered, {others} to be refused", f"{'':<12} threshold  wrongly refused  rightly refused"]
    out += [f"{name:<12} {c.threshold:>9.4f}  {c.false_refusals:>15.3f}  {c.refusals:>15.3f}" for name, c in rows]
    low, high = wilson(round(chosen.refusals * others), others)
    return [*out, f"With {others} questions, the share rightly refused lies between {low:.3f} and {high:.3f} (95 %)."]


def save(corpus: Path, chosen: Cost, calibration: Calibration) -> Path:
    """Leave the threshold beside the corpus, where the coach finds it. Raises CasesError."""
    path = corpus / CALIBRATION
    described = {
        "fitted_by": "coach calibrate",
        **asdict(chosen),
        "answered": len(calibration.covered),
        "refused": len(calibration.others),
    }
    try:
        path.write_text(json.dumps(described, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise CasesError(f"{path} cannot be written ({error.strerror}).") from error
    return path
