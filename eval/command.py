"""`coach eval` and `coach calibrate`: run, print, compare, report."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from coach.errors import CasesError, SettingsError
from coach.pipeline import load_coach
from coach.settings import STARTER, Settings
from eval.baseline import BASELINE, difference, failures, read_baseline
from eval.calibrate import save, scores, table
from eval.cases import read_cases
from eval.measuring import counts
from eval.report import make_folder, write_report
from eval.run import Run, run_own, run_shipped


def evaluate(
    settings: Settings,
    cases: Path | None = None,
    baseline: Path | None = None,
    report: Path | None = None,
    as_json: bool = False,
    record: Path | None = None,
) -> int:
    """The shipped cases, or an owner's own; 1 when the coach falls behind the baseline or a case ended in an error. Raises CoachError.

    With a chat model `record` names the file that its replies are written to.

    The same commit prints the same bytes, but for the last line, which holds the times.
    """
    chosen = baseline or (BASELINE if cases is None else None)
    before = read_baseline(chosen) if chosen else None
    if report:
        make_folder(report)  # before anything slow
    found = run_own(settings, cases, record) if cases else run_shipped(settings, record)
    failed = failures(found, before)
    if report:
        print(f"report: {write_report(found, failed, report)}", file=sys.stderr)
    if as_json:
        print(json.dumps(json_report(found, failed), ensure_ascii=False))
        return 1 if failed else 0
    print("\n".join(lines(found)))
    if before:
        print("\n".join(f"changed: {line}" for line in difference(found, before)) or "nothing changed against the baseline")
    print(
        "\n".join(f"FAILED {line}" for line in failed)
        or ("passed" if before else "passed: nothing to compare with, and no error")
    )
    p50, p95 = found.times
    print(f"milliseconds an answer: p50 {p50:.0f}, p95 {p95:.0f}")
    return 1 if failed else 0


def lines(found: Run) -> list[str]:
    """The run as text, without its times."""
    out = []
    for m in found.measures.values():
        low, high = m.interval
        shows = f"shows {m.detectable:.3f}" if m.detectable else ""
        out.append(
            f"{m.name:<34} {m.value:.3f}  ({low:.3f} to {high:.3f})  n {len(m.values):<4} {shows:<12} {f'aim {m.aims}' if m.aims else ''}".rstrip()
        )
    ended = counts(found.results)
    out.append(f"{len(found.results)} cases: " + ", ".join(f"{n} {name}" for name, n in ended.items()))
    return out


def json_report(found: Run, failed: Sequence[str]) -> dict[str, Any]:
    """The run as one JSON object."""
    measures = {name: {**m.figures, "n": len(m.values), "aim": m.aim} for name, m in found.measures.items()}
    p50, p95 = found.times
    return {
        "measures": measures,
        "verdicts": counts(found.results),
        "failed": list(failed),
        "cases": [{"id": r.case.id, "verdict": r.verdict.value, "why": r.why} for r in found.results],
        "milliseconds": {"p50": p50, "p95": p95},
    }


def calibrate(settings: Settings, cases: Path, most_refused: float, dry_run: bool = False) -> int:
    """Fit the gate's threshold to an owner's questions, say what it costs, and leave it beside the corpus. Raises CoachError."""
    labelled = read_cases(cases)
    coach = load_coach(settings, synced=True)
    if not dry_run and settings.corpus == STARTER:
        raise SettingsError(
            "The starter corpus has its threshold; give the folder of your own with --corpus, or --dry-run to look."
        )
    found = scores(coach, labelled, quiet=not sys.stderr.isatty())
    chosen = found.best(most_refused)
    print("\n".join(table(found, coach.threshold, chosen)))
    if not chosen.threshold:
        raise CasesError(
            "A question to be answered has the score 0, so that no threshold would refuse anything; look at it with `coach ask --explain`."
        )
    if not dry_run:
        print(f"{save(settings.corpus, chosen, found)} holds the threshold {chosen.threshold}; remove that file to go back.")
    return 0
