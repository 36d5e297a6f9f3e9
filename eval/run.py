"""Labelled cases against the coach: the shipped ones against the shipped coach, or an owner's own against the owner's corpus."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from coach.errors import SettingsError
from coach.grounding import Checker
from coach.pipeline import Coach, load_coach
from coach.providers import load_model
from coach.recording import Recorder
from coach.settings import Settings
from eval.cases import Case, missing_passages, read_cases, shipped
from eval.judging import Result, judge
from eval.kills import Checked, check_all, edited, labelled, unseen_texts
from eval.measuring import Measure, measure
from eval.metrics import percentile


@dataclass(frozen=True, slots=True)
class Run:
    """Everything that one run found."""

    results: tuple[Result, ...]
    checked: tuple[Checked, ...]
    measures: Mapping[str, Measure]
    missing: tuple[str, ...]
    """Passages that the labels name and the corpus does not hold."""
    threshold: float
    """Of the gate."""

    @property
    def times(self) -> tuple[float, float]:
        """Milliseconds an answer took, p50 and p95."""
        spent = [r.milliseconds for r in self.results if r.milliseconds]
        return percentile(spent, 0.5), percentile(spent, 0.95)


def run(coach: Coach, checker: Checker, cases: Sequence[Case], with_claims: bool = True) -> Run:
    """Every case judged, and the check tried on the labelled claims and on edits of unseen sentences."""
    quiet = not sys.stderr.isatty()
    results = tuple(judge(coach, checker, c) for c in tqdm(cases, desc="Cases", unit="case", disable=quiet))
    claims = [*labelled(), *edited(unseen_texts())] if with_claims else []
    checked = check_all(checker, claims, quiet)
    missing = tuple(missing_passages(cases, {p.id for p in coach.passages}))
    return Run(results, checked, measure(results, checked), missing, coach.threshold)


def run_shipped(settings: Settings, record: Path | None = None) -> Run:
    """The shipped cases against the shipped coach. Raises CoachError."""
    return run(_coach(settings, record), Checker.load(settings.cache, settings.threads), shipped())


def run_own(settings: Settings, cases: Path, record: Path | None = None) -> Run:
    """An owner's cases against the corpus of the settings. Raises CoachError."""
    labelled_cases = read_cases(cases)  # first: a slip there is said before anything slow
    coach = _coach(settings, record)
    return run(coach, Checker.load(settings.cache, settings.threads), labelled_cases, with_claims=False)


def _coach(settings: Settings, record: Path | None) -> Coach:
    model = load_model(settings)
    if record and model is None:
        raise SettingsError("There is no chat model to record; name one with --model.")
    return load_coach(settings, synced=True, model=Recorder(model, record) if record and model else model)
